"""Find the names of a register in a text: one pass of an Aho-Corasick automaton over the folded text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import ahocorasick

from pipeline.entities.folding import Folded, fold, fold_with_offsets
from pipeline.entities.misspellings import Misspellings
from pipeline.entities.register import Register
from pipeline.entities.register_rows import Organisation

_TOKEN: Final = frozenset("./@:+~%?=&#_-")
_ADDRESS: Final = re.compile(r".*(?:@|\.(?:fr|com|org|net|eu|info|gouv)(?![^\W_]))", re.IGNORECASE | re.DOTALL)
_MARKS: Final = bytes(byte if chr(byte).isalnum() else 32 for byte in range(256))
_REACH: Final = 200
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?:;•\n\r…])[\s\"'«“‘(*–—-]*$")
_SHOUT_WINDOW: Final = 40
_NEAR: Final = 80  # characters on each side in which a word settles what an ambiguous name stands for
_LONG_WORD: Final = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True)
class Match:
    """A name of the register: its span in the text and in the folded text."""

    start: int
    end: int
    organisation_id: str
    folded_start: int
    folded_end: int


@dataclass(frozen=True)
class _Reading:
    """What a folded name may stand for: an organisation in any casing, or only as written in `cased`, or only close to
    one of the words that `near` finds; None for what is no organisation.
    """

    organisation_id: str | None
    cased: frozenset[str] = frozenset()
    near: re.Pattern[str] | None = None


_Found = tuple[int, int, str | None]


class RegisterMatcher:
    """Finds the names of a register, bounded by words; the longest match wins.

    Parameters
    ----------
    register : Register
        A loaded register.
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        readings: defaultdict[str, list[_Reading]] = defaultdict(list)
        for organisation in register.organisations.values():
            for name, reading in _readings(organisation):
                readings[name].append(reading)
        # « canal de Suez » is no organisation, and as the longer match it keeps Suez from being one there.
        for name in register.not_organisations:
            readings[name].append(_Reading(None))
        anyhow = [name for name, found in readings.items() if any(_in_any_casing(reading) for reading in found)]
        self._misspellings = Misspellings(anyhow)
        self._automaton: Any = ahocorasick.Automaton()
        # « agirc/arrco » and « agirc arrco » are one key.
        names: defaultdict[str, dict[str, list[_Reading]]] = defaultdict(dict)
        for name, found in readings.items():
            if not any(character.isalnum() for character in name):
                continue  # it would be found between any two words
            # Those that depend on the words around come first.
            names[_apart(name)][name] = sorted(found, key=lambda reading: reading.near is None)
        for key, same in names.items():
            self._automaton.add_word(key, (len(key) - 2, same))
        if names:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Match]:
        """Return the names in `text`, in order, none overlapping another."""
        return self.find_folded(fold_with_offsets(text))

    def find_folded(self, folded: Folded) -> list[Match]:
        """Return the names in a text that is folded already."""
        if not len(self._automaton):
            return []
        found = self._found(folded)
        found += self._found_misspelt(folded)
        if not found:
            return []
        matches: list[Match] = []
        taken = bytearray(len(folded.text))
        found.sort(key=lambda one: (one[0] - one[1], one[0]))
        for start, end, organisation_id in found:
            # What is taken is no shorter, so an overlap always touches the first or the last character.
            if taken[start] or taken[end - 1]:
                continue
            first, after = folded.span(start, end)
            if not _inside_address(folded.original, first, after):
                taken[start:end] = b"\1" * (end - start)
                if organisation_id is not None:
                    matches.append(Match(first, after, organisation_id, start, end))
        return sorted(matches, key=lambda match: match.start)

    def _found(self, folded: Folded) -> list[_Found]:
        found: list[_Found] = []
        content = folded.text
        for last, (letters, names) in self._automaton.iter(_apart(content)):
            end = last - 1  # a space stands before the text, and another after the name
            start = end - letters
            readings = names.get(content[start:end])
            if readings and (reading := _read(folded, start, end, readings)) is not None:
                found.append((start, end, reading.organisation_id))
        return found

    def _found_misspelt(self, folded: Folded) -> list[_Found]:
        mended = self._misspellings.mend(folded.text)
        if mended is None:
            return []
        text, places, words = mended
        again = Folded(folded.original, text, [folded.offsets[place] for place in places])
        return [
            (places[start], places[end - 1] + 1, organisation_id)
            for start, end, organisation_id in self._found(again)
            if _holds_one(start, end, words)
            and self._misspellings.counts(text[start:end])
            # « Urssaff », but not « accentuée » for Accenture.
            and (" " in text[start:end] or folded.original[again.offsets[start]].isupper())
        ]


