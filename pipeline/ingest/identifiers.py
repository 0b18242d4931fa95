"""Ids that are the same in every run. None depends on the salt but that of authors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def digest(*parts: str | None, size: int = 8) -> str:
    """Return a hexadecimal hash of texts; where one ends and the next begins, and what is None, makes a difference."""
    state = hashlib.blake2b(digest_size=size)
    for part in parts:
        content = b"" if part is None else part.encode("utf-8", "replace")
        state.update(b"%d:" % (-1 if part is None else len(content)))
        state.update(content)
    return state.hexdigest()


@cache
def _started(kind: str, questionnaire: str) -> Any:
    state = hashlib.blake2b(digest_size=8)
    state.update(f"{kind}:{len(questionnaire)}:{questionnaire}:".encode("utf-8", "replace"))
    return state


def reference_keys(questionnaire: str, references: Iterable[str | None]) -> list[int]:
    """Return 64 bits for each reference of a questionnaire; 0 where there is none."""
    start = _started("reference", questionnaire)
    found = []
    for reference in references:
        if reference is None:
            found.append(0)
        else:
            state = start.copy()
            state.update(reference.encode("utf-8", "replace"))
            found.append(int.from_bytes(state.digest()) or 1)
    return found


def content_keys(
    questionnaire: str, ids: Sequence[str], texts: Sequence[pa.Array], about: Sequence[pa.Array], size: int
) -> list[int]:
    """Return 64 bits for what each form says.

    Cells without a word do not count, so that a later export with one more column says the same.

    Parameters
    ----------
    questionnaire : str
        Its key.
    ids : sequence of str
        The ids of the questions of `texts`, each once a cell, in an order that the form alone decides.
    texts : sequence of Array
        The cells of n forms, an array a question.
    about : sequence of Array
        What else tells forms apart, an array of n strings each.
    size : int
        n; a form may hold no cell at all.
    """
    parts = [pa.array([""] * size)]
    for identifier, column in zip(ids, texts, strict=True):
        lengths = pc.cast(pc.binary_length(column), pa.string())
        whole = pc.binary_join_element_wise(pa.scalar(identifier), lengths, column, "\x1e", "\x1f")
        said = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0)
        parts.append(pc.if_else(pc.fill_null(said, False), whole, ""))
    parts += [pc.binary_join_element_wise(pc.fill_null(column, ""), "\x1e", "") for column in about]
    joined = pc.binary_join_element_wise(*parts, "")
    start = _started("content", questionnaire)
    found = []
    for content in pc.cast(joined, pa.binary()).to_pylist():
        state = start.copy()
        state.update(content)
        found.append(int.from_bytes(state.digest()) or 1)
    return found


def occurrence_key(key: int, occurrence: int) -> int:
    """Return the key of a form whose own key came before in its file; `occurrence` counts from 1."""
    return key if occurrence == 1 else int(digest(f"{key:016x}", str(occurrence)), 16)


def hexadecimal(keys: npt.NDArray[np.uint64]) -> list[str]:
    """Return 16 hexadecimal digits for each key."""
    text = keys.astype(">u8").tobytes().hex()
    return [text[start : start + 16] for start in range(0, len(text), 16)]


def answer_ids(keys: pa.Array, suffixes: pa.Array, occurrences: npt.NDArray[np.int32]) -> pa.Array:
    """Return the ids of answers.

    Parameters
    ----------
    keys, suffixes : arrays of n strings
        The hexadecimal key of the contribution, and the id of the question without its "q-".
    occurrences : array of shape (n,)
        From 1: the how-manieth cell of its form for the same question.
    """
    ids = pc.binary_join_element_wise("a", keys, suffixes, "-")
    if (occurrences == 1).all():
        return ids
    number = pc.cast(pa.array(occurrences), pa.string())
    tails = pc.if_else(pa.array(occurrences == 1), "", pc.binary_join_element_wise("", number, "-"))
    return pc.binary_join_element_wise(ids, tails, "")


def unknown_question_id(questionnaire: str, official_id: str | None, wording: str, occurrence: int) -> str:
    """Return the id of a question that no questionnaire holds."""
    if official_id is not None:
        return "q-x" + digest(questionnaire, official_id, size=6)
    return "q-x" + digest(questionnaire, None, wording, str(occurrence), size=6)
