"""The register of organisations: what a person edits in seeds/organisations, read and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline import errors
from pipeline.entities.folding import fold
from pipeline.entities.register_rows import Organisation, Problem, read_lines, read_organisations
from pipeline.resources import resource
from pipeline.workspace import sha256_of

NOT_ORGANISATIONS: Final = "not_organisations.txt"
PLACES: Final = "places.txt"


@dataclass(frozen=True)
class Register:
    """The organisations by id, with their lines; the names that are not organisations and the places, both folded."""

    organisations: dict[str, Organisation]
    lines: dict[str, int]
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
    register, problems = read_register(files)
    if problems:
        first, more = problems[0], len(problems) - 1
        detail = first.detail + (f" (and {more} more: doleances register lint)" if more else "")
        raise errors.usage("E304", path=first.path, line=first.line, detail=detail)
    return register


def read_register(files: RegisterFiles) -> tuple[Register, list[Problem]]:
    """Return what can stand of a register, and what is wrong with the rest."""
    problems: list[Problem] = []
    organisations: dict[str, Organisation] = {}
    lines: dict[str, int] = {}
    owners: dict[str, str] = {}
    for line, organisation in read_organisations(files.organisations, problems):
        identifier = organisation.organisation_id
        if identifier in lines:
            detail = f"organisation_id « {identifier} » is already on line {lines[identifier]}"
            problems.append(Problem(files.organisations, line, detail))
            continue
        organisations[identifier], lines[identifier] = organisation, line
        # Names that count only near certain words may be shared: these words tell which organisation it is.
        for written in (*organisation.surfaces, *organisation.cased):
            owner = owners.setdefault(fold(written), identifier)
            if owner != identifier:
                detail = f"alias « {written} » already belongs to {owner} on line {lines[owner]}"
                problems.append(Problem(files.organisations, line, detail))
    for identifier, detail in _relations(organisations):
        problems.append(Problem(files.organisations, lines[identifier], detail))
    denied = set()
    for line, name in read_lines(files.not_organisations, problems):
        named = owners.get(fold(name))
        if named is not None:
            detail = f"« {name} » is a name of {named} in {files.organisations.name} (line {lines[named]})"
            problems.append(Problem(files.not_organisations, line, detail))
        denied.add(fold(name))
    places = frozenset(fold(name) for _, name in read_lines(files.places, problems))
    return Register(organisations, lines, frozenset(denied), places), problems


def _relations(organisations: dict[str, Organisation]) -> Iterator[tuple[str, str]]:
    """Yield the entries whose parent or successor is not there, or leads back to them."""
    for relation in ("parent", "successor"):
        settled: set[str] = set()
        for identifier in organisations:
            path: list[str] = []
            at: str | None = identifier
            while at is not None and at not in settled and at not in path:
                path.append(at)
                following: str | None = getattr(organisations[at], relation)
                if following is not None and following not in organisations:
                    yield at, f"{relation} « {following} » is not in the register"
                    following = None
                at = following
            if at is not None and at in path:
                circle = path[path.index(at) :]
                yield at, f"{relation} goes round in a circle: {' → '.join((*circle, at))}"
            settled.update(path)
