"""The ways to find groups of texts, behind one function; each algorithm has a file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from pipeline.topics import clustering
from pipeline.topics.hierarchy import Division, divide, from_tree
from pipeline.topics.merging import merge_tiny, renumber
from pipeline.topics.nmf import factorise
from pipeline.topics.reinert import least_size, reinert
from pipeline.topics.reinert_double import reinert_double
from pipeline.topics.stability import Curve, candidates, choose, stability_curve, topic_stability
from pipeline.topics.vectors import WordVectors

Method = Literal["vectors", "reinert", "nmf"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)


@dataclass(frozen=True)
class Groups:
    """What a method found.

    Parameters
    ----------
    labels : ndarray of int64, shape (n_documents,)
        Group of each document, 0 … n_groups - 1, largest first (then the one with the first document), none empty; -1
        for a document in none.
    curve : Curve or None
        How stable each number of groups was, where the number was chosen by it.
    sought : int or None
        The number that was chosen; there are fewer groups where tiny ones were merged.
    stability : ndarray of float64, shape (n_groups,), or None
        How well each group is found again among samples of the documents (`stability.topic_stability`); None for
        methods that do not say.
    division : Division or None
        The groups cut into parts, where the method tells; the words of the texts have not confirmed them yet
        (`confirming.confirm`).
    """

    labels: npt.NDArray[np.int64]
    curve: Curve | None = None
    sought: int | None = None
    stability: npt.NDArray[np.float64] | None = None
    division: Division | None = None


def group(
    method: Method,
    documents: Sequence[Sequence[str]],
    vectors: WordVectors,
    n_topics: int | None,
    *,
    neighbours: int = 30,
    random_state: int = 0,
    start: npt.NDArray[np.int64] | None = None,
    answers: npt.NDArray[np.int64] | None = None,
) -> Groups:
    """Group documents.

    Parameters
    ----------
    method : {"vectors", "reinert", "nmf"}
        ``vectors``: word vectors beside latent semantic analysis, UMAP, k-means (`clustering`); ``reinert``: descending
        hierarchical classification (`reinert`, of segments in two sizes `reinert_double`); ``nmf``: non-negative matrix
        factorisation (`nmf`).
    documents : sequence of sequences of str
        Terms of each document.
    vectors : WordVectors
        Vectors of their words; only ``vectors`` looks at them.
    n_topics : int or None
        How many groups to look for; fewer where the documents do not hold as many. None: ``vectors`` chooses by
        stability about the rule of thumb (`stability.choose`), the others take the rule (`clustering.choose_number`).
    neighbours, random_state, start
        See `clustering.space_of` and `clustering.cut`; only ``vectors`` looks for the groups of an earlier fit, as many
        as it had.
    answers : ndarray of int, shape (n_documents,), optional
        Where the documents are segments, the answer that each is part of. Only ``reinert`` looks at it: it joins
        segments into units of two sizes.

    Notes
    -----
    Where ``vectors`` chooses the number itself, groups with fewer texts than a tenth of the mean one (or than three)
    are merged into the nearest (`merging.merge_tiny`); as many as a person asked for stay.
    """
    rule = clustering.choose_number(len(documents) if answers is None else len(np.unique(answers)))
    if method == "reinert":
        return _reinert(documents, n_topics or rule, answers)
    if method == "nmf":
        return Groups(renumber(factorise(documents, n_topics or rule, random_state)))
    if not documents:
        return Groups(np.zeros(0, dtype=np.int64))
    features = clustering.features(documents, vectors, random_state)
    # Texts that use their words alike lie in one place, however many they are.
    n_different = len(np.unique(features.round(4), axis=0))
    space = clustering.space_of(features, neighbours=neighbours, random_state=random_state)
    curve = None
    if n_topics is None and start is not None and start.max() >= 0:
        n_topics = int(start.max()) + 1
    if n_topics is None and n_different > 1:
        curve = stability_curve(space, candidates(rule, n_different), random_state=random_state)
        n_topics = choose(curve, rule)
    k = min(n_topics or 1, n_different)
    labels = renumber(clustering.cut(space, k, random_state=random_state, start=start))
    if curve is not None:
        labels = merge_tiny(labels, space)
    stability = topic_stability(space, labels, random_state=random_state)
    return Groups(
        labels, curve, None if curve is None else k, stability, divide(space, labels, random_state=random_state)
    )


def _reinert(documents: Sequence[Sequence[str]], n_topics: int, answers: npt.NDArray[np.int64] | None) -> Groups:
    if answers is not None and len(np.unique(answers)) < len(answers):
        return Groups(reinert_double(documents, answers.tolist(), n_topics).labels)
    # The tree is grown on, so that its later splits divide the classes that the first ones make.
    least = least_size(len(documents), n_topics)
    division = from_tree(reinert(documents, 2 * n_topics, minimum_size=least), n_topics)
    return Groups(division.themes, division=division)