def _holds_one(start: int, end: int, words: list[tuple[int, int]]) -> bool:
    """Say whether a span holds one of `words`, which go up."""
    first = bisect_left(words, (start,))
    return first < len(words) and words[first][1] <= end


def _apart(folded: str) -> str:
    """Return folded text with a space for every mark, and one at each end: where a name is found, it is whole words.

    Without it nine hits in ten would be the letters of an acronym inside some word.
    """
    try:
        return f" {folded.encode('latin-1').translate(_MARKS).decode('latin-1')} "
    except UnicodeEncodeError:
        return f" {''.join(character if character.isalnum() else ' ' for character in folded)} "


def capitals(surface: str) -> str:
    """Return the letters and digits of `surface` with its capitals and without its accents."""
    decomposed = unicodedata.normalize("NFKD", surface)
    return "".join(character for character in decomposed if character.isalnum())


def shouted(text: str, start: int, end: int) -> bool:
    """Say whether the words around a span are in capitals too, so that its own capitals say nothing."""
    around = text[max(0, start - _SHOUT_WINDOW) : start] + " " + text[end : end + _SHOUT_WINDOW]
    # Short words are left out: « CGT, FO, CFDT » is a list of acronyms, nobody shouts.
    letters = "".join(_LONG_WORD.findall(around))
    return bool(letters) and sum(character.isupper() for character in letters) > 0.6 * len(letters)


def starts_sentence(text: str, start: int) -> bool:
    """Say whether a sentence, or an item of a list, starts at `start`: a capital there says nothing."""
    return _SENTENCE_END.search(text[max(0, start - 20) : start]) is not None


def _readings(organisation: Organisation) -> Iterator[tuple[str, _Reading]]:
    identifier = organisation.organisation_id
    for surface in organisation.surfaces:
        yield fold(surface), _Reading(identifier)
    cased: defaultdict[str, set[str]] = defaultdict(set)
    for surface in organisation.cased:
        cased[fold(surface)].add(capitals(surface))
    for name, written in cased.items():
        yield name, _Reading(identifier, cased=frozenset(written))
    if organisation.near:
        near = _any_of(organisation.near)
        for surface in organisation.ambiguous:
            yield fold(surface), _Reading(identifier, near=near)


def _in_any_casing(reading: _Reading) -> bool:
    return reading.organisation_id is not None and not reading.cased and reading.near is None


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds one of `words` in folded text; « orient* » finds every word that starts so."""
    found = [re.escape(fold(word.removesuffix("*"))) + (r"\w*" if word.endswith("*") else "") for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)")


def _read(folded: Folded, start: int, end: int, readings: list[_Reading]) -> _Reading | None:
    """Return the first reading that the words around a name and its capitals allow."""
    for reading in readings:
        if reading.near is not None:
            before = folded.text[max(0, start - _NEAR) : start]
            if reading.near.search(before) or reading.near.search(folded.text[end : end + _NEAR]):
                return reading
        elif not reading.cased or _as_written(folded, start, end, reading.cased):
            return reading
    return None


def _as_written(folded: Folded, start: int, end: int, cased: frozenset[str]) -> bool:
    first, after = folded.span(start, end)
    surface = capitals(folded.original[first:after])
    if surface not in cased or shouted(folded.original, first, after):
        return False
    # « Total : 3 pages »: at the start of a sentence the capital of an ordinary word says nothing.
    return surface.isupper() or not starts_sentence(folded.original, first)


def _inside_address(text: str, start: int, end: int) -> bool:
    # A name inside an address (www.pimms.org, x@caf.fr) is no mention, unless the address itself is the name.
    first, after = start, end
    while first > max(0, start - _REACH) and (text[first - 1].isalnum() or text[first - 1] in _TOKEN):
        first -= 1
    while after < min(len(text), end + _REACH) and (text[after].isalnum() or text[after] in _TOKEN):
        after += 1
    whole = text[first:after].strip(".:?")
    if len(whole) <= end - start:
        return False
    if whole.lower().startswith(("http:", "https:", "www.")):
        return True
    left, right = text.rfind("/", first, start) + 1 or first, text.find("/", end, after)
    return _ADDRESS.match(text[left : right if right >= 0 else after]) is not None
