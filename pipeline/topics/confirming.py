"""Keep the sub-themes that the words of the texts confirm: one half of a text must tell which part the other is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.assigner import fit_assigner
from pipeline.topics.hierarchy import Division, numbered
from pipeline.topics.merging import renumber
from pipeline.topics.vectors import Floats, WordVectors, common_component

Ints = npt.NDArray[np.int64]

LEAST_AGREEMENT: Final = 0.2
"""How well the two halves of a text must agree on its sub-theme, by Cohen's κ.

Of answers whose words are dealt out anew among them, 35 of 91 themes are divided, with κ at .13 at most, and none is
confirmed. Of true answers 46 of 83 are, and 37 are confirmed; of the other nine about three read well, the rest are
texts with a word beside texts with another (« écouter », « écoute », « laisser »).
"""
FOLDS: Final = 5
HALVINGS: Final = 5


def confirm(
    division: Division, documents: Sequence[Sequence[str]], vectors: WordVectors, random_state: int = 0
) -> Division:
    """Return a division without the sub-themes of themes in which one half of a text does not tell the other's.

    Words of one sub-theme stand together in texts. So the kinds of words of each text are halved by chance, and both
    halves are given to the sub-themes by a classifier that has learned from other texts (`fit_assigner`,
    cross-validated). Where the halves agree no better than chance would have them (Cohen 1960: κ, the mean of HALVINGS
    halvings, is under LEAST_AGREEMENT), the parts are but texts with this word and texts without it, and the theme
    stays whole.

    Parameters
    ----------
    division : Division
        What `hierarchy.divide` or `hierarchy.from_tree` gives.
    documents : sequence of sequences of str, length n_texts
        Terms of each text.
    vectors : WordVectors
        Vectors of the words.
    random_state : int
        Seed of halves and folds.

    Raises
    ------
    ValueError
        When there is not a document for each text of the division.
    """
    if len(documents) != len(division.leaves):
        raise ValueError(f"{len(division.leaves)} labels for {len(documents)} texts")
    component = common_component(vectors.embed(documents))
    parts = []
    for theme in range(max(division.parent_of, default=-1) + 1):
        inside = np.flatnonzero(division.themes == theme)
        found = renumber(division.leaves[inside])
        if theme in division.divided:
            agreement = _agreement([documents[i] for i in inside.tolist()], found, vectors, component, random_state)
            found = found if agreement >= LEAST_AGREEMENT else np.zeros_like(found)
        parts.append(found)
    return numbered(division.themes, parts)


def _agreement(
    documents: list[Sequence[str]], parts: Ints, vectors: WordVectors, component: Floats, random_state: int
) -> float:
    """Return how well the halves of texts agree on their part, 0 where this cannot be told."""
    from sklearn.metrics import cohen_kappa_score

    if np.bincount(parts).min() < FOLDS:
        return 0.0
    chance = np.random.default_rng(random_state)
    whole, n_parts = vectors.embed(documents), int(parts.max()) + 1
    order = chance.permutation(len(parts))
    folds = np.empty_like(parts)
    folds[order[np.argsort(parts[order], kind="stable")]] = np.arange(len(parts)) % FOLDS  # each part in all of them
    learned = [
        fit_assigner(whole[folds != fold], parts[folds != fold], n_parts, component, random_state)
        for fold in range(FOLDS)
    ]
    kinds = [sorted(set(document)) for document in documents]
    found = []
    for _ in range(HALVINGS):
        dealt = [[words[i] for i in chance.permutation(len(words)).tolist()] for words in kinds]
        halves = [vectors.embed([words[first::2] for words in dealt]) for first in (0, 1)]
        told = np.flatnonzero(halves[0].any(axis=1) & halves[1].any(axis=1))
        votes = np.zeros((2, len(parts)), dtype=np.int64)
        for fold, assigner in enumerate(learned):
            for vote, half in zip(votes, halves, strict=True):
                vote[folds == fold] = assigner.probabilities(half[folds == fold]).argmax(axis=1)
        # κ is not defined where all votes are for one part.
        differ = len(np.unique(votes[:, told])) > 1
        found.append(float(cohen_kappa_score(*votes[:, told])) if differ else 0.0)
    return float(np.mean(found))
