"""Tell private persons, whose names are masked, from the public figures that a debate is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pipeline.privacy import NAME, Private
from pipeline.resources import lines, word_list

_CIVILITIES = r"(?:M\.|Mr\.?|Mrs|Mme\.?|Mlle\.?|MM\.|Mmes|Monsieur|Madame|Mademoiselle|Docteur|Dr\.?|Ma[îi]tre)"
_CIVILITY_BEFORE = re.compile(rf"\b{_CIVILITIES}\s*$", re.IGNORECASE)
_WORD = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}"
# A civility, then one to four capitalised words (particles between): « Mme de La Tour », « M. Jean DUPONT ».
_AFTER_CIVILITY = re.compile(
    rf"\b(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Docteur|Dr\.?)\s+"
    rf"((?:(?:de|du|des|d['’]|la|le|el|ben|van|von)[\s]?){{0,2}}(?:[A-Z]\.\s?)?{_WORD}"
    rf"(?:\s+(?:(?:de|du|la|le|el|ben|van|von)\s){{0,2}}{_WORD}){{0,3}})"
)
# A place that bears a name: « collège Paul Cézanne ».
_PLACE_BEFORE = re.compile(
    r"\b(?:coll[eè]ge|lyc[ée]e|[ée]coles?|universit[ée]|h[oô]pital|clinique|chu|rue|place|avenue|boulevard|quai|stade|salle|gare|"
    r"fondation|institut|m[ée]diath[eè]que|biblioth[eè]que|a[ée]roport|rapport|loi|plan)s?\s+$",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(rf"^{_WORD}$")
# Two to four words written as a name is, from every word on: a list of capitals may hold a name anywhere.
_PARTICLE = r"(?:de|du|des|d['’]|la|le|el|ben|van|von)"
_NAME_SEQUENCE = re.compile(rf"(?<!\w)(?=({_WORD}(?:\s+(?:{_PARTICLE}\s*){{0,2}}{_WORD}){{1,3}}))")
# « Monsieur le Président », « Madame la Ministre »: a function, not a name.
_NOT_A_NAME: Final = re.compile(
    "le|la|les|presidente?|ministre|maire|prefete?|deputee?|senateur|senatrice|premiere?|secretaire|directeur|directrice"
    "|toute?|bonjour|merci"
)


def normalised(name: str) -> str:
    """Return `name` in lower case, without accents or hyphens, blanks single."""
    plain = unicodedata.normalize("NFD", name.lower())
    return " ".join("".join(" " if c in "-’'" else c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def public_figures() -> frozenset[str]:
    """Read the names that stay: one person a line; the name, the surname alone and initials + surname are all theirs.

    The surname is what follows the first blank: « Jean-Michel Blanquer » is also « Blanquer », « J.-M. Blanquer ».
    A line that ends with an equals sign has a surname that many bear: it does not stay without the first name.
    """
    names = set()
    for line in lines("seeds", "public_figures.txt"):
        line, common = line.rstrip("= "), line.endswith("=")
        first, _, surname = (part.strip() for part in line.partition(" "))
        initials = "".join(part[0] for part in first.split("-"))
        written = {
            first,
            initials,
            "-".join(initials),
            ".".join(initials) + ".",
            ". ".join(initials) + ".",
            ".-".join(initials) + ".",
        }
        names |= {normalised(f"{form} {surname}") for form in written} if surname else {normalised(first)}
        if not common:
            names.add(normalised(surname or first))
    return frozenset(names)


@lru_cache(maxsize=1)
def first_names() -> frozenset[str]:
    """Read the common first names, several a line."""
    return frozenset(normalised(name) for name in word_list("seeds", "first_names.txt"))


@dataclass(frozen=True)
class People:
    """What is known of names.

    Parameters
    ----------
    public : frozenset of str
        Public figures, normalised: their names stay.
    first : frozenset of str
        Common first names, normalised.
    ordinary : frozenset of str
        Words, in lower case, that people of this consultation also write without a capital: no names.
    seen : frozenset of str
        Full names of private persons that the recogniser found anywhere in the run, normalised.
    """

    public: frozenset[str]
    first: frozenset[str]
    ordinary: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()

    def in_read_text(self, text: str, mentions: Iterable[Mapping[str, Any]]) -> Iterator[Private]:
        """Yield the private persons of a text that the recogniser has read, from its mentions (start, end, label)."""
        named = list(mentions)
        kept = [(m["start"], m["end"]) for m in named if m["label"] == "ORG"]
        for mention in named:
            start, end = mention["start"], mention["end"]
            if mention["label"] != "PER" or any(start < e and s < end for s, e in kept):
                continue
            polite = end - start > 2 and _CIVILITY_BEFORE.search(text, max(0, start - 16), start)
            of_a_place = _PLACE_BEFORE.search(text, max(0, start - 24), start)
            private = self.is_private_name(text[start:end]) or (polite and not self.is_public(text[start:end]))
            if private and not of_a_place:
                yield Private(start, end, NAME)
        yield from self._after_civility(text, kept)

    def in_unread_text(self, text: str) -> Iterator[Private]:
        """Yield the private persons of a text that the recogniser has not read (a copy, a closed question).

        They are those named elsewhere in the run, and a common first name with the capitalised words that follow it.
        """
        yield from self._after_civility(text, [])
        for match in _NAME_SEQUENCE.finditer(text):
            start, name = match.start(), match.group(1)
            ends = [word.end() for word in re.finditer(r"\S+", name)][1:]
            known = [end for end in ends if normalised(name[:end]) in self.seen]
            if self._opens_with_first_name(name) and not any(self.is_public(name[:end]) for end in ends):
                known = known if _PLACE_BEFORE.search(text, max(0, start - 24), start) else [len(name)]
            if known:
                yield Private(start, start + max(known), NAME)

    def is_private_name(self, surface: str) -> bool:
        """Say whether `surface` is a full name of somebody who is no public figure.

        It is when a common first name opens it, or two of its words at least are no ordinary words.
        """
        words = name_words(surface)
        if not is_full_name(surface) or self.is_public(surface):
            return False
        if self._opens_with_first_name(words[0]):
            return True
        return sum(word.lower() not in self.ordinary for word in words) >= 2

    def is_public(self, name: str) -> bool:
        """Say whether `name` is that of a public figure, alone or at the end (« Président Emmanuel Macron »)."""
        plain = re.sub(rf"^{_CIVILITIES.lower()}\s+", "", normalised(name))
        return plain in self.public or any(plain.endswith(f" {known}") for known in self.public if " " in known)

    def _opens_with_first_name(self, name: str) -> bool:
        return normalised(name).split(" ")[0] in self.first

    def _after_civility(self, text: str, kept: list[tuple[int, int]]) -> Iterator[Private]:
        for match in _AFTER_CIVILITY.finditer(text):
            start, end = match.span(1)
            first = normalised(match.group(1)).split(" ")[0]
            if _NOT_A_NAME.fullmatch(first) or any(start < e and s < end for s, e in kept):
                continue
            if not self.is_public(match.group(1)):
                yield Private(start, end, NAME)


def name_words(surface: str) -> list[str]:
    """Return the words of `surface` that are written as a name is: a capital, then letters."""
    words = (word.strip(".,;:()«»\"'") for word in surface.split())
    return [word for word in words if _NAME_WORD.match(word)]


def is_full_name(surface: str) -> bool:
    """Say whether `surface` is written as a first name and a surname are, rather than as one word or a phrase."""
    words = surface.split()
    return 2 <= len(words) <= 5 and len(name_words(surface)) >= 2 and not any(c.isdigit() for c in surface)
