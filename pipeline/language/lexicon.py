"""Which words are French, for those who need that alone: the lists of the lemmatizer without the rest of the model.

`pipeline.language.model.is_known` says the same, but loads the model, which takes seconds and hundreds of megabytes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from pipeline import errors
from pipeline.language import model

_ACCENTS: Final = str.maketrans("àâäéèêëîïôöùûüçÿ", "aaaeeeeiioouuucy")


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], Any]:
    if model.stock.cache_info().currsize:  # this process has it already
        return model.known_forms(), model.table("lemma_lookup")
    from spacy.lookups import Lookups
    from spacy.util import get_package_path

    version = model.versions()[model.MODEL]
    folder = get_package_path(model.MODEL) / f"{model.MODEL}-{version}" / "lemmatizer" / "lookups"
    try:
        lookups = Lookups().from_disk(folder)
        index, exceptions = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    except (OSError, KeyError):
        raise errors.failure("E305", version=model.MODEL_VERSION) from None
    known: set[str] = set()
    for forms in index.values():
        known.update(forms)
    for table in exceptions.values():
        known.update(table)
        for lemmas in table.values():
            known.update(lemmas)
    return frozenset(known), lookups.get_table("lemma_lookup")


@lru_cache(maxsize=1)
def _without_accents() -> frozenset[str]:
    return frozenset(form.translate(_ACCENTS) for form in _lists()[0] if not form.isascii())


@lru_cache(maxsize=1 << 16)
def is_word(form: str) -> bool:
    """Say whether `form`, in lower case, is a French word, with or without its accents, or a regular plural."""
    known, lookup = _lists()
    singular = form[:-1] if form[-1:] in ("s", "x") else form
    return form in known or form in lookup or singular in known or not {form, singular}.isdisjoint(_without_accents())
