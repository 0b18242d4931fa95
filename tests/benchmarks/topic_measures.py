"""How far themes follow those of people, how their terms hang together, how their names compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

from pipeline.topics.keyness import keyness
from pipeline.topics.vectors import count_matrix
from tests.benchmarks.topic_gold import Question, documents_of

Ints = npt.NDArray[np.int64]

AGREEMENT: Final = {
    "AMI": adjusted_mutual_info_score,
    "NMI": normalized_mutual_info_score,
    "ARI": adjusted_rand_score,
}
TOP_TERMS: Final = 10


def agreement(gold: Sequence[int], labels: Ints) -> dict[str, float]:
    """Return AMI, NMI and ARI; the label -1 (« outliers », of BERTopic) counts as one class."""
    return {name: round(float(measure(gold, labels)), 4) for name, measure in AGREEMENT.items()}


def top_terms(documents: Sequence[Sequence[str]], labels: Ints) -> list[list[str]]:
    """Return the TOP_TERMS most specific terms of each class (signed G²), by the same rule for every method."""
    classes = sorted(set(labels.tolist()) - {-1})
    numbered = np.full(len(labels), -1, dtype=np.int64)
    for i, label in enumerate(classes):
        numbered[labels == label] = i
    vocabulary = sorted({term for document in documents for term in document})
    scores = keyness(count_matrix(documents, {term: i for i, term in enumerate(vocabulary)}), numbered, len(classes))
    orders = np.argsort(-scores, axis=1, kind="stable")[:, :TOP_TERMS]
    return [[vocabulary[i] for i in order if row[i] > 0] for order, row in zip(orders, scores, strict=True)]


def diversity(tops: Sequence[Sequence[str]]) -> float:
    """Return the share of distinct terms among the top terms of all classes (Dieng, Ruiz and Blei 2020, section 5)."""
    listed = [term for top in tops for term in top]
    return len(set(listed)) / len(listed) if listed else 0.0


def npmi(tops: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """Return the mean normalised pointwise mutual information of pairs of top terms, mean over classes.

    Two terms are together when one document of `reference` holds both (Bouma 2009, equation 7; Lau, Newman and Baldwin
    2014); those that never are get -1.
    """
    holding: dict[str, set[int]] = {term: set() for top in tops for term in top}
    for number, document in enumerate(reference):
        for term in set(document) & holding.keys():
            holding[term].add(number)
    means = []
    for top in tops:
        pairs = [_pair(holding[a], holding[b], len(reference)) for a, b in combinations(top, 2)]
        if pairs:
            means.append(sum(pairs) / len(pairs))
    return float(np.mean(means)) if means else 0.0


def _pair(first: set[int], second: set[int], n: int) -> float:
    both = len(first & second)
    if not both:
        return -1.0
    if both == n:
        return 1.0
    return float(np.log(both * n / (len(first) * len(second))) / -np.log(both / n))


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
    return {"matched": len(rows), "share": round(sum(bool(row["shared"]) for row in rows) / max(1, len(rows)), 4),
            "pairs": rows}  # fmt: skip


def sample_f1(found: Sequence[Collection[int]], gold: Sequence[Collection[int]]) -> float:
    """Return the F1 of the themes of each answer, mean over answers."""
    scores = [
        2 * len(set(a) & set(b)) / (len(set(a)) + len(set(b))) if a or b else 1.0
        for a, b in zip(found, gold, strict=True)
    ]
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


def firsts(rows: Sequence[dict[str, Any]], ours: str, name: str = "AMI") -> tuple[int, int]:
    """Return on how many questions the mean of `ours` over seeds beats that of every other method, and of how many."""
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        sums.setdefault(row["question"], Counter())[row["method"]] += row[name]
    first = sum(totals[ours] >= max(totals.values()) for totals in sums.values())
    return first, len(sums)
