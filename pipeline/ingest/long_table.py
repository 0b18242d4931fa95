"""A table in which a row is one answer: rows with the same id make one contribution, wherever they stand.

Rows are put down in files by the contribution they belong to, some thousands of contributions a file, and taken up
again file by file: what is in memory is a number a contribution and one such file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final

from pipeline.ingest.delimited import Chunk
from pipeline.ingest.forms import weight
from pipeline.ingest.plain_columns import Roles
from pipeline.ingest.records import Heading, Message, Record, coded_heading, given, is_true, timestamp

_CONTRIBUTIONS_A_FILE: Final = 20_000


@dataclass
class _Row:
    """An answer: what its row says, and the place of its contribution among those of the file."""

    contribution: int
    certain: bool
    question: str | None
    texts: list[str | None]
    others: list[str | None]
    fields: dict[str, str | None]


Key = tuple[str | None, int]
"""A question (None: not one that the table names) and the column that answers it."""


class _Asked:
    """The questions of the file, in order: those to a contribution, then those to which rows are answers."""

    def __init__(self, roles: Roles, questions: Iterable[str | None], varying: frozenset[int]) -> None:
        self.roles, self.varying = roles, varying
        self.constant = [place for place in roles.others if place not in varying]
        own = [*roles.texts, *(place for place in roles.others if place in varying)]
        headings: dict[Key, Heading] = {(None, place): roles.heading(place) for place in self.constant}
        headings |= {(question, place): self._heading(question, place) for question in questions for place in own}
        self.everything = tuple(headings.values())
        self._headings = headings
        self._order = {key: number for number, key in enumerate(headings)}
        self._used: dict[tuple[Key, ...], tuple[Heading, ...]] = {}

    def _heading(self, question: str | None, place: int) -> Heading:
        own = self.roles.heading(place)
        if question is None:
            return own
        asked = coded_heading(question)
        if place == self.roles.texts[0]:
            return replace(asked, kind=own.kind)
        return Heading(f"{asked.wording} / {own.wording}", kind=own.kind)

    def place(self, key: Key) -> int:
        """Return the place of a question among all."""
        return self._order[key]

    def headings(self, keys: tuple[Key, ...]) -> tuple[Heading, ...]:
        """Return the headings of some questions, the same tuple for the same ones."""
        return self._used.setdefault(keys, tuple(self._headings[key] for key in keys))


def long_forms(
    chunks: Iterable[Chunk | Roles | Message], roles: Roles, scratch: Path, table: str, first: int = 1
) -> Iterator[Record | Message]:
    """Yield the contributions of a long table, in the order of their first rows; messages come before them.

    A contribution that answers one question twice becomes two with the same reference. Columns that are the same in
    all rows of a contribution are questions to it; any other column beside the text is one to each answer.

    Parameters
    ----------
    chunks : iterable
        The rows, as columns of strings in the order of `roles`.
    roles : Roles
        What each column is; its ``question`` is not None.
    scratch : Path
        The rows are put down in a folder under it, which is removed in the end.
    table : str
        How to call the table in messages.
    first : int
        The number of the first contribution.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="long-", dir=scratch))
    try:
        questions: dict[str | None, None] = {}
        count = yield from _put_down(chunks, roles, folder, questions)
        files = [folder / str(number) for number in range(-(-count // _CONTRIBUTIONS_A_FILE))]
        asked = _Asked(roles, questions, _varying(files, roles) if "reference" in roles.fields else frozenset())
        number, again = first - 1, 0
        for path in files:
            for rows in _contributions(path):
                for times, record in enumerate(_records(rows, asked)):
                    number += 1
                    again += times > 0
                    record.row, record.asked = number, asked.everything
                    yield record
        if again:
            yield Message("N125", None, {"table": table, "count": again})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put_down(
    chunks: Iterable[Chunk | Roles | Message], roles: Roles, folder: Path, questions: dict[str | None, None]
) -> Generator[Message, None, int]:
    """Write each row to the file of its contribution, and take note of questions; return how many contributions."""
    known: dict[bytes, int] = {}
    count = 0
    with ExitStack() as stack:
        files: list[IO[str]] = []
        for chunk in chunks:
            if isinstance(chunk, Message):
                yield chunk
            elif isinstance(chunk, Chunk):
                for row in _rows(chunk, roles):
                    questions.setdefault(row.question)
                    reference = given(row.fields.get("reference"))
                    key = None if reference is None else blake2b(reference.encode("utf-8", "replace"), digest_size=12)
                    row.contribution = count if key is None else known.setdefault(key.digest(), count)
                    count += row.contribution == count
                    place = row.contribution // _CONTRIBUTIONS_A_FILE
                    if place == len(files):
                        files.append(stack.enter_context((folder / str(place)).open("w", encoding="utf-8")))
                    json.dump(list(vars(row).values()), files[place], ensure_ascii=False, separators=(",", ":"))
                    files[place].write("\n")
    return count


def _rows(chunk: Chunk, roles: Roles) -> Iterator[_Row]:
    columns = [column.to_pylist() for column in chunk.columns]
    nothing: list[str | None] = [None] * len(columns[0])

    def column(place: int | None) -> list[str | None]:
        return columns[place] if place is not None and place < len(columns) else nothing

    questions = column(roles.question)
    texts = [column(place) for place in roles.texts]
    others = [column(place) for place in roles.others]
    fields = {name: column(place) for name, place in roles.fields.items()}
    for at in range(len(columns[0])):
        yield _Row(
            contribution=0,
            certain=chunk.certain,
            question=given(questions[at]),
            texts=[text[at] for text in texts],
            others=[other[at] for other in others],
            fields={name: values[at] for name, values in fields.items()},
        )


def _contributions(path: Path) -> Iterator[list[_Row]]:
    found: dict[int, list[_Row]] = {}
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = _Row(*json.loads(line))
            found.setdefault(row.contribution, []).append(row)
    for number in sorted(found):
        yield found[number]


def _varying(files: list[Path], roles: Roles) -> frozenset[int]:
    """Return the other columns that differ between the rows of some contribution."""
    found: set[int] = set()
    for path in files if roles.others else ():
        for rows in _contributions(path):
            if len(rows) > 1:
                found.update(
                    place for at, place in enumerate(roles.others) if len({row.others[at] for row in rows}) > 1
                )
    return frozenset(found)


def _cells(row: _Row, asked: _Asked) -> Iterator[tuple[Key, str | None]]:
    """Yield the cells that belong to one answer: its text, and the columns that say something of it alone."""
    for place, text in zip(asked.roles.texts, row.texts, strict=True):
        yield (row.question, place), text
    for place, other in zip(asked.roles.others, row.others, strict=True):
        if place in asked.varying and other is not None:
            yield (row.question, place), other


def _records(rows: list[_Row], asked: _Asked) -> Iterator[Record]:
    """Yield one contribution; or several with the same reference, when it answers a question more than once."""
    rounds: list[list[_Row]] = []
    for row in rows:
        free = next((other for other in rounds if all(row.question != before.question for before in other)), None)
        if free is None:
            rounds.append([row])
        else:
            free.append(row)
    for number, together in enumerate(rounds):
        cells: list[tuple[Key, str | None, bool]] = []
        if number == 0:
            for place, other in zip(asked.roles.others, rows[0].others, strict=True):
                if place not in asked.varying and not (place in asked.roles.unnamed and given(other) is None):
                    cells.append(((None, place), other, rows[0].certain))
        for row in together:
            cells += [(key, text, row.certain) for key, text in _cells(row, asked)]
        yield _record(rows, cells, asked)


def _record(rows: list[_Row], cells: list[tuple[Key, str | None, bool]], asked: _Asked) -> Record:
    cells.sort(key=lambda cell: asked.place(cell[0]))
    fields: dict[str, Any] = {}
    for row in reversed(rows):
        fields |= {name: value for name, value in row.fields.items() if given(value) is not None}
    return Record(
        row=0,
        headings=asked.headings(tuple(key for key, _, _ in cells)),
        texts=[text for _, text, _ in cells],
        reference=given(fields.get("reference")),
        author=given(fields.get("author")),
        author_type=given(fields.get("author_type")),
        postcode=given(fields.get("postcode")),
        published_at=timestamp(fields.get("published_at")),
        trashed=is_true(fields.get("trashed")),
        weight=weight(fields.get("weight")),
        unread=frozenset(place for place, (_, _, certain) in enumerate(cells) if not certain),
    )
