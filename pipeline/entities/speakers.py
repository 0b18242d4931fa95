"""Which organisation a form speaks for: « L'Union nationale des PIMMS… Notre réseau… », written by no citizen.

A form speaks for an organisation that its answers name when its author is not a citizen, and either

- it says « notre réseau », « notre association »… and a sentence before it, in the same answer, begins with the name of
  an organisation of that kind; or
- its author is known to be an organisation, and it says so and names one of that kind most often, or its title names
  one, or it says « nous, … », « au nom de … ».

A form whose kind of author is not known has only the first rule: who says « notre entreprise » may be its client.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.entities.folding import fold_with_offsets
from pipeline.entities.matcher import starts_sentence
from pipeline.entities.spans import Span

CITIZEN: Final = "Citoyen"
_ASSOCIATION: Final = frozenset(("association", "réseau local", "syndicat", "chambre ou ordre professionnel", "parti"))
_KINDS: Final[dict[str, frozenset[str]]] = {
    "association": frozenset(("association", "réseau local")),
    "syndicat": frozenset(("syndicat",)),
    "parti": frozenset(("parti",)),
    "entreprise": frozenset(("entreprise", "établissement public", "média")),
    "societe": frozenset(("entreprise",)),
    "mutuelle": frozenset(("protection sociale", "entreprise")),
    "caisse": frozenset(("protection sociale",)),
    "chambre": frozenset(("chambre ou ordre professionnel",)),
    "ordre": frozenset(("chambre ou ordre professionnel",)),
}
"""The kinds of organisation that a word after « notre » speaks of; the other words, of associations of any kind."""

_OWN: Final = re.compile(
    r"(?<!\w)(?:notre (reseau|association|federation|confederation|union|syndicat|collectif|mouvement|parti|entreprise"
    r"|societe|mutuelle|caisse|chambre|ordre|fondation|ong|club|comite|organisation|organisme|structure|institution"
    r"|agence|etablissement)|nos (?:adherents|benevoles|societaires|delegues|antennes|federations))(?!\w)"
)
_HINT: Final = re.compile(r"\bno(?:tre|s)\b", re.IGNORECASE)
_ANY: Final = frozenset(("organisation", "organisme", "structure", "institution", "agence", "etablissement"))
_WE: Final = re.compile(
    r"(?<!\w)(?:nous ?,|au nom (?:de|du|des)|pour le compte (?:de|du|des))(?: ?(?:l|la|le|les))? ?$"
)
_ARTICLE: Final = re.compile(r"(?:^|(?<=[\s.!?:;«\"(]))(?:l['’]|(?:la|le|les|nos|notre)\s+)$", re.IGNORECASE)
_REACH: Final = 1000  # characters between the name and « notre réseau »
_BEFORE: Final = 40  # characters before a name, more than « pour le compte des » and an article


@dataclass(frozen=True)
class Answer:
    """One answer of a form, with the organisations that it names, in order."""

    text: str
    organisations: Sequence[Span]


def speaks_for(
    author_type: str | None, titled: Sequence[Span], answers: Sequence[Answer], kinds: Mapping[str, str]
) -> str | None:
    """Return the id of the organisation that a form speaks for, or None.

    Parameters
    ----------
    author_type : str or None
        As in the table `contributions`.
    titled : sequence of Span
        The organisations that the title of the form names.
    answers : sequence of Answer
        Its answers, in order.
    kinds : mapping of str to str
        The kind of each organisation of the register, by organisation id; others are of any kind.
    """
    if author_type == CITIZEN:
        return None
    if author_type is None and not any(_HINT.search(answer.text) for answer in answers):
        return None
    counts: Counter[str] = Counter()
    bodies: set[str] = set()
    for answer in answers:
        folded = fold_with_offsets(answer.text)
        named = [span for span in answer.organisations if span.organisation_id is not None]
        counts.update(str(span.organisation_id) for span in named)
        subjects: list[Span] | None = None
        for own in _OWN.finditer(folded.text):
            body, at = own[1] or "association", folded.offsets[own.start()]
            bodies.add(body)
            if subjects is None:
                subjects = [span for span in named if _begins(answer.text, span.start)]
            for span in _ending_within(subjects, at - _REACH, at):
                if _suits(span.organisation_id, body, kinds):
                    return span.organisation_id
        if author_type is not None:
            for span in named:
                place = _place(folded.offsets, span.start)
                if _WE.search(folded.text[max(0, place - _BEFORE) : place]):
                    return span.organisation_id
    if author_type is None:
        return None
    if titled:
        return titled[0].organisation_id
    suited = [found for found in counts if any(_suits(found, body, kinds) for body in bodies)]
    return min(suited, key=lambda found: (-counts[found], found), default=None)


def _ending_within(spans: Sequence[Span], first: int, last: int) -> Sequence[Span]:
    """Return those of `spans`, which are in order, that end from `first` to `last`."""
    return spans[
        bisect_left(spans, first, key=lambda span: span.end) : bisect_right(spans, last, key=lambda span: span.end)
    ]


def _suits(organisation_id: str | None, body: str, kinds: Mapping[str, str]) -> bool:
    kind = kinds.get(str(organisation_id))
    return kind is None or body in _ANY or kind in _KINDS.get(body, _ASSOCIATION)


def _begins(text: str, start: int) -> bool:
    """Say whether a sentence begins with the name at `start`, but for its article."""
    article = _ARTICLE.search(text[max(0, start - 12) : start])
    return starts_sentence(text, start - len(article.group()) if article else start)


def _place(offsets: Sequence[int], offset: int) -> int:
    """Return the folded character that comes from the character at `offset`."""
    return offset if isinstance(offsets, range) else bisect_left(offsets, offset)
