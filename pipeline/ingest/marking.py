"""One partition by itself: its contributions, the state and condition of each cell, and the keys of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import tables
from pipeline.ingest import near_copies
from pipeline.ingest.authors import author_type
from pipeline.ingest.geography import departement, region
from pipeline.ingest.identifiers import hexadecimal
from pipeline.ingest.normalising import normalise_texts, text_keys
from pipeline.ingest.routing import routed
from pipeline.ingest.states import EMPTY, PENDING, REJECTED, states

MARKS: Final = pa.schema([("state", pa.int8()), ("routed", pa.bool_())])
KEYS: Final = pa.schema(
    [
        ("cell", pa.int32()),
        ("question", pa.int32()),
        ("occurrence", pa.int32()),
        ("contribution", pa.uint64()),
        ("author", pa.uint64()),
        ("author_type", pa.string()),
        ("published_at", pa.timestamp("ms")),
        ("text", pa.uint64()),
        ("words", pa.int32()),
    ]
)
"""What finding copies needs to know of each pending answer."""

SIGNATURES: Final = pa.schema(
    [
        ("row", pa.int32()),
        ("question", pa.int32()),
        ("signature", pa.binary(2 * near_copies.PERMUTATIONS)),
    ]
)
"""What near copies are told by: the row of the answer among the keys, its question, and its signature."""


@dataclass(frozen=True)
class QuestionTraits:
    """What marking needs to know of a question: `parent` is its place among the questions met."""

    suffix: str
    kind: str
    parent: int | None
    parent_kind: str | None
    shown_if: str | None


def traits(rows: list[dict[str, Any]]) -> tuple[QuestionTraits, ...]:
    """Return the traits of the questions met, in their order."""
    place = {row["question_id"]: number for number, row in enumerate(rows)}
    kinds = {row["question_id"]: row["kind"] for row in rows}
    return tuple(
        QuestionTraits(
            row["question_id"].removeprefix("q-"),
            row["kind"],
            place.get(row["depends_on"]),
            kinds.get(row["depends_on"]),
            row["shown_if"],
        )
        for row in rows
    )


def contributions(forms: pa.Table, keys: npt.NDArray[np.uint64], names: list[str]) -> pa.Table:
    """Return rows of ``contributions`` from staged forms, their final keys, and the names of the input files."""
    hidden = forms["author"].to_numpy()
    postcodes = forms["postcode"].to_pylist()
    departements = [departement(code) for code in postcodes]
    types = forms["author_type"].to_pylist()
    return pa.table(
        {
            "contribution_id": [f"c-{key}" for key in hexadecimal(keys)],
            "source_file": pa.array(names, pa.string()).take(forms["file"].combine_chunks()),
            "source_row": forms["row"],
            "reference": forms["reference"],
            "title": forms["title"],
            "questionnaire": forms["questionnaire"],
            "published_at": forms["published_at"],
            "author_id": [
                f"u-{key}" if known else None for key, known in zip(hexadecimal(hidden), hidden, strict=True)
            ],
            "author_type": [found and author_type(found) for found in types],
            "author_type_received": types,
            "postcode": postcodes,
            "departement": departements,
            "region": [region(found) for found in departements],
            "trashed": forms["trashed"],
            "weight": forms["weight"],
        },
        schema=tables.SCHEMAS["contributions"],
    )


def mark(
    cells: pa.Table,
    contributions: pa.Table,
    questions: tuple[QuestionTraits, ...],
    *,
    include_trashed: bool = False,
    near: bool = True,
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return the state and condition of each cell, and the keys and signatures of those that may be copies.

    Parameters
    ----------
    cells : Table
        Staged cells of one partition, in order.
    contributions : Table
        The contributions of the partition.
    questions : tuple of QuestionTraits
        The questions met.
    include_trashed : bool
        Treat forms that were moderated away like the others.
    near : bool
        Make signatures, which near copies are told by.
    """
    texts = cells["text"].combine_chunks()
    form, question = cells["form"].to_numpy(), cells["question"].to_numpy()
    opened = np.array([found.kind == "open" for found in questions], dtype=bool)
    trashed = contributions["trashed"].to_numpy() & (not include_trashed)
    found = states(texts, opened[question], trashed[form], cells["certain"].to_numpy())
    routes = _routes(texts, form, question, found, contributions.num_rows, questions)
    pending = np.flatnonzero(found == PENDING)
    marks = pa.table({"state": found, "routed": routes}, schema=MARKS)
    words = normalise_texts(texts.take(pa.array(pending)))
    keys = _keys(cells, words, pending, contributions)
    return marks, keys, _signatures(words, keys) if near else SIGNATURES.empty_table()


