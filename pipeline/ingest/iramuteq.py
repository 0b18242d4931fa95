"""An IRaMuTeQ corpus: « **** *id_7 *sexe_f » begins a text, the lines below are it; « -*theme » begins a part of it.

A variable that says who wrote, where or when is a field of the contribution; any other is a closed question. Values
stay as received, with underscores for blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pipeline.config import ColumnsConfig
from pipeline.ingest.column_names import FIELDS, folded
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import Inspection, open_text
from pipeline.ingest.forms import weight
from pipeline.ingest.plain_columns import OPTIONS, ROLES
from pipeline.ingest.reading import Context, Sample
from pipeline.ingest.records import Heading, Message, Record, given, is_true, timestamp

TEXT: Final = "Texte"
"""The question that a text answers, where no part of it has a theme."""

_START: Final = re.compile(r"\*\*\*\*(?=[ \t]+\*\S|[ \t]*$)|\d{4}(?=[ \t]+\*\S)")
_CERTAIN_START: Final = re.compile(r"(?:\*\*\*\*|\d{4})(?:[ \t]+\*\S+)+[ \t]*$")
_VARIABLES: Final = re.compile(r"(?:[ \t]+\*\S+)*")
_THEME: Final = re.compile(r"-\*(\S+)[ \t]*$")
_FIRST_LINES: Final = 5
_LINE: Final = 1 << 20

# Names with an underscore of their own, which otherwise ends the name; and what people call these in a corpus.
_LONG_NAMES: Final = (
    "code_postal",
    "id_auteur",
    "type_auteur",
    "date_publication",
    "author_id",
    "author_type",
    "zip_code",
)
_ALSO: Final = {"type": "author_type", "typeauteur": "author_type", "ident": "reference", "aut": "author"}


@dataclass
class _Text:
    """A text of the corpus: the line it starts at, its variables, and its parts by theme (None: none)."""

    line: int
    variables: dict[str, str] = field(default_factory=dict)
    parts: dict[str | None, list[str]] = field(default_factory=lambda: {None: []})


@dataclass
class _Survey:
    """What one look at the whole corpus tells: its variables, its themes, and those variables that hold no date."""

    variables: dict[str, None] = field(default_factory=dict)
    themes: dict[str, None] = field(default_factory=dict)
    undated: set[str] = field(default_factory=set)


def recognises(sample: Sample, context: Context) -> bool:
    """Say whether one of the first lines begins a text of a corpus."""
    lines = [line for line in sample.head.splitlines() if line.strip()][:_FIRST_LINES]
    return any(_CERTAIN_START.match(line.lstrip("\ufeff")) for line in lines)


def read(file: InputFile, inspection: Inspection, context: Context) -> Iterator[Record | Message]:
    """Yield the texts of a corpus in order, and what stands before the first."""
    survey = _Survey()
    for text in _texts(file, inspection):
        if isinstance(text, _Text):
            survey.variables.update(dict.fromkeys(text.variables))
            survey.themes.update(dict.fromkeys(theme for theme in text.parts if theme is not None))
            survey.undated.update(name for name, value in text.variables.items() if _date(value) is None)
        if context.probing and len(survey.variables):
            break
    fields = _fields(survey, context.columns)
    for role, name in fields.items():
        if role in OPTIONS and name != getattr(context.columns, OPTIONS[role]):
            option = "--" + OPTIONS[role].replace("_", "-")
            yield Message("N121", None, {"table": "", "column": name, "role": ROLES[role], "option": option})
    closed = {name: Heading(name, kind="closed") for name in survey.variables if name not in fields.values()}
    themes = {theme: Heading(theme or TEXT, kind="open") for theme in (None, *survey.themes)}
    asked = (*closed.values(), *themes.values())
    used: dict[tuple[str | None, ...], tuple[Heading, ...]] = {}
    number = 0
    for text in _texts(file, inspection):
        if isinstance(text, Message):
            yield text
            continue
        number += 1
        answers = {theme: "".join(lines).strip("\r\n") for theme, lines in text.parts.items()}
        if len(answers) > 1 and not (answers[None] or "").strip():
            del answers[None]  # all of it has a theme
        told = [name for name in closed if name in text.variables]
        key = (*told, None, *answers)
        if key not in used:
            used[key] = (*(closed[name] for name in told), *(themes[theme] for theme in answers))
        about = {role: text.variables.get(name) for role, name in fields.items()}
        yield Record(
            row=number,
            headings=used[key],
            texts=[*(text.variables[name] for name in told), *answers.values()],
            reference=given(about.get("reference")),
            author=given(about.get("author")),
            author_type=given(about.get("author_type")),
            postcode=given(about.get("postcode")),
            published_at=timestamp(_date(about.get("published_at"))),
            trashed=is_true(about.get("trashed")),
            weight=weight(about.get("weight")),
            asked=asked,
        )


def _texts(file: InputFile, inspection: Inspection) -> Iterator[_Text | Message]:
    """Yield the texts of a corpus, one at a time in memory; what stands before the first is told."""
    text: _Text | None = None
    theme: str | None = None
    stray: list[int] = []
    with open_text(file.path, inspection.encoding) as handle:
        number, whole = 0, True
        while line := handle.readline(_LINE):
            number += whole
            bare = line.rstrip("\r\n") if whole else ""
            whole = line.endswith(("\r", "\n"))
            if _START.match(bare):
                if text is not None:
                    yield text
                elif stray:
                    yield _stray(stray)
                text, theme = _begun(bare, number), None
            elif text is None:
                stray += [number] if line.strip("\ufeff \t\r\n") else []
            elif found := _THEME.match(bare):
                theme = found[1]
                text.parts.setdefault(theme, [])
            else:
                text.parts[theme].append(line)
    if text is not None:
        yield text
    elif stray:
        yield _stray(stray)


def _stray(lines: list[int]) -> Message:
    detail = f"text before the first « **** » is not part of the corpus and was not read (lines: {len(lines)})"
    return Message("E110", lines[0], {"detail": detail})


def _begun(line: str, number: int) -> _Text:
    start = _START.match(line)
    assert start is not None
    variables = _VARIABLES.match(line, start.end())
    assert variables is not None
    text = _Text(number)
    for variable in variables[0].split():
        name, value = _split(variable[1:])
        # A variable that comes twice is a choice of several.
        text.variables[name] = f"{text.variables[name]}|{value}" if name in text.variables else value
    rest = line[variables.end() :].strip()
    if rest:
        text.parts[None].append(rest + "\n")
    return text


def _split(variable: str) -> tuple[str, str]:
    for name in _LONG_NAMES:
        if variable.casefold().startswith(name + "_"):
            return variable[: len(name)], variable[len(name) + 1 :]
    name, _, value = variable.partition("_")
    return (name, value) if name and value else (variable, variable)


def _date(value: str | None) -> str | None:
    """Return a date as `timestamp` reads it, or None: « 2019_03_07 », « 2019-03-07 »."""
    text = (value or "").replace("_", "-")
    return text if timestamp(text) else None


def _fields(survey: _Survey, columns: ColumnsConfig) -> dict[str, str]:
    """Return the variable that holds each field; one of dates must hold nothing else."""
    found: dict[str, str] = {}
    for role, known in FIELDS.items():
        wanted = getattr(columns, OPTIONS[role]) if role in OPTIONS else None
        names = [name for name in survey.variables if name == wanted]
        names = names or sorted(
            (name for name in survey.variables if folded(name) in known or _ALSO.get(folded(name)) == role),
            key=lambda name: known.index(folded(name)) if folded(name) in known else len(known),
        )
        names = [name for name in names if name not in found.values()]
        if names and not (role == "published_at" and names[0] in survey.undated):
            found[role] = names[0]
    return found
