"""The table `organisations`: those that the answers name, as the register or the corpus names them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Final

import pyarrow.compute as pc

from pipeline.entities.linker import register_id
from pipeline.entities.register_rows import Organisation
from pipeline.workspace import Workspace

_ACRONYM: Final = re.compile(r"(?:[A-ZÀ-Ý]\.?){2,10}s?|[A-ZÀ-Ý][a-zà-ÿ]{0,3}[A-ZÀ-Ý]{2,8}")


def surfaces_named(workspace: Workspace) -> dict[str, Counter[str]]:
    """Return how often each organisation is written in which way, by organisation id, from the table `mentions`."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for index in range(len(workspace.parts("mentions"))):
        part = workspace.read_part("mentions", index, ["organisation_id", "surface"])
        named = part.filter(pc.is_valid(part["organisation_id"]))
        for identifier, surface in zip(named["organisation_id"].to_pylist(), named["surface"].to_pylist(), strict=True):
            found[identifier][surface] += 1
    return dict(found)


def organisation_rows(
    surfaces: Mapping[str, Counter[str]], register: Mapping[str, Organisation]
) -> list[dict[str, Any]]:
    """Return the rows of the table `organisations`, by id: those named, and what these lead to.

    Parameters
    ----------
    surfaces : mapping of str to Counter
        How often each organisation is written in which way, by organisation id.
    register : mapping of str to Organisation
        The entries of the register, by their id there. A parent or successor of one that is named has a row too, with
        no mention.
    """
    known = {register_id(key): organisation for key, organisation in register.items()}
    wanted = set(surfaces)
    waiting = list(wanted)
    while waiting:
        entry = known.get(waiting.pop())
        for relative in (entry.parent, entry.successor) if entry is not None else ():
            if relative is not None and register_id(relative) not in wanted:
                wanted.add(register_id(relative))
                waiting.append(register_id(relative))
    return [_row(found, surfaces.get(found, Counter()), known.get(found)) for found in sorted(wanted)]


def _row(identifier: str, surfaces: Counter[str], entry: Organisation | None) -> dict[str, Any]:
    row: dict[str, Any] = {"organisation_id": identifier, "n_mentions": surfaces.total()}
    if entry is not None:
        return row | {
            "name": entry.name,
            "acronym": entry.acronym,
            "aliases": [written for written in entry.written if written not in (entry.name, entry.acronym)],
            "kind": entry.kind,
            "parent_id": register_id(entry.parent) if entry.parent else None,
            "successor_id": register_id(entry.successor) if entry.successor else None,
            "since": entry.since,
            "until": entry.until,
            "siren": entry.siren,
            "wikidata": entry.wikidata,
        }
    # The register does not know it: its most frequent spelling is its name, and an acronym only where it has no other.
    acronyms = {surface for surface in surfaces if _ACRONYM.fullmatch(surface)}
    by_count = sorted(surfaces, key=lambda surface: (-surfaces[surface], surface))
    name = next((surface for surface in by_count if surface not in acronyms), by_count[0])
    acronym = next((surface for surface in by_count if surface in acronyms and surface != name), None)
    aliases = sorted(surface for surface in surfaces if surface not in (name, acronym))
    return row | {"name": name, "acronym": acronym, "aliases": aliases}
