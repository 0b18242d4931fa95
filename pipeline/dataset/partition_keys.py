"""What a partition of the dataset is made from, as a hash; of what holds for the whole workspace, what may touch it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.contents import content_of
from pipeline.dataset.names import first_part, is_ordinary, may_be_surname, normalised
from pipeline.dataset.people import People
from pipeline.partition_cache import sum_of_part
from pipeline.review.replay import Settled
from pipeline.workspace import Workspace

READ: Final = ("answer_id", "contribution_id", "question_id", "text", "state", "duplicate_of", "routed")
"""Columns of `answers` that labels and masks come from; those of copies change when others send the same text."""
_PARTS: Final = ("contributions", "segments", "mentions", "assignments")
_WORD: Final = re.compile(r"[\w\u0300-\u036f]+")  # accents may be characters of their own


def partition_key(
    workspace: Workspace,
    index: int,
    program: str,
    settled: Settled,
    topics: pa.Table,
    with_themes: Iterable[str],
    organisations: Mapping[str, str],
    people: People | None,
    copied: Mapping[str, tuple[str, str]],
    failed: Mapping[str, str],
) -> str:
    """Return the hash of all that the rows of a partition are made from.

    Parameters
    ----------
    program : str
        Settings, versions and word lists.
    settled : Settled
        What people decided.
    topics : pyarrow.Table
        Themes as they are after that: topic_id, question_id, questionnaire, parent_id, label.
    with_themes : iterable of str
        Questions that have themes.
    organisations : mapping
        Names by id.
    people, copied
        As for `labelling.label`.
    failed : mapping
        Answers that a stage could not analyse.
    """
    mentions = workspace.read_part("mentions", index, ["organisation_id"])
    named = {*pc.unique(mentions["organisation_id"]).to_pylist(), *settled.organisations}
    given = workspace.read_part("assignments", index, ["topic_id"])
    ids = set(pc.unique(given["topic_id"]).to_pylist())
    rows = topics.to_pylist()
    if settled == Settled():  # else decisions name others
        parents = {row["parent_id"] for row in rows if row["topic_id"] in ids}
        rows = [row for row in rows if row["topic_id"] in ids | parents]
    told: list[Any] = [
        program,
        [sum_of_part(workspace, table, index) for table in _PARTS],
        settled.to_json().decode("utf-8"),
        sorted(json.dumps(row, sort_keys=True) for row in rows),
        sorted(with_themes),
        sorted((key, name) for key, name in organisations.items() if key in named),
        sorted(copied.items()),
        sorted(failed.items()),
        sum_of_part(workspace, "questions", 0),
    ]
    if people is not None:
        answers = workspace.read_part("answers", index, ["text"])["text"]
        told.append([people.keep_public, *names_that_matter(people, "\n".join(filter(None, answers.to_pylist())))])
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode("utf-8", "surrogatepass"))
    return content_of(workspace, index, {"answers": READ}, digest.hexdigest())


def names_that_matter(people: People, text: str) -> tuple[list[str], list[str]]:
    """Return which ordinary words and which names seen elsewhere may be met in a text: their words stand in it.

    Of words that can be no surname it does not matter that people write them without a capital.
    """
    met = set(_WORD.findall(text))
    words = {word.lower() for word in met}
    plain = {part for word in words for part in normalised(word).split()}
    ordinary = [word for word, parts in _words_of(people.ordinary) if parts <= words and _can_be_a_name(people, word)]
    seen = [name for name, parts in _words_of(people.seen) if parts <= plain]
    return ordinary, seen


def _can_be_a_name(people: People, word: str) -> bool:
    written = (word, word.capitalize(), word.upper(), word.title())
    return first_part(word) in people.first or any(may_be_surname(one) or not is_ordinary(one) for one in written)


@lru_cache(maxsize=4)
def _words_of(names: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    return [(name, frozenset(_WORD.findall(name))) for name in sorted(names)]
