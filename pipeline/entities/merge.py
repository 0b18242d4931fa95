"""One precedence for what the register, the rules and the models find.

1. Organisations by name, the longest first; of those as long, the register's, then those that people corrected and that
   the texts spell out,
   bodies that a place makes a name (« préfecture de l'Isère »), and last those of the models. Of the models only
   what is plausible stands: nothing from the list of what is no organisation, no generic or shouted words, no capital
   that only starts a sentence; it is longer than a name of the register only where it begins before it like a name
   (« Fédération des PIMMS »).
2. Persons, places and the rest of the model, where no organisation stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.entities.corrected import Corrections
from pipeline.entities.folding import fold, fold_with_offsets
from pipeline.entities.linker import local_id, register_id
from pipeline.entities.local_bodies import LocalBodies
from pipeline.entities.matcher import RegisterMatcher, shouted
from pipeline.entities.register import Register
from pipeline.entities.spans import Span
from pipeline.entities.spelt_out import find_spelt_out
from pipeline.entities.vocabulary import GENERIC, HEADS, NEVER_SECOND

_SURE: Final = ("register", 1.0)  # source and score of what no model said
_LEADING: Final = re.compile(
    r"(?:(?:l|d|qu|n|s|c|j|m|t)['’]|(?:les?|la|des?|du|aux?|un|une|et|ou|à|en|pour|par|sur|dans|avec|chez|vers|sans|nos|notre"
    r"|mon|ma|mes|ce|cet|cette|ces|leurs?|son|sa|ses|tous|toutes|via|comme)\s+|[^\w\s]+|\s+)+",
    re.IGNORECASE,
)
_BROKEN: Final = re.compile(r"\s{2}|[\n/:;.!?…]")
_ACRONYM: Final = re.compile(r"[A-Z][A-Z0-9&-]{2,7}s?")
_ARTICLE: Final = re.compile(
    r"(?:\b(?:l|d|qu)['’]|\b(?:la|le|les|du|des|au|aux|de|par|chez|à|avec|via)\s)\s*$", re.IGNORECASE
)


@dataclass(frozen=True)
class Known:
    """What is known before a text is read: the register, places, acronyms that the corpus spells out, and what people
    corrected."""

    matcher: RegisterMatcher
    bodies: LocalBodies
    spelt_out: Mapping[str, str] = field(default_factory=dict)
    corrected: Corrections = field(default_factory=Corrections)


def merge(text: str, known: Known, found_by_model: Iterable[Span]) -> list[Span]:
    """Return the entities of `text`, in order, none overlapping another.

    Parameters
    ----------
    text : str
        The text as received.
    known : Known
        The register, ready to search.
    found_by_model : iterable of Span
        What the models say; empty for the register alone.
    """
    folded = fold_with_offsets(text)
    matches = known.bodies.extend(folded, known.matcher.find_folded(folded))
    named = [
        Span(match.start, match.end, "ORG", text[match.start : match.end], register_id(match.organisation_id), *_SURE)
        for match in matches
    ]
    corrected = known.corrected.find(folded)
    candidates = named + [span for span in corrected if span.label == "ORG"]
    candidates += find_spelt_out(text, known.matcher, known.spelt_out)
    for start, end in known.bodies.find(folded):
        candidates.append(Span(start, end, "ORG", text[start:end], local_id(text[start:end]), *_SURE))
    model = [span for span in found_by_model if not known.corrected.denies(span)]
    for span in model:
        if span.label == "ORG":
            start, end = _trim(text, span.start, span.end)
            if start < end and is_plausible(text, start, end, known.matcher.register) and _extends(start, end, named):
                candidates.append(Span(start, end, "ORG", text[start:end], local_id(text[start:end])))
    kept = _Kept(text)
    # The sort is stable: of candidates that are as long and start together, the first kind stands.
    for span in sorted(candidates, key=lambda span: (span.start - span.end, span.start)):
        kept.add(span)
    for span in (*corrected, *model):
        if span.label != "ORG":
            kept.add(span)
    return sorted(kept.spans)


def _extends(start: int, end: int, named: list[Span]) -> bool:
    """Say whether a span holds at most one name of the register, and begins before it; the names are in order."""
    first = bisect_right(named, start, key=lambda span: span.end)
    n_inside = bisect_left(named, end, key=lambda span: span.start) - first
    return n_inside <= 0 or (n_inside == 1 and start < named[first].start and named[first].end <= end)


class _Kept:
    """The spans kept so far; one that overlaps them is left out."""

    def __init__(self, text: str) -> None:
        self.spans: list[Span] = []
        self._taken = bytearray(len(text))

    def add(self, span: Span) -> None:
        if 1 not in self._taken[span.start : span.end]:
            self._taken[span.start : span.end] = b"\1" * (span.end - span.start)
            self.spans.append(span)


def is_plausible(text: str, start: int, end: int, register: Register) -> bool:
    """Say whether what the model takes for an organisation may stand, without any register to confirm it."""
    surface = text[start:end]
    words = fold(surface).split()
    if not words or len(words) > 12:
        return False
    parts = {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    if parts & register.not_organisations or " ".join(words) in register.places:
        return False
    if all(word in GENERIC for word in words) or shouted(text, start, end):
        return False
    if len(words) == 1:
        # A lone word counts as an acronym only where its own text is not in capitals and an article introduces it.
        return _ACRONYM.fullmatch(surface) is not None and _ARTICLE.search(text[max(0, start - 12) : start]) is not None
    if words[0] not in HEADS or words[1] in NEVER_SECOND or not surface[0].isupper() or _BROKEN.search(surface):
        return False
    return any(word[0].isupper() for word in re.findall(r"[^\W_]+", surface)[1:])


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    surface = text[start:end]
    lead = _LEADING.match(surface)
    if lead:
        start += lead.end()
    # A pattern for the end would be tried at every run of marks before it.
    while start < end and not (text[end - 1].isalnum() or text[end - 1] in "_+)"):
        end -= 1
    return start, end
