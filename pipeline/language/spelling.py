"""The usual spelling of a form: without shouted capitals, with the accents it lacks, without a common misspelling.

It is what the tagger reads and what lemmas are made from; a quote is never changed. The misspellings and missing
accents that consultations hold are in seeds/spelling/french.csv; an unknown word that is a French one but for its
accents gets them.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import Final

from pipeline.language.model import is_known, known_forms
from pipeline.language.verbs import infinitive_of
from pipeline.resources import resource, words

_ACCENTS: Final = str.maketrans("àâäéèêëîïôöùûüçÿ", "aaaeeeeiioouuucy")
_LEAST_LETTERS: Final = 4  # shorter words without an accent are mostly words of their own, or acronyms
_ENDING: Final = re.compile(r"(?:(?<!it)é|ât|ît|ût)s?$")
# Short words in capitals that are no acronyms, in a text that is all in capitals.
_SHORT: Final = words(
    "a au aux ça car ce ces cet d de des du elle en est et eu il ils j je l la le les leur lui m ma mes",
    "moi mon n ne ni nos non nous on ont ou où oui par pas peu pour plus qu que qui s sa sans se ses si",
    "son sont sous sur t ta tes tes ton tous tout très trop tu un une va vos vous y à été être",
)


def usual_form(form: str) -> str:
    """Return the usual spelling of `form`, which is `form` itself for nearly all.

    Parameters
    ----------
    form : str
        One token, as spaCy's French rules cut it.
    """
    lower = form.lower()
    shouted = form.isupper() and len(form) > 1
    usual = _table().get(lower)
    if usual is None and len(lower) >= _LEAST_LETTERS and lower.isascii() and lower.isalpha() and not is_known(lower):
        usual = _accented().get(lower)
    if shouted:
        bare = lower.rstrip("'")
        if bare in _SHORT:
            return lower
        if len(form) >= _LEAST_LETTERS:
            return usual or (lower if _is_word(lower) or "-" in lower or "'" in lower else form)
        return form
    if usual is None:
        return form
    return usual.capitalize() if form[:1].isupper() else usual


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    with resource("seeds", "spelling", "french.csv").open(encoding="utf-8", newline="") as file:
        return {row["form"]: row["usual"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _accented() -> dict[str, str]:
    """Return the one word, for each spelling without accents, that it can stand for; none where there are several."""
    found: dict[str, str] = {}
    several: set[str] = set()
    for known in sorted(known_forms()):
        bare = known.translate(_ACCENTS)
        # « compte » is no « compté »: an accent on the ending alone is never restored.
        if bare != known and known.translate(_ACCENTS)[: _stem(known)] != known[: _stem(known)]:
            if bare in found:
                several.add(bare)
            found[bare] = known
    for bare in several:
        del found[bare]
    # A plural that the lists do not hold follows its singular.
    return found | {f"{bare}s": f"{known}s" for bare, known in found.items() if not bare.endswith(("s", "x"))}


def _is_word(lower: str) -> bool:
    return is_known(lower) or infinitive_of(lower) is not None


def _stem(form: str) -> int:
    """Return the length of `form` without its ending (-é, -ées, -ât)."""
    ending = _ENDING.search(form)
    return ending.start() if ending else len(form)
