"""The columns of a plain table: which one is what, as they were named, else guessed from names and cells.

A table is wide (a column a question, a row a contribution) or long (a column names the question, a row is one answer).
Nothing is left out: a column that is nothing else is a question, as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from pipeline.config import ColumnsConfig
from pipeline.ingest.column_guessing import guess, is_headless
from pipeline.ingest.column_shapes import Shape, shape_of
from pipeline.ingest.matching import normalise_wording
from pipeline.ingest.records import Heading, Message, coded_heading

SAMPLE_ROWS: Final = 300
"""How many rows the roles of columns are judged from."""

OPTIONS: Final = {
    "reference": "id_column",
    "question": "question_column",
    "author": "author_column",
    "author_type": "author_type_column",
    "published_at": "date_column",
    "postcode": "postcode_column",
    "weight": "weight_column",
}
"""The setting that names the column of each role."""

ROLES: Final = {
    "reference": "the reference of a contribution",
    "question": "the question that a row answers",
    "author": "the author",
    "author_type": "the type of author",
    "published_at": "the date",
    "postcode": "the postcode",
    "weight": "the weight",
    "trashed": "the mark of contributions that were moderated away",
}
"""What each role is to people."""


@dataclass(frozen=True)
class Roles:
    """What each column of a table is, by its place.

    ``fields`` holds columns by field of `pipeline.ingest.records.FIELDS`; ``question`` is the column that names the
    question in a long table; ``texts`` hold the answers of people, ``others`` the questions that are taken as they
    come; ``unnamed`` are those of them without a name, which may hold nothing at all. ``guessed`` lists the roles that
    nobody named. Without ``header`` the first row is data. ``missing`` are columns that were named and are not there.
    """

    names: tuple[str, ...]
    shapes: tuple[Shape, ...]
    fields: Mapping[str, int]
    question: int | None
    texts: tuple[int, ...]
    others: tuple[int, ...]
    unnamed: frozenset[int] = frozenset()
    guessed: frozenset[str] = frozenset()
    text_named: bool = False
    header: bool = True
    missing: tuple[str, ...] = ()

    @property
    def questions(self) -> tuple[int, ...]:
        """The columns that hold answers, in their order."""
        return tuple(sorted((*self.texts, *self.others)))

    @property
    def speaks(self) -> bool:
        """Some column may hold the words of people, or columns were named: this is no table of prices."""
        named = self.text_named or bool(self.missing)
        return named or any(not self.shapes[place].is_technical for place in self.questions)

    def heading(self, place: int) -> Heading:
        """Return the question that a column is. Columns beside those named as text are closed."""
        heading = coded_heading(self.names[place])
        closed = self.text_named or self.shapes[place].is_technical
        if place in self.texts:
            return replace(heading, kind="open" if self.text_named else None)
        return replace(heading, kind="closed") if closed else heading

    def with_columns(self, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Roles:
        """Return the roles of a table that was found to have more columns: questions, as they come."""
        start = len(self.names)
        shapes = tuple(shape_of(row[place] for row in rows) for place in range(start, len(names)))
        others = (*self.others, *range(start, len(names)))
        return replace(self, names=tuple(names), shapes=self.shapes + shapes, others=others)

    def plausible(self, row: Sequence[str]) -> bool:
        """Say whether cells look like a row of this table; asked where quotes or separators are broken.

        Cells too many or too few push those behind them aside: what is before them stands where it should from the
        left, what is behind from the right.
        """
        if not any(cell.strip() for cell in row):
            return False
        from_left = list(takewhile(bool, map(Shape.takes, self.shapes, row)))
        if len(row) == len(self.shapes):
            return len(from_left) == len(row)
        from_right = list(takewhile(bool, map(Shape.takes, reversed(self.shapes), reversed(row))))
        return len(from_left) + len(from_right) >= min(len(row), len(self.shapes)) - 1


def roles(
    names: Sequence[str | None],
    rows: Sequence[Sequence[str | None]],
    columns: ColumnsConfig,
    *,
    header: bool | None = None,
) -> Roles:
    """Say what each column of a table is.

    Parameters
    ----------
    names : sequence of str or None
        The first row.
    rows : sequence of sequences of str or None
        Some rows below it; they may be shorter than it.
    columns : ColumnsConfig
        The columns that a person named.
    header : bool, optional
        Whether the first row is a header; judged from it when it is not known.
    """
    if header is None:
        header = any(_wanted(columns, names)) or not is_headless(names, rows)
    if not header:
        rows, names = [names, *rows], [None] * len(names)
    shapes = tuple(shape_of(row[place] if place < len(row) else None for row in rows) for place in range(len(names)))
    unnamed = frozenset(place for place, name in enumerate(names) if not (name or "").strip())
    shown = _distinct(names)
    fields: dict[str, int] = {}
    missing: list[str] = []
    texts: list[int] = []
    for field, option in OPTIONS.items():
        wanted = getattr(columns, option)
        place = None if wanted is None else _place(wanted, shown)
        if place is not None:
            fields[field] = place
        elif wanted is not None:
            missing.append(wanted)
    for wanted in columns.text_column or ():
        place = _place(wanted, shown)
        if place is None:
            missing.append(wanted)
        elif place not in texts:
            texts.append(place)
    named = frozenset(fields)
    if not missing:
        guess(fields, texts, shown, shapes, texts_named=columns.text_column is not None)
    question = fields.pop("question", None)
    taken = {*fields.values(), question}
    texts = [place for place in texts if place not in taken]
    return Roles(
        names=shown,
        shapes=shapes,
        fields=fields,
        question=question,
        texts=tuple(texts),
        others=tuple(place for place in range(len(shown)) if place not in taken and place not in texts),
        unnamed=unnamed,
        guessed=frozenset({*fields, *(["question"] if question is not None else [])} - named),
        text_named=columns.text_column is not None,
        header=header,
        missing=tuple(missing),
    )


def told(found: Roles, table: str = "") -> Iterator[Message]:
    """Yield what a person must know of roles: what was guessed, which option sets it, and what was named in vain.

    Parameters
    ----------
    found : Roles
        What `roles` said.
    table : str
        How to call the table, after the name of its file, when the file holds several (« , sheet « 2019 » »).
    """
    if found.missing:
        missing = " », « ".join(found.missing)
        yield Message("E130", None, {"table": table, "column": missing, "known": _listed(found.names)})
        return
    if not found.header:
        yield Message("N120", None, {"table": table, "names": _listed(found.names)})
    for role in ROLES:
        place = found.question if role == "question" else found.fields.get(role)
        if place is not None and role in found.guessed:
            option = "--" + OPTIONS.get(role, "text_column").replace("_", "-")
            yield Message(
                "N121", None, {"table": table, "column": found.names[place], "role": ROLES[role], "option": option}
            )
    others = [found.names[place] for place in found.others if place not in found.unnamed or found.shapes[place].filled]
    if found.text_named:
        if others:
            yield Message("N123", None, {"table": table, "columns": _listed(others)})
    elif found.question is not None and found.texts:
        yield Message("N122", None, {"table": table, "columns": _listed([found.names[found.texts[0]]])})
    else:
        texts = [
            found.names[place] for place in found.questions if found.names[place] in others or place in found.texts
        ]
        if texts:
            yield Message("N122", None, {"table": table, "columns": _listed(texts)})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"« {name} »" for name in names)


def _distinct(names: Sequence[str | None]) -> tuple[str, ...]:
    # Two columns may have one name: they stay two questions of that wording. One without a name gets its number.
    return tuple((name or "").strip() or f"Colonne {number}" for number, name in enumerate(names, 1))


def _place(wanted: str, names: Sequence[str]) -> int | None:
    """Return the column of that name: as it is written, else whatever the case, accents and spaces."""
    for like in (str.strip, lambda name: normalise_wording(name, brackets=True)):
        found = [place for place, name in enumerate(names) if like(name) and like(name) == like(wanted)]
        if found:
            return found[0]
    return None


def _wanted(columns: ColumnsConfig, names: Sequence[str | None]) -> Iterator[bool]:
    shown = [(name or "").strip() for name in names]
    for wanted in (*(columns.text_column or ()), *(getattr(columns, option) for option in OPTIONS.values())):
        yield wanted is not None and _place(wanted, shown) is not None
