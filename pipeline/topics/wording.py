"""Write a phrase as people write it: its most frequent form, with its accents and the right capitals."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from pipeline.language.terms import APOSTROPHES
from pipeline.topics.documents import Document
from pipeline.topics.phrases import CONJUGATED, INFINITIVE, OTHER, PARTICIPLE, Booleans, Ints, Phrases, kind_of

READ: Final = 200  # uses of a phrase that are read, and of a term for its capitals; the first ones
FULLER: Final = 0.25  # a form with more accents or linking words wins from this share of the most frequent one on
MOSTLY: Final = 0.5  # share of the uses of a phrase from which on what stands beside it is part of it
MORE_OFTEN: Final = 3  # how much more frequent a spelling with accents must be to replace the one without
ACRONYM_LENGTH: Final = 6
SURE_ACRONYM_LENGTH: Final = 4  # a word in capitals of this length is an acronym even when all of its text shouts
SHOUTED: Final = 0.6  # share of capitals among the letters of a text from which on capitals say nothing

# What belongs to a phrase though no term says it: « pouvoir d'achat », « ne pas taxer », « moins d'élus ».
_BEFORE: Final = re.compile(
    r"(?<!\w)(?:(?:[sm]e |[sm]')|(?:ne (?:pas|plus|jamais)|mieux|faire|laisser) (?:les |la |le |l'|des? |d')?|tout le "
    r"|(?:pouvoir|arrêter|moins|plus|autant|mettre fin|prendre en compte|donner|mettre en)"
    r" (?:des? |d'|les? |la |l'|aux? )"
    r")$",
    re.IGNORECASE,
)
# « rendez-vous », « loi de 1905 ».
_AFTER: Final = re.compile(r"(?:-\w{2,})+|(?: de)? (?:19|20)\d\d\b")
_WORD: Final = re.compile(r"[\w-]+")
_MID_SENTENCE: Final = re.compile(r"[\w,;'’)] ?$")


_REFLEXIVE: Final = re.compile(r"^m(?=e |')")  # « me déplacer » is « se déplacer »
_READABLE: Final = (OTHER, INFINITIVE, PARTICIPLE, CONJUGATED)
_ELIDED: Final = re.compile(r"\b([ld]) $")
# Capitals that most people leave out.
_PROPER: Final = (
    (re.compile(r"^état$"), "État"),
    (re.compile(r"^français$"), "Français"),  # standing alone it is a noun
    (re.compile(r"\b([ld]')état\b(?! d)"), r"\1État"),
    (re.compile(r"\b(les|des|aux|tous) français\b"), r"\1 Français"),
    (re.compile(r"\bcour des comptes\b"), "Cour des comptes"),
)


class Wording:
    """Writes the phrases of some documents."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._order = np.argsort(phrases.phrase, kind="stable")
        self._bounds = np.searchsorted(phrases.phrase[self._order], np.arange(len(phrases.terms) + 1))
        self._number = {terms[0]: i for i, terms in enumerate(phrases.terms) if len(terms) == 1}
        self._capitals: dict[str, str] = {}
        self._accented = self._with_accents()

    def occurrences(self, phrase: int) -> Ints:
        """Return the places of a phrase among all occurrences, in the order of the texts."""
        return self._order[self._bounds[phrase] : self._bounds[phrase + 1]]

    def write(self, phrase: int, inside: Booleans | None = None) -> str:
        """Return the usual form of a phrase.

        Parameters
        ----------
        phrase : int
            Its place in ``Phrases.terms``.
        inside : ndarray of bool, shape (n_documents,), optional
            Which documents to read, where they hold it; all when None.
        """
        places = self.occurrences(phrase)
        if inside is not None and inside[self._phrases.owner[places]].any():
            places = places[inside[self._phrases.owner[places]]]
        length = len(self._phrases.terms[phrase])
        forms: Counter[str] = Counter()
        before: Counter[str] = Counter()
        after: Counter[str] = Counter()
        places = self._unconjugated(places[: 2 * READ], length)[:READ]
        for document, position in self._read(places):
            forms[self._form(document, position, length)] += 1
            start, end = document.starts[position], document.ends[position + length - 1]
            found = _BEFORE.search(_plain(document.text[max(0, start - 30) : start]))
            before[_REFLEXIVE.sub("s", found.group().lower()) if found else ""] += 1
            follows = _AFTER.match(document.text, end)
            after[follows.group() if follows else ""] += 1
        parts = (_shared(before, len(places)), _usual(forms, length), _shared(after, len(places)))
        written = " ".join("".join(parts).split())
        for pattern, usual in _PROPER:
            written = pattern.sub(usual, written)
        return written

    def _unconjugated(self, places: Ints, length: int) -> Ints:
        if length > 1:
            return places
        kinds = [kind_of(document.surface(at), document.terms[at]) for document, at in self._read(places)]
        best = min(kinds, key=_READABLE.index, default=OTHER)
        return places[[kind == best for kind in kinds]] if best != OTHER else places

    def _read(self, places: Ints) -> Iterable[tuple[Document, int]]:
        owners, positions = self._phrases.owner[places].tolist(), self._phrases.position[places].tolist()
        return ((self._phrases.documents[owner], position) for owner, position in zip(owners, positions, strict=True))

    def _form(self, document: Document, position: int, length: int) -> str:
        written = []
        for place in range(position, position + length):
            if place > position:
                between = _plain(document.text[document.ends[place - 1] : document.starts[place]]).lower()
                written.append(_ELIDED.sub(r"\1'", between))
            term = document.terms[place]
            written.append(self._capitalised(restored(document.surface(place), self._accented.get(term, term)), term))
        return "".join(written)

    def _with_accents(self) -> dict[str, str]:
        """Return the accented spelling of terms that mostly have accents: « referendum » → « référendum »."""
        uses = np.diff(self._bounds)
        usual: dict[str, str] = {}
        for term, number in self._number.items():
            other = usual.setdefault(folded(term), term)
            if uses[number] > uses[self._number[other]]:
                usual[folded(term)] = term
        found = ((term, usual[term], number) for term, number in self._number.items() if usual.get(term, term) != term)
        return {term: other for term, other, n in found if uses[self._number[other]] >= MORE_OFTEN * uses[n]}

    def _capitalised(self, word: str, term: str) -> str:
        style = self._capitals.get(term)
        if style is None:
            style = self._capitals[term] = self._style(term)
        if style == "upper":
            return word.upper()
        if style == "title":
            return word[:1].upper() + word[1:]
        return word

    def _style(self, term: str) -> str:
        """Return how a term is written within sentences, where capitals mean something."""
        styles: Counter[str] = Counter()
        fallback = "lower"
        for document, position in self._read(self.occurrences(self._number[term])[:READ]):
            word = document.surface(position)
            if word.isupper() and len(word) > 1:
                style = "upper" if len(word) <= ACRONYM_LENGTH else "lower"
            else:
                style = "title" if word[:1].isupper() else "lower"
            if style == "upper" and len(word) <= SURE_ACRONYM_LENGTH:
                fallback = "upper"
            start = document.starts[position]
            mid = _MID_SENTENCE.search(document.text[max(0, start - 2) : start]) is not None
            if style == "lower" or (mid and not shouted(document.text)):
                styles[style] += 1
        return min(styles.items(), key=lambda item: (-item[1], item[0]))[0] if styles else fallback


