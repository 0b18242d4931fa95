"""Acronyms that a text spells out: « direction interministérielle de transformation publique (DITP) » or the reverse.

The expansion of an acronym in brackets, or in brackets after it, is the shortest run of words before the bracket that
holds its letters in order and begins with the first (Schwartz and Hearst, A simple algorithm for identifying
abbreviation definitions in biomedical text, Pacific Symposium on Biocomputing 2003, section 3); here each letter must
begin a word, or follow a letter that does in the same word.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.entities.folding import fold
from pipeline.resources import words

_ACRONYM: Final = r"(?:[A-ZÀ-Ý]\.){2,9}[A-ZÀ-Ý](?:\.|(?!\w))|[A-ZÀ-Ý]{3,10}s?|[A-ZÀ-Ý][a-zà-ÿ]{0,3}[A-ZÀ-Ý]{2,8}"
_AFTER: Final = re.compile(rf"[(\[]\s*(?P<short>{_ACRONYM})\s*[)\]]")
# What is in brackets begins and ends with no space, or runs of spaces would be tried in every way.
_BEFORE: Final = re.compile(
    rf"(?<!\w)(?P<short>{_ACRONYM})\s*[(\[]\s*(?P<long>[^\s()\[\]][^()\[\]\n]{{4,118}}?[^\s()\[\]])\s*[)\]]"
)
_WORD: Final = re.compile(r"[^\W_]+")
_STOP: Final = re.compile(r"[.!?;:,\n()\[\]«»\"]")
_REACH: Final = 160
_TOKEN: Final = re.compile(rf"(?<![\w.])(?:{_ACRONYM})(?!\w)")
# Words that most acronyms leave out.
_SMALL: Final = words("l d la le les de du des et a au aux en pour par sur")


class Pair(NamedTuple):
    """An expansion and its acronym: characters of the text, end exclusive."""

    long_start: int
    long_end: int
    short_start: int
    short_end: int


@dataclass
class PairCounts:
    """The different texts, by their hashes, that spell out each acronym (with its capitals, without dots) as each
    expansion. Adds up: copies of one text count once, wherever they stand.
    """

    texts: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)

    def __add__(self, other: PairCounts) -> PairCounts:
        both = dict(self.texts)
        for pair, texts in other.texts.items():
            both[pair] = both.get(pair, frozenset()) | texts
        return PairCounts(both)

    def expansions(self) -> dict[str, str]:
        """Return the expansion of each acronym that has one: the most frequent, none where two are as frequent.

        Spellings that fold alike count together; the most frequent of them is returned.
        """
        folded: dict[str, Counter[str]] = {}
        surfaces: dict[tuple[str, str], Counter[str]] = {}
        for (short, long), texts in self.texts.items():
            key = fold(long)
            folded.setdefault(short, Counter())[key] += len(texts)
            surfaces.setdefault((short, key), Counter())[long] += len(texts)
        found = {}
        for short in sorted(folded):
            (key, count), *others = folded[short].most_common(2)
            if not others or others[0][1] < count:
                spelt = surfaces[short, key]
                found[short] = min(spelt, key=lambda one: (-spelt[one], one))
        return found


def find_pairs(text: str) -> list[Pair]:
    """Return the acronyms of `text` that it spells out, with their expansions, in order of the acronyms."""
    if "(" not in text and "[" not in text:
        return []
    pairs = []
    for match in _AFTER.finditer(text):
        short = match.start("short"), match.end("short")
        stops = [stop.end() for stop in _STOP.finditer(text, max(0, match.start() - _REACH), match.start())]
        start = stops[-1] if stops else max(0, match.start() - _REACH)
        long = _expansion(text, start, match.start(), text[slice(*short)])
        if long is not None:
            pairs.append(Pair(*long, *short))
    for match in _BEFORE.finditer(text):
        long = _expansion(text, match.start("long"), match.end("long"), match["short"])
        skipped = text[match.start("long") : long[0]] if long is not None else ""
        if long is not None and all(word.lower() in _SMALL for word in _WORD.findall(skipped)):
            pairs.append(Pair(*long, match.start("short"), match.end("short")))
    return sorted(pairs, key=lambda pair: pair.short_start)


def count_pairs(texts: Iterable[str]) -> PairCounts:
    """Count the acronyms that `texts` spell out; copies of one text count once."""
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for text in texts:
        for pair in find_pairs(text):
            short, long = text[pair.short_start : pair.short_end], text[pair.long_start : pair.long_end]
            found[without_dots(short), long].add(_hash(text))
    return PairCounts({pair: frozenset(hashes) for pair, hashes in found.items()})


def without_dots(acronym: str) -> str:
    """Return an acronym without its dots and the s of a plural."""
    return acronym.replace(".", "").removesuffix("s")


def find_known(text: str, known: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """Return start, end and what `known` says of each acronym in `text` that it holds, with these very capitals."""
    if not known:
        return []
    found = []
    for match in _TOKEN.finditer(text):
        said = known.get(without_dots(match.group()))
        if said is not None:
            found.append((match.start(), match.end(), said))
    return found


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _expansion(text: str, start: int, end: int, acronym: str) -> tuple[int, int] | None:
    """Return the shortest run of words that ends at `end` and holds the letters of an acronym in order."""
    letters = fold(without_dots(acronym)).replace(" ", "")
    found = list(_WORD.finditer(text, start, end))
    if len(letters) < 3 or len(found) < 2 or text[found[-1].end() : end].strip():
        return None
    for skip_small in (True, False):
        first = _first_word([fold(word.group()) for word in found], letters, skip_small=skip_small)
        if first is not None and first < len(found) - 1 and fold(found[first].group()) not in _SMALL:
            return found[first].start(), found[-1].end()
    return None


def _first_word(words: list[str], letters: str, *, skip_small: bool) -> int | None:
    """Return the number of the word that accounts for the first letter, going back from the last word."""
    at = len(letters) - 1
    for number in range(len(words) - 1, max(-1, len(words) - 2 * len(letters) - 3), -1):
        if words[number] in _SMALL and (skip_small or letters[at] != words[number][0]):
            continue
        at -= _letters_of(words[number], letters, at)
        if at < 0:
            return number
    return None


def _letters_of(word: str, letters: str, at: int) -> int:
    """Return how many letters up to `at` a word accounts for: its own first letter, and those after it, in order."""
    for taken in range(min(at + 1, 4), 0, -1):
        part = letters[at + 1 - taken : at + 1]
        if word.startswith(part[0]) and _in_order(part, word):
            return taken
    return 0


def _in_order(part: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in part)
