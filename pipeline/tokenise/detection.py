"""Say whether a text is French. Short answers are taken as French: detectors fail on them, and people do not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

MINIMUM_WORDS: Final = 6
MINIMUM_FRENCH_SHARE: Final = 0.08
MAXIMUM_FRENCH_PROBABILITY: Final = 0.01  # one answer of 118,906 French ones is under it, and that one is Breton

_WORD = re.compile(r"[^\W\d_]+")
# Function words that other languages do not write in the same way.
_FRENCH_WORDS = (
    "les des du une est et pas pour qui dans sur avec il nous vous sont être aux au ces cette leur leurs plus mais "
    "faut je ne c d l qu n j s par ou où sans comme tout tous très trop aussi faire fait pouvoir doit sa ses mes"
)
_FRENCH: Final = frozenset(_FRENCH_WORDS.split())


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`: "fr" unless it is clearly another."""
    words = [word.lower() for word in _WORD.findall(text[:5000])]
    if len(words) < MINIMUM_WORDS:
        return "fr"
    if sum(word in _FRENCH for word in words) / len(words) >= MINIMUM_FRENCH_SHARE:
        return "fr"
    probabilities = _identifier().rank(text[:5000].lower())  # most probable first
    code = str(probabilities[0][0])
    # "zxx" stands for no language at all: codes and numbers are nobody's foreign words.
    return "fr" if dict(probabilities)["fr"] > MAXIMUM_FRENCH_PROBABILITY or len(code) != 2 else code
