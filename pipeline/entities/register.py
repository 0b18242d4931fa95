"""The register of organisations: what a person edits in seeds/organisations, read and checked."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.entities.folding import fold
from pipeline.resources import resource
from pipeline.workspace import sha256_of

KINDS: Final = (
    "administration",
    "assemblée ou conseil",
    "association",
    "autorité indépendante",
    "chambre ou ordre professionnel",
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
    "branches",
    "kind",
    "siren",
    "wikidata",
)
NOT_ORGANISATIONS: Final = "not_organisations.txt"
PLACES: Final = "places.txt"


@dataclass(frozen=True)
class Organisation:
    """One entry of the register.

    ``aliases`` count in any casing, ``cased`` only with these very capitals; ``branches`` says that a place after it
    belongs to the name (« CAF du Rhône »).
    """

    organisation_id: str
    name: str
    acronym: str | None
    aliases: tuple[str, ...]
    cased: tuple[str, ...]
    branches: bool
    kind: str
    siren: str | None
    wikidata: str | None

    @property
    def surfaces(self) -> tuple[str, ...]:
        """Every way to write the organisation that counts in any casing."""
        written = (self.name, self.acronym, *self.aliases)
        return tuple(dict.fromkeys(one for one in written if one and one not in self.cased))


@dataclass(frozen=True)
class Register:
    """The organisations by id, the names that are not organisations, and the places, these two folded."""

    organisations: dict[str, Organisation]
    not_organisations: frozenset[str]
    places: frozenset[str]


@dataclass(frozen=True)
class RegisterFiles:
    """Where the three files of a register are."""

    organisations: Path
    not_organisations: Path
    places: Path

    def sums(self) -> dict[str, str]:
        """Return the SHA-256 of each file, by its role: what the results depend on."""
        found = {}
        for role in ("organisations", "not_organisations", "places"):
            path: Path = getattr(self, role)
            try:
                found[role] = sha256_of(path)
            except OSError:
                raise errors.usage("E101", path=path) from None
        return found

    @property
    def key(self) -> str:
        """One hash of the three files."""
        return hashlib.sha256("".join(self.sums().values()).encode("ascii")).hexdigest()


def register_files(path: str | Path | None = None) -> RegisterFiles:
    """Return the files of the register at `path`, or of the one that ships.

    A register of your own is one CSV file; the two lists may lie beside it, and else those that ship are used.
    """
    shipped = resource("seeds", "organisations")
    if path is None:
        return RegisterFiles(shipped / "organisations.csv", shipped / NOT_ORGANISATIONS, shipped / PLACES)
    own = Path(path)
    beside = [own.parent / name for name in (NOT_ORGANISATIONS, PLACES)]
    return RegisterFiles(own, *(path if path.is_file() else shipped / path.name for path in beside))


def load_register(files: RegisterFiles) -> Register:
    """Read and check a register.

    Raises
    ------
    DoleancesError
        E101 when a file is missing, E304 with the line of the first row that cannot stand.
    """
    organisations: dict[str, Organisation] = {}
    lines: dict[str, int] = {}
    owners: dict[str, str] = {}
    for line, row in _rows(files.organisations):
        organisation = _organisation(files.organisations, line, row)
        identifier = organisation.organisation_id
        if identifier in lines:
            detail = f"organisation_id « {identifier} » is already on line {lines[identifier]}"
            raise _wrong(files.organisations, line, detail)
        organisations[identifier], lines[identifier] = organisation, line
        for written in (*organisation.surfaces, *organisation.cased):
            owner = owners.setdefault(fold(written), identifier)
            if owner != identifier:
                detail = f"alias « {written} » already belongs to {owner} on line {lines[owner]}"
                raise _wrong(files.organisations, line, detail)
    denied = set()
    for line, name in _lines(files.not_organisations):
        named = owners.get(fold(name))
        if named is not None:
            detail = f"« {name} » is a name of {named} in {files.organisations.name} (line {lines[named]})"
            raise _wrong(files.not_organisations, line, detail)
        denied.add(fold(name))
    places = frozenset(fold(name) for _, name in _lines(files.places))
    return Register(organisations, frozenset(denied), places)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = _read(path)
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        found = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = found
        unknown = [name for name in found if name not in COLUMNS]
        missing = [name for name in ("organisation_id", "name", "kind") if name not in found]
        if unknown or missing or len(set(found)) < len(found):
            raise _wrong(path, 1, f"columns must be {', '.join(COLUMNS)} (found: {', '.join(found)})")
        for row in reader:
            if None in row or None in row.values():
                raise _wrong(path, reader.line_num, f"the row does not have {len(found)} columns like the header")
            clean = {name: " ".join(value.split()) for name, value in row.items()}
            if any(clean.values()):
                yield reader.line_num, clean
    except csv.Error as error:
        raise _wrong(path, reader.reader.line_num, str(error)) from None


def _organisation(path: Path, line: int, row: dict[str, str]) -> Organisation:
    identifier, name, kind = row["organisation_id"], row["name"], row["kind"]
    slug = identifier.replace("-", "")
    if not (slug.isascii() and slug.isalnum() and slug == slug.lower()):
        raise _wrong(path, line, f"organisation_id « {identifier} » must be lower-case letters, digits and hyphens")
    if kind not in KINDS:
        raise _wrong(path, line, f"kind « {kind} » is none of: {', '.join(KINDS)}")
    if row.get("branches", "") not in ("", "yes"):
        raise _wrong(path, line, f"branches must be yes or empty, not « {row['branches']} »")
    siren = row.get("siren", "").replace(" ", "")
    if siren and not (len(siren) == 9 and siren.isascii() and siren.isdigit()):
        raise _wrong(path, line, f"siren « {siren} » must have 9 digits")
    wikidata = row.get("wikidata", "")
    if wikidata and not (wikidata[0] == "Q" and wikidata[1:].isascii() and wikidata[1:].isdigit()):
        raise _wrong(path, line, f"wikidata « {wikidata} » must be Q and digits")
    acronym = row.get("acronym") or None
    aliases, cased = _list(row.get("aliases", "")), _list(row.get("cased", ""))
    for written in (name, *([acronym] if acronym else []), *aliases, *cased):
        if len(fold(written)) < 2:
            raise _wrong(path, line, f"alias « {written} » is too short: two letters at the least")
    return Organisation(
        identifier,
        name,
        acronym,
        aliases,
        cased,
        row.get("branches") == "yes",
        kind,
        siren or None,
        wikidata or None,
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        name = line.partition("#")[0].strip()
        if name:
            yield number, name


def _list(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in cell.split("|") if one.strip()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise errors.usage("E101", path=path) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _wrong(path, line, "not UTF-8; in your spreadsheet, save as « CSV UTF-8 »") from None
    except OSError as error:
        raise errors.usage("E111", path=path, detail=error.strerror) from None


def _wrong(path: Path, line: int, detail: str) -> errors.DoleancesError:
    return errors.usage("E304", path=path, line=line, detail=detail)