@lru_cache(maxsize=100_000)
def restored(form: str, term: str) -> str:
    """Return a form in lower case with the accents of its lemma: « Evasion » is « évasion »."""
    lower = _plain(form).lower()
    if kind_of(form, term) == INFINITIVE:
        return term
    bare, ending = folded(lower), folded(term)
    for plural in ("", "s", "x"):
        if bare == ending + plural:
            return max(lower, term + plural, key=lambda word: (_accents(word), word == term + plural))
    return lower


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Return a text in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


@lru_cache(maxsize=20_000)
def shouted(text: str) -> bool:
    """Say whether a text is written in capitals."""
    letters = [c for c in text[:500] if c.isalpha()]
    return sum(c.isupper() for c in letters) >= SHOUTED * max(len(letters), 1)


def _accents(text: str) -> int:
    return sum(c > "\x7f" for c in text)


def _plain(text: str) -> str:
    return " ".join(f"|{text}|".translate(APOSTROPHES).split())[1:-1]


def _usual(forms: Counter[str], n_terms: int) -> str:
    """Return the most frequent form, or one with more accents or linking words that is frequent enough.

    People leave accents and articles out; they do not add any.
    """
    ranked = sorted(forms.items(), key=lambda item: (-item[1], item[0]))
    best, uses = ranked[0]
    telegraphic = len(_WORD.findall(best)) == n_terms
    for form, n in ranked[1:]:
        same = folded(form) == folded(best) and _accents(form) > _accents(best)
        fuller = telegraphic and len(_WORD.findall(form)) > n_terms
        if n >= max(2, FULLER * uses) and (same or (fuller and n >= 2 * FULLER * uses)):
            return form
    return best


def _shared(beside: Counter[str], total: int) -> str:
    text, uses = min(beside.items(), key=lambda item: (-item[1], item[0]))
    return text if uses >= max(2, MOSTLY * total) else ""
