"""The themes of one question from a codebook: given themes, then proposed ones for what fits none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline import catalogue, errors, language
from pipeline.config import Config, TopicsConfig
from pipeline.topics import bundle, gathering
from pipeline.topics.codebook import Codebook, CodebookError, read_codebook
from pipeline.topics.codebook_fitting import DryRun, codebook_themes, combine, dry_run, leftover, with_parents
from pipeline.topics.documents import Document, document, terms_asked
from pipeline.topics.fitting import distinct, fit_themes
from pipeline.topics.planning import LEAST_ANSWERS
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors
from pipeline.workspace import Workspace


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
    *,
    questionnaire: str | None,
    question_id: str,
    number: int,
    title: str,
    model: str,
    settings: TopicsConfig,
) -> tuple[ThemeSet, int] | None:
    """Return the themes of a question and how many of them are proposed; None where the codebook has none for it.

    Where enough answers fit none of the given themes, they are clustered apart.
    """
    entries = codebook.leaves(question_id, number)
    if not entries:
        return None
    given, labels, _ = codebook_themes(
        entries,
        documents,
        vectors,
        analyse,
        questionnaire=questionnaire,
        question_id=question_id,
        model=model,
        random_state=settings.seed,
    )
    given = with_parents(given, entries, codebook.for_question(question_id, number))
    rest = leftover(documents, labels)
    proposed = None
    if len(distinct(rest, vectors)) >= LEAST_ANSWERS:
        proposed = fit_themes(
            rest,
            vectors,
            questionnaire=questionnaire,
            question_id=question_id,
            model=model,
            method=settings.method,
            n_topics=settings.topics if isinstance(settings.topics, int) else None,
            neighbours=settings.neighbours,
            sample=settings.fit_sample,
            minimum_score=settings.minimum_score,
            random_state=settings.seed,
            asked=terms_asked([title]),
        )
    both = combine(given, proposed, documents, labels, vectors, random_state=settings.seed)
    return both, 0 if proposed is None else len(proposed.topics)


def effects(workspace: Workspace, config: Config) -> Iterator[tuple[str, DryRun]]:
    """Yield the wording of each question that the codebook has themes for, and what it would do; nothing is kept.

    Raises
    ------
    DoleancesError
        When the workspace has not been tokenised (E202), or the codebook cannot stand (E307).
    """
    settings = config.topics
    assert settings.codebook is not None
    codebook = load_codebook(settings.codebook)
    if workspace.manifest["stages"].get("tokenise", {}).get("status") != "done":
        raise errors.usage("E202", stage="topics --dry-run", needs="tokenise", path=workspace.path)
    named = settings.model if settings.model not in ("auto", "none") else catalogue.DEFAULT_MODEL
    vectors = bundle.load(catalogue.locate(named, workspace.path)).vectors
    workspace.clear("staging/topics")  # what a stage that was cut short left there may be of other answers
    try:
        met = set(gathering.gather(workspace, config.execution))
        for question in workspace.read("questions").to_pylist():
            if question["question_id"] in met:
                documents = gathering.documents_of(workspace, [question["question_id"]])
                entries = codebook.leaves(question["question_id"], question["number"])
                if entries:
                    yield question["title"], dry_run(entries, documents, vectors, analyse, random_state=settings.seed)
    finally:
        workspace.clear("staging/topics")


def analyse(texts: list[str]) -> list[Document]:
    """Return the documents of texts, as those of answers are made."""
    return [document(text, tokens) for text, tokens in zip(texts, language.tokens_of(texts), strict=True)]