def _keys(cells: pa.Table, words: list[bytes], pending: npt.NDArray[np.int64], contributions: pa.Table) -> pa.Table:
    identifiers, authors = _numbers(contributions["contribution_id"]), _numbers(contributions["author_id"])
    form = cells["form"].to_numpy()[pending]
    number = np.array([text.count(b" ") + 1 for text in words], np.int32)
    return pa.table(
        {
            "cell": pending.astype(np.int32),
            "question": cells["question"].to_numpy()[pending],
            "occurrence": cells["occurrence"].to_numpy()[pending],
            "contribution": identifiers[form],
            "author": authors[form],
            "author_type": contributions["author_type"].combine_chunks().take(pa.array(form)),
            "published_at": contributions["published_at"].combine_chunks().take(pa.array(form)),
            "text": text_keys(words),
            "words": number,
        },
        schema=KEYS,
    )


def _numbers(ids: pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    digits = pc.fill_null(pc.utf8_slice_codeunits(ids, 2), "0" * 16)
    return np.frombuffer(bytes.fromhex("".join(digits.to_pylist())), ">u8").astype(np.uint64)


def _signatures(words: list[bytes], keys: pa.Table) -> pa.Table:
    rows = np.flatnonzero(near_copies.worth_comparing(keys["words"].to_numpy()))
    found = near_copies.signatures([words[row].decode("ascii", "replace") for row in rows.tolist()])
    content = pa.py_buffer(np.ascontiguousarray(found))
    signature = pa.FixedSizeBinaryArray.from_buffers(SIGNATURES.field("signature").type, len(rows), [None, content])
    return pa.table([pa.array(rows.astype(np.int32)), keys["question"].take(rows), signature], schema=SIGNATURES)


def _routes(
    texts: pa.Array,
    form: npt.NDArray[np.int32],
    question: npt.NDArray[np.int32],
    states: npt.NDArray[np.int8],
    forms: int,
    questions: tuple[QuestionTraits, ...],
) -> pa.Array:
    """Return for each cell whether its form asked its question: the answer to the parent says so."""
    asked = np.zeros(len(form), np.int8)
    known = np.zeros(len(form), bool)
    present = set(np.unique(question).tolist())
    for place, traits in enumerate(questions):
        if place not in present or traits.shown_if is None or traits.parent not in present:
            continue
        answered = np.flatnonzero((question == traits.parent) & (states != REJECTED) & (states != EMPTY))
        given = pc.dictionary_encode(texts.take(pa.array(answered)))
        routes = [routed(traits.shown_if, text, traits.parent_kind) for text in given.dictionary.to_pylist()]
        codes = np.array([-1 if route is None else int(route) for route in routes], np.int8)
        by_form = np.full(forms, -1, np.int8)
        # Where a form answers the parent twice, its first answer decides.
        by_form[form[answered][::-1]] = codes[given.indices.to_numpy()][::-1]
        here = question == place
        asked[here] = by_form[form[here]]
        known[here] = by_form[form[here]] >= 0
    return pa.array(asked > 0, pa.bool_(), mask=~known)
