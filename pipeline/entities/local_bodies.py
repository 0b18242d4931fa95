"""Names made of a body and a place: « mairie de Lyon », « CAF du Rhône », « pole emploi de cahors », « MDPH du 93 »."""

from __future__ import annotations

import re
from typing import Final

from pipeline.entities.folding import Folded
from pipeline.entities.matcher import Match, shouted
from pipeline.entities.register import Register
from pipeline.entities.vocabulary import NOT_PLACES

# Bodies that are generic alone, and a name with a place.
_HEAD: Final = re.compile(
    r"(?<![^\W_])(?:mairie|hotel de ville|(?:sous )?prefecture(?: de police)?|rectorat|academie|universite|metropole"
    r"|conseil (?:departemental|general|regional|municipal)|communaute (?:de communes|d agglomeration|urbaine)"
    r"|tribunal (?:administratif|judiciaire|de grande instance|d instance|de commerce)|cour d appel"
    r"|centre hospitalier(?: universitaire)?|chu|chr|hopital|office (?:de|du) tourisme)(?![^\W_])"
)
_LINK: Final = re.compile(r" (?:de la |de l |des |du |de |d )")
_NUMBER: Final = re.compile(r" du (?:0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-6])(?![^\W_])")
_BARE_NUMBER: Final = re.compile(r" (?:0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-6])(?= ?(?:[,.;:!?)]|$))")
# A proper name as it is written: capitalised words, joined by hyphens or by « sur », « en », « de la » and the like.
_CAPITALISED: Final = r"[^\W\d_a-zà-ÿ]\w*"
_JOINT: Final = r"[-'’ ](?:(?:d|de|du|des|la|le|les|l|en|et|sur|sous|lès|aux)[-'’ ]){0,2}"
_PROPER: Final = re.compile(rf"{_CAPITALISED}(?:{_JOINT}{_CAPITALISED}){{0,5}}")


class LocalBodies:
    """Extends names by the place that qualifies them, and finds generic bodies that a place makes a name."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._places = register.places
        self._longest = max((name.count(" ") + 1 for name in register.places), default=0)

    def extend(self, folded: Folded, matches: list[Match]) -> list[Match]:
        """Return `matches` with the places that belong to them, for organisations that have local branches."""
        extended = []
        for number, match in enumerate(matches):
            limit = matches[number + 1].folded_start if number + 1 < len(matches) else len(folded.text)
            if self._register.organisations[match.organisation_id].branches:
                end = self._place_end(folded, match.folded_end, limit, bare=True)
                if end:
                    _, after = folded.span(match.folded_start, end)
                    match = Match(match.start, after, match.organisation_id, match.folded_start, end)
            extended.append(match)
        return extended

    def find(self, folded: Folded) -> list[tuple[int, int]]:
        """Return the spans of generic bodies with their place (« préfecture de l'Isère »)."""
        spans = []
        for head in _HEAD.finditer(folded.text):
            end = self._place_end(folded, head.end(), len(folded.text), bare=False)
            if end:
                spans.append(folded.span(head.start(), end))
        return spans

    def _place_end(self, folded: Folded, end: int, limit: int, *, bare: bool) -> int | None:
        content = folded.text
        if bare:
            number = _NUMBER.match(content, end, limit) or _BARE_NUMBER.match(content, end, limit)
            if number:
                return number.end()
        link = _LINK.match(content, end, limit)
        if link:
            return self._known_place(content, link.end(), limit) or self._proper_name(folded, link.end(), limit)
        if bare and content[end : end + 1] == " " and _capital(folded, end + 1):
            return self._known_place(content, end + 1, limit)
        return None

    def _known_place(self, content: str, start: int, limit: int) -> int | None:
        ends = []
        end = start
        for _ in range(self._longest):
            while end < limit and content[end].isalnum():
                end += 1
            ends.append(end)
            if content[end : end + 1] != " ":
                break
            end += 1
        return next((one for one in reversed(ends) if one > start and content[start:one] in self._places), None)

    def _proper_name(self, folded: Folded, start: int, limit: int) -> int | None:
        if start >= limit:
            return None
        first = folded.offsets[start]
        found = _PROPER.match(folded.original, first, folded.offsets[limit - 1] + 1)
        if found is None or found.group().isupper() or shouted(folded.original, first, found.end()):
            return None
        if folded.text[start : start + 20].split(" ")[0].strip(".,;:") in NOT_PLACES:
            return None
        end = start
        while end < limit and folded.offsets[end] < found.end():
            end += 1
        return end


def _capital(folded: Folded, start: int) -> bool:
    return start < len(folded.text) and folded.original[folded.offsets[start]].isupper()
