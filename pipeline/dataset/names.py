"""What is known of names: first names, surnames, public figures, and how a name is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from pipeline.language.lexicon import is_word
from pipeline.resources import lines, word_list

CAPITALISED: Final = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}"
PARTICLE: Final = r"(?:de|du|des|d['’]|la|le|el|ben|van|von)"
_NAME_WORD = re.compile(rf"^{CAPITALISED}$")


@lru_cache(maxsize=1 << 16)
def normalised(name: str) -> str:
    """Return `name` in lower case, without accents or hyphens, blanks single."""
    plain = unicodedata.normalize("NFD", name.lower())
    return " ".join("".join(" " if c in "-’'" else c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1 << 16)
def first_part(word: str) -> str:
    """Return the first part of a word, normalised: « jean » of « Jean-Luc »."""
    return normalised(word).partition(" ")[0]


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


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """Read the most frequent surnames, several a line."""
    return frozenset(normalised(name) for name in word_list("seeds", "surnames.txt"))


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return word_list("seeds", "stop_words", "french.txt")


@lru_cache(maxsize=1 << 16)
def is_ordinary(word: str) -> bool:
    """Say whether `word` is a French word, in whatever case it is written, or too short to be a surname."""
    lower = word.lower().strip("'’-")
    return len(lower) < 3 or lower in _stop_words() or all(is_word(part) for part in re.split(r"['’-]", lower) if part)


def is_stop_word(word: str) -> bool:
    """Say whether `word` is one of the words that say nothing."""
    return word.lower() in _stop_words()


@lru_cache(maxsize=1 << 16)
def may_be_surname(word: str) -> bool:
    """Say whether `word` can follow a first name as the surname: a frequent surname, or no French word."""
    return not is_stop_word(word) and (normalised(word) in surnames() or not is_ordinary(word))


def name_words(surface: str) -> list[str]:
    """Return the words of `surface` that are written as a name is: a capital, then letters."""
    words = (word.strip(".,;:()«»\"'") for word in surface.split())
    return [word for word in words if _NAME_WORD.match(word)]


def is_full_name(surface: str) -> bool:
    """Say whether `surface` is written as a first name and a surname are, rather than as one word or a phrase."""
    words = surface.split()
    return 2 <= len(words) <= 5 and len(name_words(surface)) >= 2 and not any(c.isdigit() for c in surface)
