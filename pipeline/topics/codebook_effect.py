"""What a codebook would do to the answers of a workspace, for a person to see before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipeline import catalogue, errors
from pipeline.config import Config
from pipeline.topics import bundle, gathering
from pipeline.topics.codebook import CodebookEntry
from pipeline.topics.codebook_fitting import Analyse, codebook_themes
from pipeline.topics.coding import analyse, load_codebook
from pipeline.topics.documents import Document
from pipeline.topics.vectors import WordVectors
from pipeline.workspace import Workspace

EXAMPLES: Final = 2


@dataclass(frozen=True)
class DryRunRow:
    """What one theme of a codebook would get: how many answers, their share of all, and the texts that fit best."""

    label: str
    n_documents: int
    share: float
    examples: tuple[str, ...]


@dataclass(frozen=True)
class DryRun:
    """What a codebook would do to the answers of a question."""

    rows: tuple[DryRunRow, ...]
    n_unfitted: int
    unfitted_share: float


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


def dry_run(
    codebook_entries: Sequence[CodebookEntry],
    documents: Sequence[Document],
    vectors: WordVectors,
    analyse: Analyse,
    *,
    random_state: int = 0,
) -> DryRun:
    """Return what `codebook_themes` would do, for a person to see before anything is written."""
    _, labels, scores = codebook_themes(
        codebook_entries,
        documents,
        vectors,
        analyse,
        questionnaire=None,
        question_id=None,
        model="",
        random_state=random_state,
    )
    total = max(len(documents), 1)
    rows = []
    for k, entry in enumerate(codebook_entries):
        members = np.flatnonzero(labels == k)
        best = members[np.argsort(-scores[members, k], kind="stable")]
        texts = tuple(dict.fromkeys(documents[int(i)].text for i in best))[:EXAMPLES]
        rows.append(DryRunRow(entry.label, len(members), len(members) / total, texts))
    none = int((labels < 0).sum())
    return DryRun(tuple(rows), none, none / total)
