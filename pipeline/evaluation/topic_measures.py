"""How far themes follow those of people, and how their names compare."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

from pipeline.evaluation.texts import documents_of
from pipeline.evaluation.topic_gold import Question

Ints = npt.NDArray[np.int64]

AGREEMENT: Final = {
    "AMI": adjusted_mutual_info_score,
    "NMI": normalized_mutual_info_score,
    "ARI": adjusted_rand_score,
}
"""Measures of two partitions, as scikit-learn has them.

AMI: mutual information adjusted for chance (Vinh, Epps and Bailey 2010), over the arithmetic mean of the entropies;
NMI: mutual information over the same mean (the V-measure of Rosenberg and Hirschberg 2007); ARI: the share of pairs
that are together or apart in both, adjusted for chance (Hubert and Arabie 1985).
"""


def agreement(gold: Sequence[int], labels: Ints) -> dict[str, float]:
    """Return AMI, NMI and ARI; the label -1 (no theme; « outliers », of BERTopic) counts as one class."""
    return {name: round(float(measure(gold, labels)), 4) for name, measure in AGREEMENT.items()}


def matched(together: npt.NDArray[Any]) -> dict[int, int]:
    """Return the human theme of each topic, one to one, so that most answers agree (Kuhn 1955); none where none does.

    Parameters
    ----------
    together : ndarray, shape (n_topics, n_themes)
        How many answers have both.
    """
    topics, themes = linear_sum_assignment(together, maximize=True)
    return {int(a): int(b) for a, b in zip(topics, themes, strict=True) if together[a, b] > 0}


def contingency(labels: Ints, gold: Sequence[int], n_topics: int, n_themes: int) -> Ints:
    """Return how many texts have each topic and each theme, shape (n_topics, n_themes); -1 is no topic."""
    counts = np.zeros((n_topics, n_themes), dtype=np.int64)
    used = labels >= 0
    np.add.at(counts, (labels[used], np.asarray(gold)[used]), 1)
    return counts


def label_quality(names: Sequence[str], labels: Ints, question: Question) -> dict[str, Any]:
    """Return the share of matched topics whose name shares a content lemma with the name of the human theme.

    Parameters
    ----------
    names : sequence of str, length n_topics
        Our label of each topic.
    labels : ndarray of int, shape (len(question.single),)
        Topic of each answer.
    """
    pairs = matched(contingency(labels, question.gold, len(names), len(question.kept)))
    ours = [set(document.terms) for document in documents_of([name.lower() for name in names])]
    theirs = [set(document.terms) for document in documents_of([name.lower() for name in question.kept])]
    rows = [
        {"theme": question.kept[b], "label": names[a], "shared": sorted(ours[a] & theirs[b])}
        for a, b in sorted(pairs.items())
    ]
    share = sum(bool(row["shared"]) for row in rows) / max(1, len(rows))
    return {"matched": len(rows), "share": round(share, 4), "pairs": rows}


def answer_f1(found: Sequence[Collection[Any]], gold: Sequence[Collection[Any]]) -> list[float]:
    """Return the F1 of the themes of each answer: twice those in both over those in either, 1 where there are none.

    The F1 by example (Godbole and Sarawagi 2004; Tsoumakas, Katakis and Vlahavas 2010, section 7).
    """
    return [
        2 * len(set(a) & set(b)) / (len(set(a)) + len(set(b))) if a or b else 1.0
        for a, b in zip(found, gold, strict=True)
    ]


def sample_f1(found: Sequence[Collection[Any]], gold: Sequence[Collection[Any]]) -> float:
    """Return the F1 of the themes of each answer, mean over answers."""
    scores = answer_f1(found, gold)
    return float(np.mean(scores)) if scores else 0.0


def multi_theme(found: Sequence[Collection[int]], best: Ints, n_topics: int, question: Question) -> float:
    """Return the sample-F1 over the answers with several themes, topics matched on those with one.

    Parameters
    ----------
    found : sequence of collections of int, length n_answers
        Topics of each answer of the question.
    best : ndarray of int, shape (n_answers,)
        The best topic of each, -1 for none, which the matching goes by.
    """
    counts = contingency(best[list(question.single)], question.gold, n_topics, len(question.kept))
    theme_of = matched(counts)
    place = {theme: i for i, theme in enumerate(question.kept)}
    gold = [{place[theme] for theme in question.themes[i] if theme in place} for i in question.several]
    # A topic that is matched to no theme stays a wrong one.
    given = [{theme_of.get(topic, -1 - topic) for topic in found[i]} for i in question.several]
    return round(sample_f1(given, gold), 4)


def mean_and_spread(rows: Sequence[dict[str, Any]], name: str) -> tuple[float, float]:
    """Return the mean over questions and seeds, and the standard deviation over seeds of the mean over questions."""
    seeds = sorted({row["seed"] for row in rows})
    means = [np.mean([row[name] for row in rows if row["seed"] == seed]) for seed in seeds]
    return round(float(np.mean(means)), 4), round(float(np.std(means)), 4)
