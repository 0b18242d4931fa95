"""The themes of one question from a codebook: given themes, then proposed ones for what fits none of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from pipeline import errors, language
from pipeline.config import TopicsConfig
from pipeline.topics.codebook import Codebook, CodebookError, read_codebook
from pipeline.topics.codebook_fitting import codebook_themes, combine, leftover
from pipeline.topics.codebook_nesting import nested
from pipeline.topics.documents import Document, document
from pipeline.topics.fitting import distinct, fit_question
from pipeline.topics.planning import LEAST_ANSWERS
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors


def load_codebook(path: str) -> Codebook:
    """Read a codebook.

    Raises
    ------
    DoleancesError
        E101 or E111 when there is no file to read, E307 with every problem of it.
    """
    try:
        return read_codebook(Path(path))
    except CodebookError as error:
        shown = "; ".join(f"line {one.line}: {one.detail}" for one in error.problems[:5])
        more = len(error.problems) - 5
        raise errors.usage("E307", path=path, detail=shown + (f"; and {more} more" if more > 0 else "")) from None


def themes_of_question(
    codebook: Codebook,
    documents: Sequence[Document],
    vectors: WordVectors,
    settings: TopicsConfig,
    *,
    questionnaire: str | None,
    question_id: str,
    number: int,
    model: str,
    asked: Collection[str],
) -> ThemeSet | None:
    """Return the themes of a question; None where the codebook has none for it.

    Where enough answers fit none of the given themes, they are clustered apart, as proposed themes.
    """
    entries = codebook.leaves(question_id, number)
    if not entries:
        return None
    of_question: dict[str, Any] = {"questionnaire": questionnaire, "question_id": question_id, "model": model}
    given, labels, _ = codebook_themes(entries, documents, vectors, analyse, random_state=settings.seed, **of_question)
    rest = leftover(documents, labels)
    proposed = None
    if len(distinct(rest, vectors)) >= LEAST_ANSWERS:
        proposed = fit_question(rest, vectors, settings, asked=asked, divided=False, **of_question)
    joined = combine(given, proposed, documents, labels, vectors, random_state=settings.seed)
    everyone = codebook.for_question(question_id, number)
    return nested(joined, entries, everyone, documents, vectors, random_state=settings.seed)


def analyse(texts: list[str]) -> list[Document]:
    """Return the documents of texts, as those of answers are made."""
    return [document(text, tokens) for text, tokens in zip(texts, language.tokens_of(texts), strict=True)]
