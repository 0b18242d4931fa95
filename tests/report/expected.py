"""What the figures of a report must be, counted row by row in the dataset: slow, and plain to check by reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.workspace import Workspace

Row = dict[str, Any]
DENOMINATORS = ("respondents", "contributions", "unique_texts")
BASE = ("assigned", "unassigned")
WITHOUT_TEXT = ("empty", "trashed", "rejected")
"""States of answers that count as no text."""


def is_counted(name: str) -> bool:
    """Say whether `expected` has a figure of that name; the others are counted anew by `doleances verify` alone."""
    family, _, rest = name.partition("/")
    if family == "state" or not rest:
        return "/" not in rest and family in ("state", "contributions", "respondents", "unique_texts", "received")
    return family in ("states", "base", "theme", "once", "closed", "organisation")


def rows(workspace: Workspace, name: str) -> list[Row]:
    """Return the rows of a file of the dataset."""
    found: list[Row] = pq.read_table(workspace.path / "dataset" / f"{name}.parquet").to_pylist()
    return found


def three(answers: Iterable[Row]) -> dict[str, int]:
    """Count rows of answers on the three denominators, and those that were asked the question."""
    held = list(answers)
    texts = [row for row in held if row["state"] not in WITHOUT_TEXT]
    return {
        "respondents": len({row["author_id"] or row["contribution_id"] for row in held}),
        "contributions": len({row["contribution_id"] for row in held}),
        "unique_texts": len({row["duplicate_of"] or row["answer_id"] for row in texts}),
        "asked": len({row["contribution_id"] for row in held if row["routed"]}),
    }


def modalities(text: str) -> set[str]:
    """Return the answers that one cell of a closed question gives."""
    return {" ".join(part.split()) for part in text.split("|")} - {""}


def expected(workspace: Workspace) -> dict[str, int]:
    """Return every figure that a report of this workspace may hold, by the name that pages give it."""
    answers = rows(workspace, "answers")
    readable = [row for row in answers if row["state"] in BASE]
    found = {
        "contributions": three(answers)["contributions"],
        "respondents": three(answers)["respondents"],
        "unique_texts": three(readable)["unique_texts"],
        "departements": len({row["departement"] for row in answers} - {None}),
        "received": len(answers),
    }
    for state in {row["state"] for row in answers}:
        found[f"state/{state}"] = sum(row["state"] == state for row in answers)
    for question_id in ("all", *{row["question_id"] for row in answers}):
        here = [row for row in answers if question_id in ("all", row["question_id"])]
        for state in ("received", *{row["state"] for row in here}):
            counts = three(row for row in here if state in ("received", row["state"]))
            found |= {f"states/{question_id}/{state}/{key}": counts[key] for key in DENOMINATORS}
        if question_id != "all":
            found |= _of_question(workspace, question_id, here)
    found |= _organisations(workspace, answers)
    return found


def themes_of(answer: Row) -> set[str]:
    """Return the themes and sub-themes of an answer."""
    if answer["state"] != "assigned":
        return set()
    return {given[key] for given in answer["topics"] for key in ("topic_id", "theme_id")}


def kept_once(workspace: Workspace, answers: Iterable[Row]) -> list[Row]:
    """Leave out the copies of coordinated texts, but for the answer that was the first of them."""
    path = Path(workspace.path / "dataset" / "copy_groups.parquet")
    groups = pq.read_table(path).to_pylist() if path.is_file() else []
    first = {row["copy_group_id"]: row["answer_id"] for row in groups if row["coordinated"]}
    return [row for row in answers if first.get(row["copy_group_id"], row["answer_id"]) == row["answer_id"]]


def closed(answers: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """Return the modalities of a closed question with the answers that give each, most frequent first."""
    given = [row for row in answers if row["state"] == "closed"]
    labels = {label for row in given for label in modalities(row["text"])}
    held = [(label, [row for row in given if label in modalities(row["text"])]) for label in labels]
    return sorted(held, key=lambda pair: (-three(pair[1])["contributions"], pair[0]))


def _of_question(workspace: Workspace, question_id: str, answers: list[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    readable = [row for row in answers if row["state"] in BASE]
    found |= _named(f"base/{question_id}", three(readable))
    for reason in ("no_theme_fits", "too_few_answers"):
        counts = three(row for row in readable if row["reason"] == reason)
        found |= _named(f"theme/{question_id}/{reason}", counts)
    for topic_id in {topic_id for row in readable for topic_id in themes_of(row)}:
        having = [row for row in readable if topic_id in themes_of(row)]
        found |= _named(f"theme/{question_id}/{topic_id}", three(having))
        found |= _named(f"once/{question_id}/{topic_id}", three(kept_once(workspace, having)))
    found |= _named(f"closed/{question_id}", three(row for row in answers if row["state"] == "closed"))
    for place, (_, having) in enumerate(closed(answers)):
        found |= _named(f"closed/{question_id}/{place}", three(having))
    return found


def _organisations(workspace: Workspace, answers: list[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    answer_of = {row["answer_id"]: row for row in answers}
    named = [row for row in rows(workspace, "mentions") if row["organisation_id"]]
    for organisation_id in {row["organisation_id"] for row in named}:
        for scope in ("all", *{row["question_id"] for row in answers}):
            here = [
                answer_of[row["answer_id"]]
                for row in named
                if row["organisation_id"] == organisation_id
                and scope in ("all", answer_of[row["answer_id"]]["question_id"])
            ]
            name = f"organisation/{organisation_id}" + ("" if scope == "all" else f"/{scope}")
            found |= {f"{name}/mentions": len(here)} | _named(name, three(here))
    return found


def _named(name: str, counts: dict[str, int]) -> dict[str, int]:
    return {f"{name}/{key}": value for key, value in counts.items()}


def shown(figures: dict[str, int], denominator: str) -> Iterator[tuple[str, int]]:
    """Yield the figures that pages show when a denominator is chosen: those on it, and those that no switch changes."""
    for name, value in figures.items():
        whole, _, last = name.rpartition("/")
        if not whole or last not in DENOMINATORS or last == denominator:
            yield name, value
