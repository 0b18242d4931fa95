"""What people decided so far, gathered for the topics stage to learn from."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.learning.lessons import Lessons, SettledTheme
from pipeline.review.answers import Answer
from pipeline.review.replay import Reviewed
from pipeline.tables import PROPOSED, REVIEWER


def lessons_of(found: Reviewed, answers: Mapping[str, Answer]) -> Lessons:
    """Return what decisions teach of themes.

    An answer teaches where people settled all of it, or where it was split off to a theme that they made.

    Parameters
    ----------
    found : Reviewed
        Themes and answers after all decisions.
    answers : mapping
        The answers that decisions speak of, by answer_id, with the themes that the machine gave them.
    """
    taught: dict[str, dict[str, tuple[str, ...]]] = {}
    by_root: dict[str, Answer] = {}
    for answer in answers.values():  # the machine gave themes to the first of copies alone
        if answer.answer_id == answer.root or answer.root not in by_root:
            by_root[answer.root] = answer
    for root, answer in sorted(by_root.items()):
        topic_ids = _settled(root, answer, found)
        if topic_ids is not None:
            taught.setdefault(answer.question_id, {})[root] = topic_ids
    themes = tuple(
        SettledTheme(
            row["topic_id"],
            row["question_id"],
            row["parent_id"],
            row["label"],
            row["definition"],
            by_people=row["lineage"][0]["model"] == REVIEWER if row["lineage"] else False,
            reviewed=row["status"] != PROPOSED,
        )
        for row in sorted(found.themes.rows, key=lambda row: row["topic_id"])
    )
    return Lessons(dict(sorted(taught.items())), themes, dict(sorted(found.themes.moves.items())))


def _settled(root: str, answer: Answer, found: Reviewed) -> tuple[str, ...] | None:
    """Return the themes of an answer of which people settled all, None of any other."""
    verdicts = found.answers.verdicts.get(root, ())
    if any(not one.whole or one.uninformative for one in verdicts):
        return None  # what says nothing is read by nobody, and of a part one does not know the rest
    if verdicts:
        return tuple(sorted(verdicts[-1].topic_ids))
    moved = found.themes.parts.get(root)
    if not moved or not answer.themes:
        return None
    now = {moved.get(one) or found.themes.now(one) for one in answer.themes}
    return tuple(sorted(one for one in now if one is not None))
