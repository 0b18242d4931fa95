"""Read a codebook: themes that people wrote down, or those of an earlier consultation, as one CSV file.

seeds/codebooks/README.md says what the columns hold.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from pipeline import storage, tables
from pipeline.language.terms import term_of

_NAMES: Final = {
    "label": ("label", "libelle", "theme"),
    "definition": ("definition",),
    "examples": ("examples", "example", "exemples", "exemple"),
    "parent": ("parent", "parent_id"),
    "question": ("question", "question_id"),
    "topic_id": ("topic_id",),
    "terms": ("terms", "termes"),
}
"""What each column may be called, folded."""
_IGNORED: Final = frozenset(tables.SCHEMAS["topics"].names)
_WORD: Final = re.compile(r"\w+")
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.|'(?=\w))*)'|\"([^\"]*)\"")
_IDENTIFIER: Final = re.compile(r"\w[\w.:-]*")


@dataclass(frozen=True)
class CodebookProblem:
    """What is wrong in a codebook, and on which line its row starts."""

    line: int
    detail: str


class CodebookError(ValueError):
    """A codebook that cannot be used, with all that is wrong in it."""

    def __init__(self, path: Path, problems: tuple[CodebookProblem, ...]) -> None:
        super().__init__(f"{path}: " + "; ".join(f"line {one.line}: {one.detail}" for one in problems))
        self.path = path
        self.problems = problems

    def __reduce__(self) -> tuple[type[CodebookError], tuple[Path, tuple[CodebookProblem, ...]]]:
        return CodebookError, (self.path, self.problems)  # it crosses process borders whole


@dataclass(frozen=True)
class CodebookEntry:
    """One theme as people wrote it. ``parent`` is the label of another entry, ``question`` a number or an id."""

    line: int
    label: str
    definition: str = ""
    examples: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    parent: str | None = None
    question: str | None = None
    topic_id: str | None = None


@dataclass(frozen=True)
class Codebook:
    """The entries of a file, in its order."""

    path: Path
    entries: tuple[CodebookEntry, ...]

    def for_question(self, question_id: str | None, number: int | None = None) -> tuple[CodebookEntry, ...]:
        """Return the themes of one question: those that name it by its id or number, and those for all questions."""
        names = {None, question_id, None if number is None else str(number)}
        return tuple(entry for entry in self.entries if entry.question in names)

    def leaves(self, question_id: str | None, number: int | None = None) -> tuple[CodebookEntry, ...]:
        """Return the themes of one question that answers can be given to: a parent is the union of its children."""
        entries = self.for_question(question_id, number)
        parents = {entry.parent for entry in entries}
        return tuple(entry for entry in entries if entry.label not in parents)


@lru_cache(maxsize=10_000)
def fold(name: str) -> str:
    """Return `name` as labels and column names are compared: no case, accents or doubled spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", "'").split())


def read_codebook(path: Path) -> Codebook:
    """Read and check a codebook.

    Parameters
    ----------
    path : Path
        CSV with a header; `,` or `;`; UTF-8 or, as Excel writes it, Windows-1252.

    Raises
    ------
    CodebookError
        With every problem of the file and its line.
    DoleancesError
        E101 or E111 when there is no file to read.
    """
    problems: list[CodebookProblem] = []
    read: list[CodebookEntry] = []
    for line, row in _rows(_text(path), problems):
        entry = _entry(line, row)
        wrong = list(_wrong(entry))
        problems += [CodebookProblem(line, detail) for detail in wrong]
        if entry.label:
            read.append(entry)
    problems += _repeated(read)
    entries = [_with_parent(entry, read, problems) for entry in read]
    if not read and not problems:
        problems.append(CodebookProblem(1, "no theme: each row below the header is one"))
    if problems:
        raise CodebookError(path, tuple(sorted(problems, key=lambda one: one.line)))
    return Codebook(path, tuple(entries))


def _text(path: Path) -> str:
    content = storage.read_given(path)
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise CodebookError(path, (CodebookProblem(line, "not text (a NUL byte); save as « CSV UTF-8 »"),))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
    raise CodebookError(path, (CodebookProblem(line, "neither UTF-8 nor Windows-1252; save as « CSV UTF-8 »"),))


