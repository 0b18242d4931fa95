"""Find the names of public figures in a text, for an analyst who does not want to keep them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.dataset import name_patterns as around
from pipeline.dataset.names import first_part, is_ordinary, normalised

_WORDS = 4
_LONGEST = 60


def public_names(text: str, public: frozenset[str], first: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where `text` names public figures, the longest name first, but for places that bear a name.

    Parameters
    ----------
    text : str
        Any text.
    public, first : frozenset of str
        Names of public figures and first names, normalised. A first name alone in lower case is nobody's surname.
    """
    tokens = list(around.TOKEN.finditer(text))
    place = 0
    while place < len(tokens):
        step = 1
        for size in range(min(_WORDS, len(tokens) - place), 0, -1):
            some = [token.group() for token in tokens[place : place + size]]
            start, end = tokens[place].start(), tokens[place + size - 1].end()
            if end - start < _LONGEST and normalised(text[start:end]) in public and _is_somebody(some, first):
                if not around.PLACE_BEFORE.search(text, max(0, start - around.BEARER_WIDTH), start):
                    yield start, end
                step = size
                break
        place += step


def _is_somebody(words: list[str], first: frozenset[str]) -> bool:
    first_name_alone = len(words) == 1 and words[0][0].islower() and first_part(words[0]) in first
    return not first_name_alone and not all(map(is_ordinary, words))
