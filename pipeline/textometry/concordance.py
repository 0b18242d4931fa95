"""Concordance: a word wherever it stands, with what stands on its left and right (KWIC, « key word in context »)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import repeat
from typing import Final, Literal

from pipeline.entities.folding import fold, fold_with_offsets

Token = tuple[str, str, int, int]
Order = Literal["text", "left", "word", "right"]

WIDTH: Final = 60
MOST_LINES: Final = 100
_WORDS: Final = re.compile(r"\w+")
_CUT_WORD_BEFORE: Final = re.compile(r"\A\S+\s+")
_CUT_WORD_AFTER: Final = re.compile(r"(?<!\s)\s+\S+\Z")


@dataclass(frozen=True)
class Line:
    """A word where it stands: ``texts[text][start:end]`` is `match`; `left` ends there and `right` begins there.

    All three are exact quotes of the text, line breaks included.
    """

    text: int
    start: int
    end: int
    left: str
    match: str
    right: str


@dataclass(frozen=True)
class Concordance:
    """Lines of a word, in the order that was asked for; `n_found` and `n_texts` count all, those without a line too."""

    lines: tuple[Line, ...]
    n_found: int
    n_texts: int


def concordance(
    word: str,
    texts: Sequence[str],
    tokens: Iterable[Sequence[Token]] | None = None,
    *,
    order: Order = "text",
    width: int = WIDTH,
    most: int = MOST_LINES,
) -> Concordance:
    """Return where a word stands in texts.

    Parameters
    ----------
    word : str
        The word, or several; case, accents, hyphens, apostrophes and the dots of acronyms do not count. Whole words
        alone are found.
    texts : sequence of str
    tokens : iterable of sequences of (form, lemma, start, end), optional
        Tokens of each text, with offsets in it: a token is found by its lemma as well, « impôts » by « impôt ».
    order : {"text", "left", "word", "right"}
        By place; by the words on the left, read back from the match; by the match; or by the words on the right. What
        is equal stays in the order of texts.
    width : int
        Characters on each side at most, cut between words where there are any.
    most : int
        Lines at most: the first ones in that order.

    Raises
    ------
    ValueError
        When the order is none of these, or there are not as many lists of tokens as texts.
    """
    if order not in _KEYS:
        raise ValueError(f"no order of lines is called {order!r}")
    sought = fold(word)
    if not sought:
        return Concordance((), 0, 0)
    tokens = repeat((), len(texts)) if tokens is None else tokens
    pattern = re.compile(rf"(?<!\w){re.escape(sought)}(?!\w)")
    found = [
        (number, start, end)
        for number, (text, those) in enumerate(zip(texts, tokens, strict=True))
        for start, end in _spans(pattern, sought, text, those)
    ]
    lines = (_line(texts[number], number, start, end, max(width, 0)) for number, start, end in found)
    kept = nsmallest(max(most, 0), lines, key=_KEYS[order])
    return Concordance(tuple(kept), len(found), len({number for number, _, _ in found}))


def _spans(pattern: re.Pattern[str], sought: str, text: str, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    folded = fold_with_offsets(text)
    spans = {folded.span(*match.span()) for match in pattern.finditer(folded.text)}
    spans |= {(start, end) for _, lemma, start, end in tokens if _folded(lemma) == sought and start < end}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


@lru_cache(maxsize=100_000)
def _folded(lemma: str) -> str:
    return fold(lemma)


def _line(text: str, number: int, start: int, end: int, width: int) -> Line:
    first, last = _first(text, start, width), _last(text, end, width)
    return Line(number, start, end, text[first:start], text[start:end], text[end:last])


def _first(text: str, start: int, width: int) -> int:
    first = max(0, start - width)
    if 0 < first < start and not (text[first - 1].isspace() or text[first].isspace()):
        rest = _CUT_WORD_BEFORE.sub("", text[first:start])
        first = start - len(rest) if rest.strip() else first
    while first < start and unicodedata.combining(text[first]):
        first += 1  # an accent without its letter would sit on what the page has before it
    return first


def _last(text: str, end: int, width: int) -> int:
    last = min(len(text), end + width)
    if end < last < len(text) and not (text[last - 1].isspace() or text[last].isspace()):
        rest = _CUT_WORD_AFTER.sub("", text[end:last])
        last = end + len(rest) if rest.strip() else last
    while end < last < len(text) and unicodedata.combining(text[last]):
        last -= 1
    return last


def _words(text: str) -> list[str]:
    return _WORDS.findall(fold(text))


_KEYS: Final[dict[str, Callable[[Line], tuple[object, ...]]]] = {
    "text": lambda line: (line.text, line.start),
    "left": lambda line: (_words(line.left)[::-1], line.text, line.start),
    "word": lambda line: (fold(line.match), line.match, line.text, line.start),
    "right": lambda line: (_words(line.right), line.text, line.start),
}
