"""Texts of a gold file as the documents that themes are found in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline import language
from pipeline.topics.documents import Document, document


def documents_of(texts: Sequence[str]) -> tuple[Document, ...]:
    """Return the documents of texts."""
    return tuple(document(text, tokens) for text, tokens in zip(texts, language.tokens_of(texts), strict=True))


def cut(whole: Document, starts: Sequence[int]) -> list[Document]:
    """Return the parts of a document that begin at `starts` (places in its text, in order), those with a term."""
    bounds = [0, *starts[1:], len(whole.text)]
    parts = []
    for start, end in pairwise(bounds):
        inside = [i for i, place in enumerate(whole.starts) if start <= place < end]
        if inside:
            parts.append(
                Document(
                    whole.text[start:end],
                    tuple(whole.terms[i] for i in inside),
                    tuple(whole.starts[i] - start for i in inside),
                    tuple(whole.ends[i] - start for i in inside),
                )
            )
    return parts
