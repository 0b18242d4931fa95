"""Infinitives: those that the lemmatizer's lists know, and the forms of the first group that its rules miss."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipeline.language.model import table
from pipeline.resources import words

_FIRST_GROUP: Final = sorted(
    words(
        "e es ons ez ent ais ait ions iez aient ai as a èrent erai eras era erons erez eront erais erait erions eriez",
        "eraient é ée és ées ant",
    ),
    key=lambda ending: (-len(ending), ending),
)
_BEFORE_1990: Final = re.compile(r"(?<=[nrl])ait(?=(?:r[a-zé]+)?$)")
_SOFT: Final = re.compile(r"(?<=g)e$")  # mangeons → manger


def infinitive_of(form: str) -> str | None:
    """Return the infinitive that a verb form belongs to; None where the lists and the first group know none."""
    exceptions = table("lemma_exc").get("verb", {}).get(form, ())
    for lemma in (*exceptions, *table("lemma_lookup").get(form, ())):
        if lemma in infinitives():
            return str(lemma)
    for ending in _FIRST_GROUP:
        if form.endswith(ending):
            stem = form[: len(form) - len(ending)]
            for candidate in (f"{stem}er", f"{_SOFT.sub('', stem)}er"):
                if candidate in infinitives():
                    return candidate
    # « connait », « disparaitra »: the spelling of 1990.
    before = _BEFORE_1990.sub("aît", form)
    return infinitive_of(before) if before != form else None


@lru_cache(maxsize=1)
def infinitives() -> frozenset[str]:
    """Return the infinitives that the lemmatizer's lists know."""
    irregular = {lemma for found in table("lemma_exc").get("verb", {}).values() for lemma in found}
    return frozenset(lemma for lemma in irregular | table("lemma_index")["verb"] if lemma.endswith(("er", "ir", "re")))
