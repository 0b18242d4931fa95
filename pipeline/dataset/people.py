"""Tell private persons, whose names are masked, from the public figures that a debate is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.dataset import name_patterns as around
from pipeline.dataset.names import (
    CAPITALISED,
    first_part,
    is_full_name,
    is_ordinary,
    is_stop_word,
    may_be_surname,
    name_words,
    normalised,
)
from pipeline.dataset.public_names import public_names
from pipeline.privacy import NAME, Private

Place = tuple[int, int]


@dataclass(frozen=True)
class People:
    """What is known of names.

    Parameters
    ----------
    public : frozenset of str
        Public figures, normalised.
    first : frozenset of str
        Common first names, normalised.
    ordinary : frozenset of str
        Words, in lower case, that people of this consultation also write without a capital: no names.
    seen : frozenset of str
        Full names of private persons that the recogniser found anywhere in the run, normalised.
    keep_public : bool
        Whether the names of public figures, and of those in an office that the text names, stay.
    """

    public: frozenset[str]
    first: frozenset[str]
    ordinary: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    keep_public: bool = True

    def in_read_text(self, text: str, mentions: Iterable[Mapping[str, Any]]) -> Iterator[Private]:
        """Yield the private persons of a text that the recogniser has read, from its mentions (start, end, label)."""
        named = list(mentions)
        kept = [(m["start"], m["end"]) for m in named if m["label"] == "ORG"]
        found = [(m["start"], m["end"]) for m in named if m["label"] == "PER"]
        yield from self._hidden(text, [*self._recognised(text, found), *self._written(text)], kept)

    def in_unread_text(self, text: str) -> Iterator[Private]:
        """Yield the private persons of a text that the recogniser has not read (a copy, a closed question).

        They are those named elsewhere in the run, and those whom the way they are written gives away.
        """
        yield from self._hidden(text, [*self._seen(text), *self._written(text)], [])

    def is_private_name(self, surface: str) -> bool:
        """Say whether `surface` is a full name of somebody who is no public figure.

        It is when one of its words is a common first name and another can be a surname, or two of its words at least
        are no ordinary words.
        """
        words = name_words(surface)
        if not is_full_name(surface) or self.is_public(surface):
            return False
        if any(self._is_first(word) for word in words):
            others = list(words)
            others.remove(next(word for word in words if self._is_first(word)))
            return any(self._is_first(word) or may_be_surname(word) for word in others)
        return sum(not self._is_ordinary(word) for word in words) >= 2

    def is_public(self, name: str) -> bool:
        """Say whether `name` is kept as a public figure's, alone or at the end (« Président Emmanuel Macron »)."""
        return self.keep_public and self._is_known(name)

    def _is_known(self, name: str) -> bool:
        words = re.sub(rf"^{around.CIVILITIES.lower()}\s+", "", normalised(name)).split()
        if not words or len(words) > 12:
            return False
        return " ".join(words) in self.public or any(
            " ".join(words[start:]) in self.public for start in range(1, len(words) - 1)
        )

    def _is_first(self, word: str) -> bool:
        return first_part(word) in self.first

    def _is_ordinary(self, word: str) -> bool:
        return word.lower() in self.ordinary or (is_ordinary(word) and not may_be_surname(word))

    def _is_ambiguous(self, word: str) -> bool:
        """Say whether a first name is a French word too: Pierre, Rose, Claire."""
        return is_ordinary(word.partition("-")[0]) and "-" not in word

    def _hidden(self, text: str, found: Iterable[Place], organisations: list[Place]) -> Iterator[Private]:
        taken = sorted(organisations)
        position = 0
        for start, end in sorted(set(found)):
            while position < len(taken) and taken[position][1] <= start:
                position += 1
            if position < len(taken) and taken[position][0] < end:
                continue
            if around.BEARER_BEFORE.search(text, max(0, start - around.BEARER_WIDTH), start):
                continue
            if self.keep_public and self._in_office(text, start, end):
                continue
            yield Private(start, end, NAME)
        if not self.keep_public:
            for start, end in public_names(text, self.public, self.first):
                yield Private(start, end, NAME)

    def _in_office(self, text: str, start: int, end: int) -> bool:
        before = around.OFFICE_BEFORE.search(text, max(0, start - around.OFFICE_WIDTH), start)
        return bool(before or around.OFFICE_AFTER.match(text, end, end + around.OFFICE_WIDTH))

    def _recognised(self, text: str, found: Iterable[Place]) -> Iterator[Place]:
        for start, end in found:
            surface = text[start:end]
            polite = end - start > 2 and around.CIVILITY_BEFORE.search(text, max(0, start - 16), start)
            if self.is_private_name(surface) or (polite and self._is_surname(surface)):
                yield start, end

    def _is_surname(self, surface: str) -> bool:
        words = normalised(surface).split()
        if len(words) > 1 and words[0] in around.ARTICLES:  # « Le Goff », but « Le Président »
            title = words[1] in around.NOT_A_NAME or is_ordinary(re.split(r"[\s'’-]+", surface)[1])
            return not title and not self.is_public(surface)
        stock = words[0] in around.NOT_A_NAME | around.ARTICLES or " ".join(words) in around.STOCK
        return not stock and not self.is_public(surface)

    def _seen(self, text: str) -> Iterator[Place]:
        for match in around.NAME_SEQUENCE.finditer(text) if self.seen else ():
            name = match.group(1)
            ends = [word.end() for word in re.finditer(r"\S+", name)][1:]
            known = [end for end in ends if normalised(name[:end]) in self.seen]
            if known:
                yield match.start(), match.start() + max(known)

    def _written(self, text: str) -> Iterator[Place]:
        """Yield the names that the words around them or their own words give away."""
        tokens = list(around.TOKEN.finditer(text))
        words = {token.group().lower() for token in tokens}
        if words & around.CIVIL_WORDS:
            yield from self._after(text, around.AFTER_CIVILITY)
            yield from self._after_lower_civility(text)
        if words & around.ROLE_WORDS:
            yield from self._after(text, around.AFTER_ROLE, surely=False)
        yield from self._after_initials(text)
        if not self.first.isdisjoint(map(first_part, words)):
            yield from self._capitalised(text)
            yield from self._after_words(text)
            yield from self._lower_case(text, tokens)

    def _after(self, text: str, pattern: re.Pattern[str], *, surely: bool = True) -> Iterator[Place]:
        for match in pattern.finditer(text):
            start = match.start(1)
            end = start + self._name_length(match.group(1))
            name = text[start:end]
            if self._is_surname(name) and (surely or any(map(may_be_surname, name_words(name)[:2]))):
                yield start, end

    def _after_lower_civility(self, text: str) -> Iterator[Place]:
        for match in around.LOWER_AFTER_CIVILITY.finditer(text):
            if self._is_surname(match.group(1)) and not is_ordinary(match.group(1).split()[-1]):
                yield match.span(1)

    def _after_initials(self, text: str) -> Iterator[Place]:
        for match in around.INITIAL_AND_SURNAME.finditer(text):
            word = match.group(1)
            short = len(word) < 4 or word.isupper() or is_ordinary(word)
            if not short and not self.is_public(match.group()) and not self.is_public(word):
                yield match.span()

    def _name_length(self, name: str) -> int:
        """Return how far a name after a civility goes: its first word, then what can be a name."""
        words = list(re.finditer(r"\S+", name))
        end = 0
        whole = False
        for match in words:
            word = match.group().strip("'’")
            capital = word[:1].isupper() and len(word.rstrip(".")) > 1
            if whole and capital and not (self._is_first(word) or may_be_surname(word)):
                break
            whole = whole or capital
            end = match.end() if capital else end
        return end or len(name)

    def _capitalised(self, text: str) -> Iterator[Place]:
        """Yield a first name and the capitalised words after it that can be a surname; also « DUPONT Jean »."""
        reached = 0
        for match in around.NAME_SEQUENCE.finditer(text):
            start, name = match.start(), match.group(1)
            if start < reached:
                continue
            capitals = list(_CAPITALISED.finditer(name))
            if len(capitals) < 2:
                continue
            first, second = (word.group() for word in capitals[:2])
            if self._is_first(first):
                end = self._surname_end(first, capitals[1:])
            elif first.isupper() and len(first) > 2 and not second.isupper() and self._is_first(second):
                end = capitals[1].end() if may_be_surname(first) else 0
            else:
                end = 0
            public = [word.end() for word in capitals[1:] if end and self.is_public(name[: word.end()])]
            if end:
                reached = start + max([end, *public])
            if end and not public:
                yield start, reached

    def _surname_end(self, first: str, others: list[re.Match[str]]) -> int:
        end = 0
        for match in others:
            word = match.group()
            if word.lower() in _PARTICLES:
                continue
            if not (may_be_surname(word) or (self._is_first(word) and not self._is_ambiguous(first))):
                break
            if word.lower() in self.ordinary and normalised(word) not in self.first and self._is_ambiguous(first):
                break
            end = match.end()
        return end

    def _after_words(self, text: str) -> Iterator[Place]:
        """Yield first names after what announces one: « ma fille Inès », « cordialement, Josette »."""
        for match in around.BEFORE_FIRST_NAME.finditer(text):
            position = match.end()
            while word := around.TOKEN.match(text, position):
                name = word.group()
                if not self._is_first(name) or (self._is_ambiguous(name) and not name[:1].isupper()):
                    break
                if not self.is_public(name):
                    yield word.span()
                more = around.AND_FIRST_NAME.match(text, word.end())
                if more is None:
                    break
                position = more.end()

    def _lower_case(self, text: str, tokens: list[re.Match[str]]) -> Iterator[Place]:
        """Yield a first name and a surname without capitals, where neither is a word or the text before them tells."""
        reached = -1
        for place, token in enumerate(tokens):
            word = token.group()
            if place <= reached or not word[0].islower() or not self._is_first(word):
                continue
            last, sure = self._lower_surname(text, tokens, place)
            if last == place:
                continue
            start, end = token.start(), tokens[last].end()
            told = around.BEFORE_LOWER_NAME.search(text, max(0, start - 24), start)
            if (sure or told or not start) and not self.is_public(text[start:end]):
                reached = last
                yield start, end

    def _lower_surname(self, text: str, tokens: list[re.Match[str]], place: int) -> tuple[int, bool]:
        """Return the place of the last token of a name that opens at `place`, and whether it can be nothing else."""
        certain = not self._is_ambiguous(tokens[place].group())
        last, firsts = place, 1
        for (_, before), (number, token) in pairwise(list(enumerate(tokens[place : place + 6], place))):
            if text[before.end() : token.start()] not in (" ", "'", "’"):
                break
            word = token.group()
            if word[0].isupper():
                break
            if self._is_first(word):
                firsts += 1
                last = number if firsts > 1 and (certain or not self._is_ambiguous(word)) else last
            elif word.lower() in _PARTICLES and number < place + 4:
                continue
            elif not is_stop_word(word) and may_be_surname(word) and word.lower() not in self.ordinary:
                sure = (certain and (not is_ordinary(word) or firsts > 1)) or firsts > 1
                return number, sure or (certain and normalised(word) not in self.first)
            else:
                break
        return last, certain and last > place


_CAPITALISED = re.compile(rf"(?<![\w-]){CAPITALISED}")
_PARTICLES = frozenset(("de", "du", "des", "d", "la", "le", "el", "ben", "van", "von"))
