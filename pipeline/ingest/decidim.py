"""The proposals of a Decidim platform, exported as CSV: nested keys as columns (« title/fr », « category/name/fr »).

Title and body are open questions; category, scope, state and the like are closed ones. Of several languages French
comes first, else the one that is filled. HTML in the body is kept as received.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.column_shapes import is_date
from pipeline.ingest.delimited import first_row, read_chunks
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Batch, Heading, Message

_SEPARATORS: Final = ";,\t"
_HEAD: Final = 1 << 16
_LANGUAGE: Final = re.compile(r"(.+)/(?!id$)([a-z]{2}(?:-[a-z]{2,4})?)")
_OPEN: Final = {"title": "Titre de la proposition", "body": "Texte de la proposition"}
_CLOSED: Final = {
    "category/name": "Catégorie",
    "scope/name": "Périmètre",
    "taxonomies/name": "Taxonomies",
    "state": "État de la proposition",
    "answer": "Réponse officielle",
    "address": "Adresse",
    "votes": "Votes",
    "supports": "Soutiens",
    "endorsements": "Mentions de soutien",
    "endorsements/total_count": "Mentions de soutien",
    "comments": "Nombre de commentaires",
    "followers": "Nombre d’abonnés",
    "is_amend": "Amendement",
}
_FIELDS: Final = {
    "reference": ("reference", "id"),
    "author": ("author/id", "author/name", "authors_names", "author"),
    "published_at": ("published_at", "created_at"),
}
_MARKS: Final = re.compile(
    r"participatory_space/(?:id|url)|component/id|category/(?:id|name.*)|scope/(?:id|name.*)|taxonomies/.*|is_amend"
    r"|related_proposals|original_proposal/.*|meeting_urls|endorsements/.*|author/(?:id|name|url)|attachments|followers"
)
_WITHDRAWN: Final = pa.array(["withdrawn", "hidden", "retirée", "retiree"])
_FALSE: Final = pa.array(["", "false", "0", "non", "no"])


@dataclass(frozen=True)
class Header:
    """Where an export has what: each question with its columns, by language, the best first."""

    separator: str
    names: tuple[str, ...]
    questions: tuple[tuple[Heading, tuple[int, ...]], ...]
    fields: dict[str, tuple[int, ...]]
    state: int | None
    withdrawn: int | None
    unused: tuple[str, ...]


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether the first row names the columns of proposals; not if a person says which columns are the text."""
    header = _header(sample.head)
    wanted = context.columns.text_column
    return header is not None and not (wanted and set(wanted) <= set(header.names))


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Batch | Message]:
    """Yield the proposals of an export in order, and what is wrong with rows that have not its columns."""
    with open_text(file.path, inspection.encoding) as handle:
        found = _header(handle.read(_HEAD))
    assert found is not None
    names = first_row(file, inspection, found.separator)
    if isinstance(names, Message):
        yield names
        return
    header = _columns(names, found.separator)
    assert header is not None
    if header.unused:
        yield Message("N127", None, {"columns": ", ".join(f"« {name} »" for name in header.unused)})
    headings = tuple(heading for heading, _ in header.questions)
    weight = context.columns.weight_column
    for chunk in read_chunks(
        file, inspection, header.separator, len(names), partial(_plausible, header), probing=context.probing
    ):
        if isinstance(chunk, Message):
            yield chunk
            continue
        size, missing = len(chunk.columns[0]), len(names) - len(chunk.columns)
        columns = [*chunk.columns, *(pa.nulls(size, pa.string()) for _ in range(missing))]
        fields = {field: _first_filled(columns, places) for field, places in header.fields.items()}
        fields["trashed"] = _withdrawn(columns, header)
        if weight in names:
            fields["weight"] = columns[names.index(weight)]
        yield Batch(
            rows=range(chunk.first, chunk.first + size),
            headings=headings,
            texts=tuple(_first_filled(columns, places) for _, places in header.questions),
            fields=fields,
            certain=chunk.certain,
        )


def _header(head: str) -> Header | None:
    for separator in _SEPARATORS:
        try:
            names = next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), [])
        except csv.Error:
            continue
        header = _columns(names, separator)
        if header is not None:
            return header
    return None


def _columns(names: Sequence[str], separator: str) -> Header | None:
    plain = [name.strip().casefold() for name in names]
    places: dict[str, dict[str, int]] = {}
    for place, name in enumerate(plain):
        translated = _LANGUAGE.fullmatch(name)
        base, language = (translated[1], translated[2]) if translated else (name, "")
        places.setdefault(base, {}).setdefault(language, place)
    marks = {name for name in plain if _MARKS.fullmatch(name)}
    if "id" not in places or not places.keys() >= _OPEN.keys() or len(marks) < 2:
        return None
    questions: dict[Heading, tuple[int, ...]] = {}
    for kind, known in (("open", _OPEN), ("closed", _CLOSED)):
        for base, wording in known.items():
            if base in places:
                # French, then the column without a language, then the others as they come.
                languages = sorted(places[base], key=lambda language: (language != "fr", language != ""))
                questions.setdefault(Heading(wording, kind=kind), tuple(places[base][found] for found in languages))
    fields = {
        field: found
        for field, known in _FIELDS.items()
        if (found := tuple(places[base][""] for base in known if "" in places.get(base, {})))
    }
    used = {place for found in (*questions.values(), *fields.values()) for place in found}
    withdrawn = [plain.index(name) for name in ("withdrawn", "withdrawn_at") if name in plain]
    unused = tuple(name for place, name in enumerate(names) if place not in used.union(withdrawn) and name.strip())
    return Header(
        separator,
        tuple(name.strip() for name in names),
        tuple(questions.items()),
        fields,
        plain.index("state") if "state" in plain else None,
        withdrawn[0] if withdrawn else None,
        unused,
    )


def _first_filled(columns: Sequence[pa.Array], places: Sequence[int]) -> pa.Array:
    """Return, for each row, the first of some cells that says something; else the first cell, as it is."""
    if len(places) == 1:
        return columns[places[0]]
    nothing = pa.scalar(None, pa.string())
    filled = [pc.if_else(_says_something(columns[place]), columns[place], nothing) for place in places]
    return pc.coalesce(*filled, columns[places[0]])


def _says_something(column: pa.Array) -> pa.Array:
    return pc.fill_null(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(column)), 0), False)


def _withdrawn(columns: Sequence[pa.Array], header: Header) -> pa.Array:
    """Say which proposals their authors took back or moderators hid; a proposal that was rejected was answered."""
    gone = pa.array([False] * len(columns[0]))
    if header.state is not None:
        state = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(columns[header.state], "")))
        gone = pc.is_in(state, _WITHDRAWN)
    if header.withdrawn is not None:
        told = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(columns[header.withdrawn], "")))
        gone = pc.or_(gone, pc.invert(pc.is_in(told, _FALSE)))
    return pc.if_else(gone, "true", "false")


def _plausible(header: Header, row: Sequence[str]) -> bool:
    """Say whether cells look like a proposal: a short key, and dates where there are dates.

    In a row with cells too many or too few only its beginning is where it should be.
    """
    places = [place for place in header.fields["reference"] if place < len(row)]
    if len(row) != len(header.names):
        places = [min(header.fields["reference"])]
    key = [row[place].strip() for place in places if place < len(row)]
    dates = [row[place].strip() for place in header.fields.get("published_at", ()) if place < len(row)]
    return (
        any(key)
        and not any(char.isspace() for cell in key for char in cell)
        and (len(row) != len(header.names) or all(not date or is_date(date) for date in dates))
    )
