"""Datasets of a few forms with open and closed answers, and the connection that the report opens on them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipeline.figures import dataset_connection
from tests.export.plain_datasets import QUESTION, dataset_of

CLOSED = ("q-10", "q-11")
"""A closed question, and one of several answers."""


@dataclass(frozen=True)
class Form:
    """A form: the themes of its open answer (None: not readable), its closed answers, who sent it, where and when."""

    themes: tuple[str, ...] | None = ()
    closed: str | None = None
    choice: str | None = None
    author_type: str | None = None
    region: str | None = None
    departement: str | None = None
    published_at: datetime | None = None


def theme_of(theme_id: str) -> dict[str, Any]:
    """Return a sub-theme of a theme, as an answer has it."""
    return {"topic_id": f"{theme_id}-0", "label": "Part", "score": 0.9, "theme_id": theme_id, "theme_label": theme_id}


def rows_of_form(place: int, form: Form) -> list[dict[str, Any]]:
    """Return the answers of a form."""
    common = {"contribution_id": f"c-{place}", "author_type": form.author_type, "region": form.region}
    common |= {"departement": form.departement, "published_at": form.published_at}
    topics = [theme_of(theme) for theme in (*(form.themes or ()), *(form.themes or ()))]
    state = "empty" if form.themes is None else "assigned" if form.themes else "unassigned"
    rows = [{"answer_id": f"a-{place}-1", "question_id": "q-1", "text": "texte", "state": state, "topics": topics}]
    for question_id, text in zip(CLOSED, (form.closed, form.choice), strict=True):
        state = "empty" if text is None else "closed"
        rows.append({"answer_id": f"a-{place}-{question_id}", "question_id": question_id, "text": text, "state": state})
    return [common | row for row in rows]


def questions() -> list[dict[str, Any]]:
    """Return an open question, a closed one and one of several answers."""
    closed = {"question_id": CLOSED[0], "number": 10, "title": "D’accord ?", "kind": "closed"}
    choice = {"question_id": CLOSED[1], "number": 11, "title": "Lesquels ?", "kind": "choice"}
    return [QUESTION, QUESTION | closed, QUESTION | choice]


@contextmanager
def connected(
    *answers: dict[str, Any], themes: tuple[str, ...] = ("t-1", "t-2")
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the dataset of some answers; the label of a theme is « Thème » and its id."""
    topics = [{"topic_id": theme, "label": f"Thème {theme}"} for theme in themes]
    with tempfile.TemporaryDirectory() as scratch:
        source = dataset_of(Path(scratch), answers=list(answers), questions=questions(), topics=topics)
        with dataset_connection(source.folder) as connection:
            yield connection


def answers_of(forms: list[Form]) -> list[dict[str, Any]]:
    """Return the answers of forms, one after the other."""
    return [row for place, form in enumerate(forms) for row in rows_of_form(place, form)]
