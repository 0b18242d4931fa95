"""Misspelt words of long names: « misson locale », « assemblee nationales », « caisse des depots et consignation ».

A word is mended when it is one letter away from a word of a name (a letter left out, added, changed, or two exchanged),
or has another ending (« locales », « social »), and the whole name then stands there. A word that French has is mended
in its ending alone, for it may mean what it says: « ministre de l'Éducation » is a person.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from pipeline.resources import words

_LEAST_WORD: Final = 5  # letters of a word that is mended
_LEAST_NAME: Final = 9  # letters of a name of several words in which one is
_LEAST_ALONE: Final = 7  # letters of a name of one word, which is mended only where it has a capital
_MOST_WORD: Final = 40  # letters of a word that is mended: what is tried grows with their square
_REMEMBERED: Final = 1_000_000  # tokens and words, so that memory stays flat
_MOST_TOKEN: Final = 80  # characters of a token that is remembered
_ENDING: Final = re.compile(r"(?:es|e|s|x)$")
_SMALL: Final = words("d de des du et l la le les en a au aux pour sur")
_NONE: Final[frozenset[str]] = frozenset()
_WORD: Final = re.compile(r"[^\W\d_]+")


class Misspellings:
    """Mends the words of folded texts that may be misspelt words of names.

    Parameters
    ----------
    names : iterable of str
        Folded names that count in any casing.
    """

    def __init__(self, names: Iterable[str]) -> None:
        beside: defaultdict[str, set[str]] = defaultdict(set)
        alone = set()
        for name in names:
            found = _WORD.findall(name)
            if len(found) == 1 and _LEAST_ALONE <= len(name) <= _MOST_WORD:
                alone.add(name)
            elif len(found) > 1 and len(name) >= _LEAST_NAME:
                for word in found:
                    if _LEAST_WORD <= len(word) <= _MOST_WORD:
                        beside[word].update(one for one in found if one != word and one not in _SMALL)
        self._words = frozenset(alone | beside.keys())
        self._longest = max(map(len, self._words), default=0)
        self._alone = frozenset(alone)
        self._beside = dict(beside)  # the other words of the names that a word is part of
        self._by_deletion: defaultdict[str, set[str]] = defaultdict(set)
        for word in self._words:
            for shorter in _deletions(word):
                self._by_deletion[shorter].add(word)
        self._mended: dict[str, str | None] = {}
        self._sound: set[str] = set()

    def mend(self, text: str) -> tuple[str, list[int], list[tuple[int, int]]] | None:
        """Return a folded text with its misspelt words mended, or None when there are none.

        Returns
        -------
        mended : str
            The text.
        places : list of int
            For each of its characters, the one of `text` that it stands for.
        words : list of (int, int)
            Where mended words are in it, end exclusive.
        """
        # Nearly all tokens of nearly all texts were met before and are sound: sets tell that fastest.
        split = text.split(" ")
        if self._sound.issuperset(split):
            return None
        words = set(_WORD.findall(text))
        found = False
        for token in set(split).difference(self._sound):
            mended = [one for one in map(self._better, _WORD.findall(token)) if one is not None]
            if not mended:
                self._remember_sound(token)
            # A name needs its other words too, or it is that word alone.
            elif not found:
                found = any(one in self._alone or not self._beside.get(one, _NONE).isdisjoint(words) for one in mended)
        if not found:
            return None
        pieces: list[str] = []
        places: list[int] = []
        spans: list[tuple[int, int]] = []
        at = 0
        for match in _WORD.finditer(text):
            better = self._better(match.group())
            if better is None:
                continue
            pieces += (text[at : match.start()], better)
            places += range(at, match.start())
            spans.append((len(places), len(places) + len(better)))
            last = match.end() - 1
            places += [min(match.start() + number, last) for number in range(len(better) - 1)] + [last]
            at = match.end()
        pieces.append(text[at:])
        places += range(at, len(text))
        return "".join(pieces), places, spans

    @staticmethod
    def counts(name: str) -> bool:
        """Say whether a name is long enough to be known with a misspelt word."""
        return len(name) >= (_LEAST_NAME if " " in name else _LEAST_ALONE)

    def _better(self, word: str) -> str | None:
        if len(word) > self._longest + 1:  # more than a letter away from every name
            return None
        if word not in self._mended:
            self._make_room()
            self._mended[word] = self._find(word)
        return self._mended[word]

    def _remember_sound(self, token: str) -> None:
        if len(token) <= _MOST_TOKEN:
            self._make_room()
            self._sound.add(token)

    def _make_room(self) -> None:
        if len(self._sound) + len(self._mended) >= _REMEMBERED:
            self._sound.clear()
            self._mended.clear()

    def _find(self, word: str) -> str | None:
        if len(word) < _LEAST_WORD or word in self._words:
            return None
        candidates = set().union(*(self._by_deletion.get(shorter, ()) for shorter in _deletions(word)))
        near = sorted(one for one in candidates if one[0] == word[0] and _distance_one(one, word))
        stem = _ENDING.sub("", word)
        endings = [one for one in near if _ENDING.sub("", one) == stem]
        if endings:
            return endings[0]
        if not near or len(near) > 1 or _is_french(word):
            return None
        return near[0]


def _deletions(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))}


def _distance_one(one: str, other: str) -> bool:
    """Say whether two words differ by one letter left out, added or changed, or by two exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


@lru_cache(maxsize=1)
def _french() -> frozenset[str]:
    from pipeline.entities.folding import fold
    from pipeline.language.model import known_forms

    return frozenset(fold(form) for form in known_forms())


def _is_french(word: str) -> bool:
    french = _french()
    return word in french or (word[-1] in "sx" and word[:-1] in french)
