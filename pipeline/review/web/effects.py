"""What a decision on themes would do to the answers, counted by a replay before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.review.activity import Trouble
from pipeline.review.decisions import Decision
from pipeline.review.themes import ReviewedThemes
from pipeline.review.web.corpus import Corpus, Ints
from pipeline.review.web.counting import Codes, Given, QuestionView, moved, view
from pipeline.review.web.state import State


@dataclass(frozen=True)
class Effect:
    """How many answers a decision touches.

    Parameters
    ----------
    changed : int
        Answers that have other themes then, or whose theme is under another one.
    without : int
        Those of them that have no theme then.
    relabelled : int
        Answers whose theme, the same, has another label.
    rows : array
        The rows of those that change.
    before, after : mapping
        Answers by theme (those of sub-themes too), of the themes of which this number changes.
    trouble : Trouble, optional
        Why it would not be carried out.
    """

    changed: int
    without: int
    relabelled: int
    rows: Ints
    before: Mapping[str, int]
    after: Mapping[str, int]
    trouble: Trouble | None = None


def effect(corpus: Corpus, codes: Codes, state: State, question: int, now: QuestionView, decision: Decision) -> Effect:
    """Return what a decision would do to the answers to a question.

    Parameters
    ----------
    now : QuestionView
        The question as it is.
    """
    themes = state.with_themes(decision)
    trouble = next((one for one in themes.troubles if one.decision.decision_id == decision.decision_id), None)
    for row in themes.rows:
        codes(row["topic_id"])
    inside = corpus.questions[question]["question_id"]
    verdicts = state.with_verdicts(themes, inside)
    then = view(corpus, codes, question, moved(corpus, codes, question, themes), verdicts, themes.rows)
    rows = np.union1d(
        np.setdiff1d(_keys(codes, state.themes, now.given), _keys(codes, themes, then.given)) >> 40,
        np.setdiff1d(_keys(codes, themes, then.given), _keys(codes, state.themes, now.given)) >> 40,
    )
    sizes = {key for key in {*now.whole, *then.whole} if now.size(key) != then.size(key)}
    labels = {row["topic_id"]: row["label"] for row in themes.rows}
    renamed = [
        row["topic_id"] for row in state.themes.rows if labels.get(row["topic_id"], row["label"]) != row["label"]
    ]
    return Effect(
        changed=len(rows),
        without=int(np.count_nonzero(~np.isin(rows, then.given.row))),
        relabelled=sum(then.size(key) for key in renamed),
        rows=rows,
        before={key: now.size(key) for key in sorted(sizes)},
        after={key: then.size(key) for key in sorted(sizes)},
        trouble=trouble,
    )


def _keys(codes: Codes, themes: ReviewedThemes, given: Given) -> Ints:
    """Return a number for each pair of a row with its theme and the theme that this is under."""
    parents = np.arange(len(codes.ids) + 1, dtype=np.int64)
    for row in themes.rows:
        if row["parent_id"] is not None:
            parents[codes(row["topic_id"])] = codes(row["parent_id"])
    return (given.row << 40) | (given.topic << 20) | parents[given.topic]
