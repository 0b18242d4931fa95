"""The themes of one question when the workspace holds on to an earlier model (`anchoring`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from pipeline.config import TopicsConfig
from pipeline.tables import PROPOSED
from pipeline.topics import planning
from pipeline.topics.anchoring import Anchor
from pipeline.topics.bundle import Bundle
from pipeline.topics.clustering import choose_number
from pipeline.topics.documents import Document
from pipeline.topics.extending import extend
from pipeline.topics.fitting import distinct, fit_question
from pipeline.topics.refitting import GROWN
from pipeline.topics.theme_files import ThemeSet

LOCAL: Final = "local"  # name of the models that are fitted in a workspace
FITTED: Final = "fitted"
"""Where model.json says, by question, how many distinct answers its themes were found among."""


def go_on_with(
    anchor: Anchor,
    parent: Bundle,
    shipped: Bundle,
    documents: Sequence[Document],
    answers: Sequence[str],
    earlier: Collection[str] | None,
    settings: TopicsConfig,
    *,
    question_id: str,
    questionnaire: str | None,
    model: str,
    asked: Collection[str],
) -> tuple[planning.Choice, int, ThemeSet] | None:
    """Return what a question gets of the earlier model, how many answers its themes are from, and these themes.

    None where the model has no themes of its own for it.

    Parameters
    ----------
    shipped : Bundle
        The model that ships, for questions that had its themes.
    documents : sequence of Document
        All whole answers.
    answers : sequence of str
        The answer that each of them is.
    earlier : collection of str or None
        The answers that the model was made from.
    """
    before, of = parent.sets.get(question_id), parent
    if before is None and earlier and anchor.mode == "extend":
        before, of = shipped.sets.get(question_id), shipped  # what it had: too few answers for themes of its own
    if before is None:
        return None
    different = distinct(documents, of.vectors)
    fitted = _fitted_on(of, before, question_id)
    if anchor.mode == "use":
        return planning.Choice("kept", f"themes of {of.reference}, as they are"), fitted, before
    known = None if earlier is None else set(earlier)
    new = [known is not None and answer not in known for answer in answers]
    themes = extend(
        before,
        documents,
        new,
        of.vectors,
        model=model,
        minimum_score=settings.minimum_score,
        random_state=settings.seed,
        asked=asked,
    )
    n_new = len(themes.topics) - len(before.topics)
    protected = {topic.topic_id for topic in (*before.topics, *before.subtopics)} & set(anchor.protected)
    found = all(topic.status == PROPOSED for topic in before.topics)  # themes that people wrote are not found again
    if found and not n_new and len(different) >= GROWN * fitted and not protected and of is not shipped:
        # Found among fewer answers than there are now: more of them may tell more themes apart.
        n_topics = max(len(before.topics), choose_number(min(len(different), settings.fit_sample)))
        refitted = fit_question(
            documents,
            of.vectors,
            settings,
            questionnaire=questionnaire,
            question_id=question_id,
            model=model,
            asked=asked,
            n_topics=n_topics,
            before=before,
        )
        if refitted is not None:
            reason = f"themes of {of.reference} found again, for {GROWN} times as many answers or more"
            return planning.Choice("own", reason), len(different), refitted
    added = f", and {n_new} proposed for what is new" if n_new else ""
    return planning.Choice("own", f"themes of {of.reference} kept{added}"), fitted, themes


def noted(parent: Bundle) -> dict[str, int]:
    """Return how many distinct answers the themes of each question were found among, where the model says it."""
    found: Any = parent.created_from.get(FITTED)
    return {str(key): int(n) for key, n in found.items()} if isinstance(found, dict) else {}


def _fitted_on(parent: Bundle, before: ThemeSet, question_id: str) -> int:
    return noted(parent).get(question_id) or sum(topic.n_answers for topic in before.topics)


def carried(parent: Bundle | None, fitted: dict[str, ThemeSet]) -> dict[str, ThemeSet]:
    """Return the themes of the new model: those found now, and those of questions that nobody answered this time."""
    if parent is None or parent.name != LOCAL:
        return fitted
    return dict(parent.sets) | fitted
