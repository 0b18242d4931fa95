"""Read the files of a register: rows of the CSV, lines of the lists; what cannot stand is kept as a problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.entities.folding import fold

KINDS: Final = (
    "administration",
    "assemblée ou conseil",
    "association",
    "autorité indépendante",
    "chambre ou ordre professionnel",
    "collectivité",
    "entreprise",
    "établissement public",
    "institution européenne ou internationale",
    "juridiction",
    "média",
    "parti",
    "protection sociale",
    "réseau local",
    "syndicat",
    "école ou université",
)
COLUMNS: Final = (
    "organisation_id",
    "name",
    "acronym",
    "aliases",
    "cased",
    "ambiguous",
    "near",
    "branches",
    "kind",
    "parent",
    "successor",
    "since",
    "until",
    "siren",
    "wikidata",
)
_NEEDED: Final = ("organisation_id", "name", "kind")
_IDENTIFIER: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATE: Final = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))?", re.ASCII)


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file of the register, and where. A warning does not keep the register from being used."""

    path: Path
    line: int
    detail: str
    warning: bool = False


@dataclass(frozen=True)
class Organisation:
    """One entry of the register.

    ``aliases`` count in any casing, ``cased`` only with these very capitals, ``ambiguous`` in any casing but only where
    a word of ``near`` is close; ``branches`` says that a place after it belongs to the name (« CAF du Rhône »).
    ``successor`` took its place at ``until``; dates are YYYY or YYYY-MM-DD.
    """

    organisation_id: str
    name: str
    acronym: str | None
    aliases: tuple[str, ...]
    cased: tuple[str, ...]
    ambiguous: tuple[str, ...]
    near: tuple[str, ...]
    branches: bool
    kind: str
    parent: str | None
    successor: str | None
    since: str | None
    until: str | None
    siren: str | None
    wikidata: str | None

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every way to write the organisation that counts in any casing, whatever stands beside it."""
        apart = {fold(one) for one in (*self.cased, *self.ambiguous)}
        written = (self.name, self.acronym, *self.aliases)
        return tuple(dict.fromkeys(one for one in written if one and fold(one) not in apart))

    @property
    def written(self) -> tuple[str, ...]:
        """Every way to write the organisation."""
        named = (self.name, self.acronym, *self.aliases, *self.cased, *self.ambiguous)
        return tuple(dict.fromkeys(one for one in named if one))


def read_organisations(path: Path, problems: list[Problem]) -> Iterator[tuple[int, Organisation]]:
    """Yield each entry that can stand, with the line it ends on; what cannot is added to `problems`.

    Raises
    ------
    DoleancesError
        E101 or E111 when there is no file to read.
    """
    for line, row in _rows(path, problems):
        wrong = list(_wrong(row))
        problems += [Problem(path, line, detail) for detail in wrong]
        if not wrong:
            yield line, _organisation(row)


def read_lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    """Yield the names of a list, one a line, with their lines; what follows ``#`` is a comment.

    A name of marks alone is added to `problems`: nothing is left of it to be found.
    """
    for number, line in enumerate(_read(path, problems).splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name and not _can_be_found(name):
            problems.append(Problem(path, number, f"« {name} » holds no letter or digit"))
        elif name:
            yield number, name


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    text = _read(path, problems)
    if problems and not text:
        return
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        found = [name.strip() for name in next(reader, [])]
        unknown = [name for name in found if name not in COLUMNS]
        missing = [name for name in _NEEDED if name not in found]
        if unknown or missing or len(set(found)) < len(found):
            problems.append(Problem(path, 1, f"columns must be {', '.join(COLUMNS)} (found: {', '.join(found)})"))
            return
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(found):
                detail = f"the row does not have {len(found)} columns like the header, but {len(cells)}"
                problems.append(Problem(path, reader.line_num, detail))
                continue
            row = dict.fromkeys(COLUMNS, "")
            row.update((name, " ".join(cell.split())) for name, cell in zip(found, cells, strict=True))
            yield reader.line_num, row
    except csv.Error as error:
        problems.append(Problem(path, reader.line_num, str(error)))


def _wrong(row: dict[str, str]) -> Iterator[str]:
    if not _IDENTIFIER.fullmatch(row["organisation_id"]):
        yield f"organisation_id « {row['organisation_id']} » must be lower-case letters, digits and hyphens"
    if row["kind"] not in KINDS:
        yield f"kind « {row['kind']} » is none of: {', '.join(KINDS)}"
    if row["branches"] not in ("", "yes"):
        yield f"branches must be yes or empty, not « {row['branches']} »"
    for name in ("parent", "successor"):
        if row[name] and not _IDENTIFIER.fullmatch(row[name]):
            yield f"{name} « {row[name]} » must be the organisation_id of another row"
    for name in ("since", "until"):
        if row[name] and not _DATE.fullmatch(row[name]):
            yield f"{name} « {row[name]} » must be YYYY or YYYY-MM-DD"
    if row["since"] and row["until"] and _is_later(row["since"], row["until"]):
        yield f"since « {row['since']} » is later than until « {row['until']} »"
    siren, wikidata = row["siren"].replace(" ", ""), row["wikidata"]
    if siren and not re.fullmatch(r"\d{9}", siren, re.ASCII):
        yield f"siren « {siren} » must have 9 digits"
    elif siren and not _luhn(siren):
        yield f"siren « {siren} » is mistyped: its last digit does not check the others"
    if wikidata and not re.fullmatch(r"Q\d+", wikidata, re.ASCII):
        yield f"wikidata « {wikidata} » must be Q and digits"
    if bool(row["ambiguous"]) != bool(row["near"]):
        yield "ambiguous and near need each other: names that count only near certain words, and these words"
    acronym = [row["acronym"]] if row["acronym"] else []
    listed = [one for name in ("aliases", "cased", "ambiguous") for one in _list(row[name])]
    for written in (row["name"], *acronym, *listed):
        if len(fold(written)) < 2:
            yield f"alias « {written} » is too short: two letters at the least"
        elif not _can_be_found(written):
            yield f"alias « {written} » holds no letter or digit"
    for word in _list(row["near"]):
        if len(fold(word.removesuffix("*"))) < 2:
            yield f"near « {word} » is too short: two letters at the least"


def _can_be_found(name: str) -> bool:
    return any(character.isalnum() for character in fold(name))


def _is_later(since: str, until: str) -> bool:
    """Say whether a date is later than another, as far as both go: a day of 2016 is not later than 2016."""
    known = min(len(since), len(until))
    return since[:known] > until[:known]


def _organisation(row: dict[str, str]) -> Organisation:
    return Organisation(
        organisation_id=row["organisation_id"],
        name=row["name"],
        acronym=row["acronym"] or None,
        aliases=_list(row["aliases"]),
        cased=_list(row["cased"]),
        ambiguous=_list(row["ambiguous"]),
        near=_list(row["near"]),
        branches=row["branches"] == "yes",
        kind=row["kind"],
        parent=row["parent"] or None,
        successor=row["successor"] or None,
        since=row["since"] or None,
        until=row["until"] or None,
        siren=row["siren"].replace(" ", "") or None,
        wikidata=row["wikidata"] or None,
    )


def _luhn(digits: str) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812-1, annex B), as in every SIREN."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _list(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in cell.split("|") if one.strip()))


def _read(path: Path, problems: list[Problem]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise errors.usage("E101", path=path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(path, line, "not UTF-8; in your spreadsheet, save as « CSV UTF-8 »"))
        return ""
    except OSError as error:
        raise errors.usage("E111", path=path, detail=error.strerror) from None
