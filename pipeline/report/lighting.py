"""Light the words of a theme in what is quoted for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

SHORTEST: Final = 4
"""Letters of the shortest word that is lit: shorter ones stand in every sentence."""

_WORD: Final = re.compile(r"\w+")
_ENDINGS: Final = re.compile(r"(?:ements?|ations?|ables?|iques?|eurs?|euses?|ees?|es|er|s|x|e)$")
_PLURAL: Final = re.compile("[sx]$")


def lit(text: str, terms: Iterable[str]) -> Markup:
    """Return a text, escaped, with the words of `terms` in ``<mark>``; its words are left as they are.

    A word is lit when it is one of a term's, in another number, gender or person too.
    """
    wanted = {stem(word) for term in terms for word in _WORD.findall(term) if len(word) >= SHORTEST}
    parts: list[Markup | str] = []
    done = 0
    for word in _WORD.finditer(text):
        if len(word[0]) >= SHORTEST and stem(word[0]) in wanted:
            parts += [escape(text[done : word.start()]), Markup("<mark>{}</mark>").format(word[0])]
            done = word.end()
    return Markup("").join([*parts, escape(text[done:])])


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word without case, accents and its ending, of which four letters at least are left."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    for shorter in (_ENDINGS.sub("", bare), _PLURAL.sub("", bare)):
        if len(shorter) >= SHORTEST:
            return shorter
    return bare