def _rows(text: str, problems: list[CodebookProblem]) -> Iterator[tuple[int, dict[str, str]]]:
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        columns = _columns(next(reader, []), problems)
        if columns is None:
            return
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(columns) :]):
                problems.append(CodebookProblem(line, f"{len(cells)} columns where the header has {len(columns)}"))
                continue
            # Spreadsheets leave out empty cells at the end of a row.
            cells += [""] * (len(columns) - len(cells))
            yield line, {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    except csv.Error as error:
        problems.append(CodebookProblem(line, str(error)))


def _columns(header: list[str], problems: list[CodebookProblem]) -> list[str | None] | None:
    """Return the role of each column, None for one that is not used; None in all when the header cannot stand."""
    roles = {name: role for role, names in _NAMES.items() for name in names}
    found: list[str | None] = []
    wrong: list[str] = []
    for cell in header:
        name = fold(cell)
        role = roles.get(name)
        if role is None and name and name not in _IGNORED:
            wrong.append(f"column « {cell.strip()} » is not one of: {', '.join(_NAMES)}")
        elif role is not None and role in found:
            wrong.append(f"column « {cell.strip()} » stands there twice, as {role}")
        found.append(role)
    if "label" not in found:
        wrong.append("no column « label » (or libellé, thème)")
    problems += [CodebookProblem(1, detail) for detail in wrong]
    return None if wrong else found


def _entry(line: int, row: dict[str, str]) -> CodebookEntry:
    def cell(name: str) -> str:
        return " ".join(row.get(name, "").removeprefix("\u200b").split())

    return CodebookEntry(
        line,
        cell("label"),
        cell("definition"),
        tuple(dict.fromkeys(one.strip() for one in cell("examples").split("|") if one.strip())),
        _listed(cell("terms")),
        cell("parent") or None,
        cell("question") or None,
        cell("topic_id") or None,
    )


def _listed(cell: str) -> tuple[str, ...]:
    """Return the terms of a cell: joined by `|`, `,` or `;`, or a list as pandas, NumPy and DuckDB write it."""
    if cell.startswith("[") and cell.endswith("]"):
        cell = cell[1:-1]
        quoted = [single or double for single, double in _QUOTED.findall(cell)]
        found = quoted or cell.split(",")
    else:
        found = re.split(r"[|,;]", cell)
    return tuple(dict.fromkeys(one.strip() for one in found if one.strip()))


def _wrong(entry: CodebookEntry) -> Iterator[str]:
    if not entry.label:
        yield "the label is empty"
        return
    texts = (entry.label, entry.definition, *entry.examples, *entry.terms)
    if not any(term_of(word, word.lower()) for text in texts for word in _WORD.findall(text)):
        yield f"no word of « {entry.label} » tells it from other themes: write a definition or examples"
    if entry.topic_id and not _IDENTIFIER.fullmatch(entry.topic_id):
        yield f"topic_id « {entry.topic_id} » must be letters, digits and hyphens"


def _repeated(entries: list[CodebookEntry]) -> Iterator[CodebookProblem]:
    by_label: dict[str, list[CodebookEntry]] = {}
    by_id: dict[str, CodebookEntry] = {}
    for entry in entries:
        earlier = by_label.setdefault(fold(entry.label), [])
        for other in earlier:
            if _together(entry, other):
                yield CodebookProblem(
                    entry.line, f"label « {entry.label} » is already on line {other.line} for the same question"
                )
                break
        earlier.append(entry)
        if entry.topic_id:
            first = by_id.setdefault(entry.topic_id, entry)
            if first is not entry:
                yield CodebookProblem(entry.line, f"topic_id « {entry.topic_id} » is already on line {first.line}")


def _together(one: CodebookEntry, other: CodebookEntry) -> bool:
    return one.question is None or other.question is None or one.question == other.question


def _with_parent(entry: CodebookEntry, entries: list[CodebookEntry], problems: list[CodebookProblem]) -> CodebookEntry:
    """Return `entry` with the label of its parent as the parent's row writes it."""
    if entry.parent is None:
        return entry
    parent = _named(entry.parent, entry, entries)
    if parent is None:
        detail = f"parent « {entry.parent} » is not the label of a theme of the same question"
    elif parent is entry or (parent.parent and _named(parent.parent, parent, entries) is entry):
        detail = f"parent « {entry.parent} » leads back to « {entry.label} »"
    elif parent.parent:
        detail = f"parent « {entry.parent} » has a parent itself (line {parent.line}): two levels are the most"
    else:
        return replace(entry, parent=parent.label)
    problems.append(CodebookProblem(entry.line, detail))
    return entry


def _named(name: str, child: CodebookEntry, entries: list[CodebookEntry]) -> CodebookEntry | None:
    # A parent must be there wherever its child is: for the same question or for all.
    for entry in entries:
        named = name == entry.topic_id or fold(name) == fold(entry.label)
        if named and (entry.question is None or entry.question == child.question):
            return entry
    return None
