"""Names that people corrected, learned for this corpus: looked for in every text from the next retrain on.

A name with a capital counts as it is written, one without in any casing. What people said is no mention is kept as a
hash alone, for it may be the name of a person: it holds for what the models find, not for the register.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from pipeline.entities.folding import Folded, fold
from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.register import Register
from pipeline.entities.register_rows import Organisation
from pipeline.entities.spans import Span
from pipeline.tables import LEARNED


@dataclass(frozen=True, order=True)
class CorrectedName:
    """A name as people wrote it, its label (ORG, LOC or MISC), and its organisation where it is one."""

    surface: str
    label: str
    organisation_id: str | None = None


@dataclass(frozen=True)
class Corrections:
    """What people taught of names.

    Parameters
    ----------
    names : tuple of CorrectedName
        In order, no two of one surface.
    nothing : frozenset of str
        `hash_of` the surfaces that are no mention.
    """

    names: tuple[CorrectedName, ...] = ()
    nothing: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.nothing)

    def to_json(self) -> bytes:
        """Return them as JSON; the same corrections give the same bytes."""
        ordered = {"names": [asdict(name) for name in sorted(self.names)], "nothing": sorted(self.nothing)}
        return (json.dumps(ordered, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")

    def find(self, folded: Folded) -> list[Span]:
        """Return the names in a text, in order, none overlapping another."""
        if self._matcher is None:
            return []
        found = []
        for match in self._matcher.find_folded(folded):
            name = self.names[int(match.organisation_id)]
            surface = folded.original[match.start : match.end]
            found.append(Span(match.start, match.end, name.label, surface, name.organisation_id, LEARNED, 1.0))
        return found

    def denies(self, span: Span) -> bool:
        """Say whether people said that what a model found there is no mention, or one of another kind."""
        if span.source != "model" or not (self.nothing or self.names):
            return False
        folded = fold(span.surface)
        return hash_of(folded) in self.nothing or self._labels.get(folded, span.label) != span.label

    def may_stand_in(self, folded: str) -> list[CorrectedName]:
        """Return the names that a text may hold; those without a capital always, for they are found misspelt too."""
        return [name for name in self.names if not _as_written(name) or fold(name.surface) in folded]

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {fold(name.surface): name.label for name in self.names}

    @cached_property
    def _matcher(self) -> RegisterMatcher | None:
        if not self.names:
            return None
        entries = {str(place): _entry(place, name) for place, name in enumerate(self.names)}
        return RegisterMatcher(Register(entries, {}, frozenset(), frozenset()))


_READ: Final = TypeAdapter(Corrections)


def corrections_from_json(content: bytes) -> Corrections:
    """Return what `Corrections.to_json` wrote.

    Raises
    ------
    ValueError
        When it is something else.
    """
    return _READ.validate_json(content)


def read_corrections(path: Path | None) -> Corrections:
    """Return the corrections of a file; none without one."""
    return Corrections() if path is None else corrections_from_json(path.read_bytes())


def hash_of(folded: str) -> str:
    """Return what stands for a folded surface that is not to be kept as it is."""
    return hashlib.blake2b(folded.encode("utf-8"), digest_size=12).hexdigest()


def _as_written(name: CorrectedName) -> bool:
    return any(character.isupper() for character in name.surface)


def _entry(place: int, name: CorrectedName) -> Organisation:
    as_written = _as_written(name)
    return Organisation(
        organisation_id=str(place),
        name="" if as_written else name.surface,
        acronym=None,
        aliases=(),
        cased=(name.surface,) if as_written else (),
        ambiguous=(),
        near=(),
        branches=False,
        kind="",
        parent=None,
        successor=None,
        since=None,
        until=None,
        siren=None,
        wikidata=None,
    )
