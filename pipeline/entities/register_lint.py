"""The linter of the register: what keeps it from being used, and what stands in it to no effect."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.entities.folding import fold
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.register import Register, RegisterFiles, read_register
from pipeline.entities.register_rows import Organisation, Problem


def lint(files: RegisterFiles) -> list[Problem]:
    """Return everything that is wrong in a register, by file and line: errors first, which keep it from being used.

    Warnings name aliases that are written twice, aliases that are never found, and entries that nothing leads to.

    Raises
    ------
    DoleancesError
        E101 or E111 when a file cannot be read.
    """
    register, problems = read_register(files)
    for organisation, detail in _warnings(register):
        line = register.lines[organisation.organisation_id]
        problems.append(Problem(files.organisations, line, detail, warning=True))
    return sorted(problems, key=lambda problem: (problem.warning, str(problem.path), problem.line, problem.detail))


def _warnings(register: Register) -> Iterator[tuple[Organisation, str]]:
    matcher = RegisterMatcher(register)
    for organisation in register.organisations.values():
        yield from ((organisation, detail) for detail in _written_twice(organisation))
        lost = []
        counted = dict.fromkeys((*organisation.surfaces, *organisation.cased, *organisation.ambiguous))
        for written in counted:
            instead = _found_instead(matcher, register, organisation, written)
            if instead is not None:
                lost.append((written, instead))
        if len(lost) == len(counted):
            yield organisation, f"nothing leads to {organisation.organisation_id}: none of its names is ever found"
        else:
            yield from ((organisation, f"« {name} » is never found: {instead}") for name, instead in lost)


def _written_twice(organisation: Organisation) -> Iterator[str]:
    owner: dict[str, str] = {fold(one): one for one in (organisation.name, organisation.acronym) if one}
    for alias in organisation.aliases:
        first = owner.setdefault(fold(alias), alias)
        if first is not alias:
            yield f"alias « {alias} » says nothing new beside « {first} »"


def _found_instead(
    matcher: RegisterMatcher, register: Register, organisation: Organisation, written: str
) -> str | None:
    """Return what is found in place of a name, where it is not found itself."""
    hint = " ".join(word.removesuffix("*") for word in organisation.near[:1])
    text = f"voici {written} et {hint}"
    start, end = 6, 6 + len(written)
    found = [match for match in matcher.find(text) if match.start < end and start < match.end]
    if any(match.organisation_id == organisation.organisation_id for match in found):
        return None
    if found:
        other = register.organisations[found[0].organisation_id]
        return f"« {text[found[0].start : found[0].end]} » leads to {other.organisation_id}"
    if fold(written) in register.not_organisations:
        return "not_organisations.txt has it"
    return "not with these capitals, or it is part of an address"
