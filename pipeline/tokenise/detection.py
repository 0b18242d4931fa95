"""Say whether a text is French.

Detectors fail on short answers, and take names and codes for foreign words; people do not. So a text is French unless
something shows that it is not: of a long one the detector, where French function words are rare; of a short one its
script, or function words of another language with no French word beside them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

from pipeline.language import is_known
from pipeline.resources import words

MINIMUM_WORDS: Final = 6
"""Words from which the detector is asked."""

MINIMUM_FRENCH_SHARE: Final = 0.08
MAXIMUM_FRENCH_PROBABILITY: Final = 0.01  # one answer of 118,906 French ones is under it, and that one is Breton
_LONGEST: Final = 5000  # characters looked at

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LATIN: Final = re.compile(r"[A-Za-zªºÀ-ɏḀ-ỿ]")
_OTHER_SCRIPT: Final = re.compile(
    r"[\u0370-\u1dff\u2c00-\ud7ff\uf900-\ufdff\U00010000-\U0001efff\U00020000-\U0003ffff]"
)
_LETTER: Final = re.compile(r"[^\W\d_]")
# Function words that other languages do not write in the same way.
_FRENCH: Final = words(
    "les des du une est et pas pour qui dans sur avec il nous vous sont être aux au ces cette leur leurs plus mais",
    "faut je ne c d l qu n j s par ou où sans comme tout tous très trop aussi faire fait pouvoir doit sa ses mes",
)
# Words that French answers never hold, of the languages that answers in France are written in.
_FUNCTION_WORDS: Final = {
    "en": words(
        "the and are was were of to not we you they he she it's i don't doesn't isn't can't should would could must",
        "please nothing everything with from this that these those there their our your my more less need want what no",
        "know why when how all any some people government money yes have has been will just only very too",
        "enough many much in for be do does it make need us can idea first",
    ),
    "es": words(
        "el los las una uno y son no está están qué por para con del más menos hay muy pero como todo todos nada lo sé",
        "gracias gobierno gente dinero necesitamos quiero tenemos hacer sin sobre nosotros que bien decir",
    ),
    "de": words(
        "der die das und ist sind nicht wir ihr sie ich ein eine keine kein mehr weniger für mit auf zu von den dem es",
        "auch aber bitte nichts alles muss müssen sollte wollen brauchen leute regierung steuern weiß hoch gut",
    ),
    "it": words(
        "il gli lo della delle degli dei di è sono più meno per con che una uno questo questi tutto tutti niente nulla",
        "so grazie governo gente soldi bisogna dobbiamo vogliamo senza anche molto da dire le troppo",
    ),
    "pt": words(
        "os as uma um não é são mais menos com para dos das muito mas tudo todos nada obrigado governo gente dinheiro",
        "o há precisamos queremos sem também pessoas impostos por sei",
    ),
}
_SCRIPTS: Final = {
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "GREEK": "el",
    "HEBREW": "he",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "TAMIL": "ta",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
_LEAST_FUNCTION_WORDS: Final = 2


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`: "fr" unless it is clearly another."""
    start = text[:_LONGEST]
    if _OTHER_SCRIPT.search(start) and _other_script(start):
        return _of_script(start)
    roughly = start.lower().split()
    if len(roughly) >= MINIMUM_WORDS and len(_FRENCH.intersection(roughly)) >= MINIMUM_FRENCH_SHARE * len(roughly):
        return "fr"  # nearly all texts, soon
    found = [word.lower().replace("’", "'") for word in _WORD.findall(start)]
    if len(found) < MINIMUM_WORDS:
        return _short(found)
    # « l'emploi » is one word here, whose first letter is French.
    if sum(word in _FRENCH or word[:2] in _ELIDED for word in found) / len(found) >= MINIMUM_FRENCH_SHARE:
        return "fr"
    return _detected(start)


_ELIDED: Final = frozenset(f"{letter}'" for letter in "lcdnjsqmt")


def _detected(text: str) -> str:
    probabilities = _identifier().rank(text.lower())  # most probable first
    code = str(probabilities[0][0])
    # "zxx" stands for no language at all: codes and numbers are nobody's foreign words.
    return "fr" if dict(probabilities)["fr"] > MAXIMUM_FRENCH_PROBABILITY or len(code) != 2 else code


def _other_script(text: str) -> bool:
    """Say whether most letters are of another script (Arabic, Cyrillic, Chinese)."""
    letters = _LETTER.findall(text)
    return len(letters) > 1 and len(_LATIN.findall(text)) * 2 < len(letters)


def _of_script(text: str) -> str:
    """Return the language that its first letter of another script stands for, else what the detector says."""
    letter = next(letter for letter in _LETTER.findall(text) if not _LATIN.match(letter))
    return _SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0], _detected(text))


def _short(found: list[str]) -> str:
    """Return the language of a few words: another one where its function words are, and no French word is."""
    if len(found) < 2:
        return "fr"
    counts = {code: sum(word in known for word in found) for code, known in _FUNCTION_WORDS.items()}
    code = max(counts, key=lambda name: counts[name])
    if counts[code] < max(_LEAST_FUNCTION_WORDS, len(found) / 2):
        return "fr"
    other = [word for word in found if word not in _FUNCTION_WORDS[code]]
    return "fr" if any(word in _FRENCH or is_known(word) for word in other) else code
