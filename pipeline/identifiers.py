"""Find what identifies a person by its form: e-mails, numbers, plates, postal addresses, handles, personal pages.

Every repetition is bounded and every pattern starts at a word, so that no text makes the search slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

NAME: Final = "[nom]"
EMAIL: Final = "[courriel]"
PHONE: Final = "[téléphone]"
ADDRESS: Final = "[adresse]"
NIR: Final = "[NIR]"
IBAN: Final = "[IBAN]"
PLATE: Final = "[plaque]"
HANDLE: Final = "[pseudo]"
LINK: Final = "[lien]"

KINDS: Final = {
    NAME: "name",
    EMAIL: "email",
    PHONE: "phone",
    ADDRESS: "address",
    NIR: "nir",
    IBAN: "iban",
    PLATE: "plate",
    HANDLE: "handle",
    LINK: "url",
}
"""What each mask stands for, in the files of machines."""


@dataclass(frozen=True, order=True)
class Private:
    """A span of the original text to hide, and the word that replaces it."""

    start: int
    end: int
    mask: str


_GAP = r"[\s.\-/]?"
_STREET = (
    r"(?:rue|avenue|av\.?|bd\.?|bld\.?|blvd\.?|boulevard|impasse|imp\.|all[ée]es?|chemin|che?m?\.|quai|faubourg|fbg?\.?"
    r"|square|lotissement|venelle|ruelle|sentier|esplanade|rond-point|lieu-dit|lieu dit|r\.|pl\.|rte\.?)"
)
_AMBIGUOUS_STREET = (
    r"(?:place|cours|route|passage|voie|cit[ée]|villa|r[ée]sidence|hameau|mont[ée]e|promenade|traverse|mail|clos|cour)"
)
_LINK = r"(?:(?:[dl]['’]|(?:de|du|des|la|le|les|à|aux?|en|et|sur|saint|sainte|st|ste)\b)[\s-]{0,2})"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’-]{0,30}"
_DATE = (
    r"(?:1er|\d{1,2})\s(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)"
    r"(?:\s\d{4})?"
)
_NAME_OF_STREET = (
    rf"\s+(?:{_LINK}{{0,2}}{_DATE}|{_LINK}{{0,3}}[\w'’-]{{1,30}}(?:\s+{_LINK}{{0,2}}(?-i:{_CAPITAL})){{0,4}})"
)
_CAPITALISED_STREET = rf"\s+{_LINK}{{0,3}}(?-i:{_CAPITAL})(?:\s+{_LINK}{{0,2}}(?-i:{_CAPITAL})){{0,4}}"
_NUMBER = r"(?<![\w.,])(?!(?:19|20)\d\d\b)\d{1,4}\s?(?:bis|ter|quater|[a-d])?\b\s?,?\s?"
_MORE_TOWN = rf"(?:\s+{_LINK}{{0,2}}(?-i:[A-ZÀ-ÖØ-Þ][\w'’-]{{1,30}})){{0,3}}"
_TOWN = (
    rf"\s?,?\s{{0,3}}(?:[-–]\s{{0,3}})?\b\d{{5}}\b"
    rf"(?:\s+[^\W\d_][\w'’-]{{0,30}}(?:\s(?:l[eèé]s|les|sur|sous|en|de|du|la|le)\s[^\W\d_][\w'’-]{{1,30}})?{_MORE_TOWN})?"
)
# What stands before or after the street: « Appt 12, », « , bâtiment C », « escalier B ».
_PART = r"(?:appartement|appt?\.?|b[âa]timent|b[âa]t\.?|escalier|esc\.?|[ée]tage|lot|porte)\s?(?:n°\s?)?\w{1,4}\b"
_AFTER = rf"(?:\s?,\s?{_PART}){{0,3}}"

_ADDRESS = re.compile(
    rf"(?:\b{_PART}\s?,?\s?){{0,2}}(?:"
    rf"{_NUMBER}{_STREET}(?<=[\w.])(?:\s+[\w'’-]{{1,30}}){{1,6}}?{_AFTER}{_TOWN}"
    rf"|{_NUMBER}{_STREET}(?<=[\w.]){_NAME_OF_STREET}{_AFTER}"
    rf"|{_NUMBER}{_AMBIGUOUS_STREET}\b{_CAPITALISED_STREET}{_AFTER}(?:{_TOWN})?)"
    rf"|\b(?:{_STREET}|{_AMBIGUOUS_STREET})(?<=[\w.]){_NAME_OF_STREET}{_AFTER}{_TOWN}"
    rf"|\b(?:bp|bo[îi]te postale|cs)\s?\d{{1,6}}{_TOWN}",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"\bFR\d{2}(?:[ \u00a0\u202f-]?[A-Z0-9]){22,23}\b"
    r"|\b[A-Z]{2}\d{2}(?:[ \u00a0\u202f-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0\u202f-]?[A-Z0-9]{1,4})?\b",
    re.IGNORECASE,
)
_NIR = re.compile(
    rf"(?<!\d)[12]{_GAP}\d\d{_GAP}(?:0[1-9]|1[0-2]|[2-9]\d){_GAP}(?:\d\d|2[AB]){_GAP}\d{{3}}{_GAP}\d{{3}}"
    rf"(?:{_GAP}\d\d)?(?!\d)",
    re.IGNORECASE,
)
# The same figures in groups of one's own, where words say what they are.
_SAID_NIR = re.compile(
    r"\b(?:nir|(?:n°|num[ée]ro|num)\s?(?:de\s|d['’])?(?:s[ée]cu\w{0,5}|ss|insee)(?:\ssociale)?"
    r"|s[ée]cu(?:rit[ée] sociale)?)\b[^\w\n]{0,4}(?:est\s|le\s|:\s?){0,3}([12](?:[\s.\-/]{0,2}\d){12,14})(?!\d)"
    r"(?:\s?\(?(?:cl[ée]|key)\s?:?\s?(\d\d)\b)?",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<!\d)(?:(?:\+|\b00)\s?33[\s.\-/]?(?:\(0\)[\s.\-/]?)?|\b0)[1-9](?:[\s.\-/]{0,2}\d{2}){4}(?!\d)"
    r"|(?<!\d)\b0[1-9](?:[ .]\d{3}){2}[ .]\d{2}(?![\d\s]{0,2}\d)"
    r"|(?<![\w+])\+[1-9]\d{0,2}[\s.\-]{0,2}(?:\(0\))?\d{1,4}(?:[\s.\-/]{0,2}\d{2,4}){2,5}(?!\d)",
)
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@|\s@\s|\s?(?:\(at\)|\[at\]|\(arobase\))\s?|\sarobase\s)"
    r"(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|[\w-]{1,63}\s(?:point|dot)\s[a-z]{2,10}\b)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.@/+%&-])@(?!\d{1,2}\b)[A-Za-z0-9_](?:[\w.-]{0,38}\w)?(?![\w@])")
# New plates have no I, O, U; without a hyphen, and for old plates, a word before must say what they are.
_LETTER = r"[A-HJ-NP-TV-Z]"
_PLATE = re.compile(
    rf"(?<![\w-])(?:{_LETTER}{{2}}-\d{{3}}-{_LETTER}{{2}}|(?-i:{_LETTER}{{2}}\d{{3}}{_LETTER}{{2}}))(?![\w-])",
    re.IGNORECASE,
)
_SAID_PLATE = re.compile(
    r"\b(?:immatricul\w{1,9}|plaques?|v[ée]hicule|voiture|camion(?:nette)?|fourgon|moto|scooter"
    rf"|carte grise)\b[^\w\n]{{0,4}}(?:[^\W\d_]{{1,12}}\s){{0,2}}(?:\w{{1,12}}\s?\()?"
    rf"((?-i:{_LETTER}{{2}}[ -]?\d{{3}}[ -]?{_LETTER}{{2}})"
    rf"|\d{{1,4}}[ -]?{_LETTER}{{2,3}}[ -]?(?:\d\d|2[AB]))(?![\w-])",
    re.IGNORECASE,
)
_OLD_PLATE = re.compile(rf"(?<=\()\d{{1,4}}[ -]{_LETTER}{{2,3}}[ -](?:\d\d|2[AB])(?=\))")

# Links that name a user: his page on a network, a name before a platform's, a page of his own, an e-mail inside.
_HOST = r"(?:https?://)?(?:[\w-]{1,40}\.){0,3}"
_STAYS = (
    r"(?:groups?|events?|watch|hashtag|search|help|policies|about|pages/category|legal|explore|p|reel|share|sharer)\b"
)
_PATH = r"[^\s<>\"«»()]{0,300}"
_USER_LINK = re.compile(
    rf"(?<![\w@.-])(?:"
    rf"{_HOST}(?:facebook\.com|fb\.com|fb\.me|twitter\.com|x\.com|instagram\.com|tiktok\.com|pinterest\.\w{{2,3}}"
    rf"|snapchat\.com/add|github\.com|gitlab\.com|t\.me|soundcloud\.com|vk\.com|mastodon\.\w{{2,10}}|myspace\.com)"
    rf"/(?!{_STAYS})@?\w{_PATH}"
    rf"|{_HOST}linkedin\.com/in/\w{_PATH}"
    rf"|{_HOST}youtube\.com/(?:user/|c/|@)\w{_PATH}"
    rf"|{_HOST}[\w-]{{1,40}}\.(?:blogspot|wordpress|over-blog|canalblog|skyrock|tumblr|wixsite|free|substack|medium)"
    rf"\.(?:com|fr|net|org)\b(?:/{_PATH})?"
    rf"|(?:https?://|www\.)[^\s/<>\"]{{1,80}}(?=/){_PATH}(?:/~|/@|/(?:users?|u|profiles?|profils?|membres?|members?|auteurs?"
    rf"|authors?)/)\w{_PATH}"
    rf"|https?://[^\s/<>\"@]{{1,80}}@[^\s/<>\"]{{1,80}}(?:/{_PATH})?"
    rf"|(?:https?://|www\.)[^\s<>\"@]{{1,300}}(?:@|%40)[\w-]{{1,63}}\.{_PATH}"
    rf"|(?:https?://)?(?:perso|pagesperso|perso-orange)\.[\w.-]{{3,60}}/{_PATH}"
    rf")",
    re.IGNORECASE,
)


def _is_iban(found: str) -> bool:
    code = re.sub(r"[^A-Za-z0-9]", "", found).upper()
    if code.startswith("FR") and len(code) == 27:
        return True  # a French account number with a slip of the pen is still somebody's
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def _is_handle(found: str) -> bool:
    name = found[1:]
    return len(name) > 1 and not (name.isupper() and len(name) < 8)  # « @SNCF » is no person


def _any(_: str) -> bool:
    return True


_PATTERNS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], bool], str], ...]] = (
    # (mask, pattern, further test, a character class without which the pattern cannot match)
    (EMAIL, _EMAIL, _any, r"@|\bat\b|arobase"),
    (IBAN, _IBAN, _is_iban, r"\d{4}"),
    (NIR, _NIR, _any, r"\d\d"),
    (NIR, _SAID_NIR, _any, r"[12](?:[\s.\-/]{0,2}\d){12}"),
    (PHONE, _PHONE, _any, r"\d\d"),
    (ADDRESS, _ADDRESS, _any, r"\d"),
    (PLATE, _PLATE, _any, r"\d{3}"),
    (PLATE, _SAID_PLATE, _any, r"\d\d"),
    (PLATE, _OLD_PLATE, _any, r"\(\d"),
    (HANDLE, _HANDLE, _is_handle, r"@"),
    (LINK, _USER_LINK, _any, r"\.(?:com|fr|me|net|org|\w{2,10}/)|://|www\."),
)
_HINTS: Final = tuple(re.compile(hint, re.IGNORECASE) for *_, hint in _PATTERNS)


def find_identifiers(text: str) -> list[Private]:
    """Return what identifies somebody by its form, in the order of kinds; spans may overlap."""
    found = []
    for (mask, pattern, holds, _), hint in zip(_PATTERNS, _HINTS, strict=True):
        if hint.search(text):
            for match in pattern.finditer(text):
                groups = [number for number in range(1, pattern.groups + 1) if match.group(number)]
                if holds(match.group()):
                    found += [Private(*match.span(number), mask) for number in groups or [0]]
    return found


def without_emails(field: str | None) -> str | None:
    """Mask the e-mails of a short field, whose numbers are references and not those of people."""
    return _EMAIL.sub(EMAIL, field) if field else field
