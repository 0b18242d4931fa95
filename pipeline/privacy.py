"""Mask what identifies private persons, and keep every offset true in the masked text.

Detection finds spans of the original text; `mask` replaces each by a word in brackets and remembers where, so that
the spans of segments and mentions can be moved: a quote stays an exact substring of the text of its own layer.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

NAME: Final = "[nom]"
EMAIL: Final = "[courriel]"
PHONE: Final = "[téléphone]"
ADDRESS: Final = "[adresse]"
NIR: Final = "[NIR]"
IBAN: Final = "[IBAN]"

WITHHELD: Final = {"trashed": "[texte modéré]", "rejected": "[texte illisible]"}
"""What stands for the whole text of an answer in these states: nobody masks what nobody may read."""


@dataclass(frozen=True, order=True)
class Private:
    """A span of the original text to hide, and the word that replaces it."""

    start: int
    end: int
    mask: str


# Every repetition is bounded and every pattern starts at a word, so that no text makes the search slow.
_GAP = r"[\s.\-/]?"
_STREET = (
    r"(?:rue|avenue|av\.|bd\.?|bld\.?|blvd\.?|boulevard|impasse|all[ée]es?|chemin|quai|faubourg|square|lotissement|venelle"
    r"|sentier|esplanade|rond-point|lieu-dit|lieu dit)"
)
_AMBIGUOUS_STREET = r"(?:place|cours|route|passage|voie|cit[ée]|villa|r[ée]sidence|hameau|mont[ée]e|promenade|traverse)"
_LINK = r"(?:(?:[dl]['’]|(?:de|du|des|la|le|les|à|aux?|en|et|sur|saint|sainte|st|ste)\b)[\s-]{0,2})"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’-]{0,30}"
_NAME_OF_STREET = rf"\s+{_LINK}{{0,3}}[\w'’-]{{1,30}}(?:\s+{_LINK}{{0,2}}(?-i:{_CAPITAL})){{0,4}}"
_CAPITALISED_STREET = rf"\s+{_LINK}{{0,3}}(?-i:{_CAPITAL})(?:\s+{_LINK}{{0,2}}(?-i:{_CAPITAL})){{0,4}}"
_NUMBER = r"(?<![\w.,])(?!(?:19|20)\d\d\b)\d{1,4}\s?(?:bis|ter|quater|[a-d])?\b\s?,?\s?"
_MORE_TOWN = rf"(?:\s+{_LINK}{{0,2}}(?-i:[A-ZÀ-ÖØ-Þ][\w'’-]{{1,30}})){{0,3}}"
_TOWN = rf"\s?,?\s{{0,3}}(?:[-–]\s{{0,3}})?\b\d{{5}}\b(?:\s+[^\W\d_][\w'’-]{{0,30}}{_MORE_TOWN})?"

_IBAN = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Z0-9]{4}){3,7}(?:[ \u00a0\u202f-]?[A-Z0-9]{1,4})?\b", re.IGNORECASE
)
_NIR = re.compile(
    rf"(?<!\d)[12]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?:{_GAP}\d\d)?(?!\d)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\d])(?:(?:\+|\b00)\s?33[\s.\-/]?(?:\(0\)[\s.\-/]?)?|\b0)[1-9](?:[\s.\-/]{0,2}\d{2}){4}(?!\d)",
)
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\]|\(arobase\))\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE
)
_ADDRESS = re.compile(
    rf"{_NUMBER}{_STREET}\b(?:\s+[\w'’-]{{1,30}}){{1,6}}?{_TOWN}"
    rf"|{_NUMBER}{_STREET}\b{_NAME_OF_STREET}"
    rf"|{_NUMBER}{_AMBIGUOUS_STREET}\b{_CAPITALISED_STREET}(?:{_TOWN})?"
    rf"|\b(?:{_STREET}|{_AMBIGUOUS_STREET})\b{_NAME_OF_STREET}{_TOWN}",
    re.IGNORECASE,
)


def _is_iban(found: str) -> bool:
    code = re.sub(r"[^A-Za-z0-9]", "", found).upper()
    if code.startswith("FR") and len(code) == 27:
        return True  # a French account number with a slip of the pen is still somebody's
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _any(_: str) -> bool:
    return True


_PATTERNS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool], str], ...]] = (
    # (mask, pattern, further test, a character class without which the pattern cannot match)
    (EMAIL, _EMAIL, _any, r"@|\bat\b|arobase"),
    (IBAN, _IBAN, _is_iban, r"\d{4}"),
    (NIR, _NIR, _any, r"\d\d"),
    (PHONE, _PHONE, _any, r"\d\d"),
    (ADDRESS, _ADDRESS, _any, r"\d"),
)
_HINTS: Final = tuple(re.compile(hint, re.IGNORECASE) for *_, hint in _PATTERNS)


def find_identifiers(text: str) -> list[Private]:
    """Return the e-mails, account, social security and phone numbers and postal addresses of `text`."""
    found = []
    for (mask, pattern, holds, _), hint in zip(_PATTERNS, _HINTS, strict=True):
        if hint.search(text):
            found += [Private(*match.span(), mask) for match in pattern.finditer(text) if holds(match.group())]
    return found


def without_overlaps(found: Iterable[Private]) -> list[Private]:
    """Return spans in order that do not overlap: what overlaps is joined under the mask of the longest of them."""
    joined: list[Private] = []
    widths: list[int] = []
    for span in sorted(found):
        width = span.end - span.start
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            mask = span.mask if width > widths[-1] else last.mask
            joined[-1] = Private(last.start, max(last.end, span.end), mask)
            widths[-1] = max(width, widths[-1])
        else:
            joined.append(span)
            widths.append(width)
    return joined


def cut_at(text: str, found: Sequence[Private], bounds: Sequence[int]) -> list[Private]:
    """Cut the spans at `bounds` (sorted), so that none reaches over the limit of two segments.

    A piece without a letter or digit hides nothing and is left out.
    """
    pieces = []
    for span in found:
        inner = bounds[bisect_right(bounds, span.start) : bisect_left(bounds, span.end)]
        for start, end in zip([span.start, *inner], [*inner, span.end], strict=True):
            piece = text[start:end]
            if inner:
                start, end = start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
            if any(c.isalnum() for c in piece):
                pieces.append(Private(start, end, span.mask))
    return pieces


@dataclass(frozen=True)
class Masked:
    """A masked text, and how offsets of the original move to it."""

    text: str
    spans: Sequence[Private] = ()
    _starts: list[int] = field(default_factory=list, repr=False)
    _ends: list[int] = field(default_factory=list, repr=False)
    _moved: list[int] = field(default_factory=list, repr=False)

    def shift(self, start: int, end: int) -> tuple[int, int]:
        """Return where the span is in the masked text; a span that touches what was masked holds all of its mask."""
        if not self.spans:
            return start, end
        return self._shift_start(start), self._shift_end(end)

    def _shift_start(self, offset: int) -> int:
        before = bisect_right(self._ends, offset)  # masks that end at or before the offset
        if before < len(self.spans) and self._starts[before] < offset:
            offset = self._starts[before]
        return offset + self._moved[before]

    def _shift_end(self, offset: int) -> int:
        before = bisect_left(self._starts, offset)  # masks that start before the offset
        if before and self._ends[before - 1] > offset:
            offset = self._ends[before - 1]
        return offset + self._moved[before]


def mask(text: str, spans: Sequence[Private]) -> Masked:
    """Replace `spans` (in order, without overlaps) by their masks."""
    if not spans:
        return Masked(text)
    pieces, moved, position, growth = [], [0], 0, 0
    for span in spans:
        pieces += [text[position : span.start], span.mask]
        position = span.end
        growth += len(span.mask) - (span.end - span.start)
        moved.append(growth)
    pieces.append(text[position:])
    return Masked("".join(pieces), tuple(spans), [s.start for s in spans], [s.end for s in spans], moved)


def hide(text: str, people: Iterable[Private] = (), bounds: Sequence[int] = ()) -> Masked:
    """Mask the identifiers and the given names of people in `text`; `bounds` are the limits of its segments."""
    found = without_overlaps([*find_identifiers(text), *people])
    return mask(text, cut_at(text, found, bounds) if found else found)


def without_emails(field: str | None) -> str | None:
    """Mask the e-mails of a short field, whose numbers are references and not those of people."""
    return _EMAIL.sub(EMAIL, field) if field else field
