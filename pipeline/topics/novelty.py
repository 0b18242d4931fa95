"""What new answers speak of and earlier ones did not: told by a classifier of new against old.

Where nothing tells new answers from old ones, no classifier does (the two-sample test of Lopez-Paz and Oquab 2017).
Where one does, the answers that it takes for new are those that the earlier themes were found without.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.vectors import Floats, remove_component

Mask = npt.NDArray[np.bool_]

LEAST: Final = 15
"""Distinct new answers that a new theme needs."""
LIFT: Final = 4.0
"""How many times as often as an old answer a new one must be taken for new.

Measured on the questions it was tuned on: new answers of the same kind are taken for new 0.8 to 1.5 times as often,
those of a theme that was held out 4.7 times or more.
"""
LEVELS: Final = (0.3, 0.4, 0.5, 0.7, 0.9)
"""Probabilities of being new from which answers are looked at, until one tells them apart."""
FOLDS: Final = 5
_REGULARISATION: Final = 3.0
_MOST: Final = 4000
_CHANCE: Final = 1e-4
"""How rarely chance alone may take as many new answers for new."""


def novel(embedding: Floats, new: Mask, component: Floats, *, random_state: int = 0) -> Mask:
    """Say which of the new texts speak of something that the old ones do not.

    Parameters
    ----------
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors of distinct texts.
    new : ndarray of bool, shape (n_texts,)
        Which of them came now.
    component : ndarray, shape (n_dimensions,)
        What all texts of the question share.
    random_state : int
        Seed of the parts of the cross-validation, and of the sample of the old texts.

    Returns
    -------
    ndarray of bool, shape (n_texts,)
        True for new texts alone; none where new and old cannot be told apart.

    Raises
    ------
    ValueError
        When texts and `new` are of different lengths.
    """
    if len(embedding) != len(new):
        raise ValueError(f"{len(new)} marks for {len(embedding)} texts")
    found = np.zeros(len(new), dtype=bool)
    rng = np.random.default_rng(random_state)
    old_places, new_places = (_some(np.flatnonzero(which), rng) for which in (~new, new))
    if min(len(old_places), len(new_places)) < LEAST:
        return found
    places = np.concatenate([old_places, new_places])
    is_new = np.arange(len(places)) >= len(old_places)
    vectors = remove_component(embedding[places], component).astype(np.float64)
    probability = _held_out(vectors, is_new, random_state)
    for level in LEVELS:
        taken = probability > level
        if _tells(taken, is_new):
            found[places[taken & is_new]] = True
            if len(new_places) < new.sum():  # those beyond the sample are told by all that was learned
                rest = np.setdiff1d(np.flatnonzero(new), new_places)
                learned = _classifier(random_state).fit(vectors, is_new)
                more = learned.predict_proba(remove_component(embedding[rest], component).astype(np.float64))[:, 1]
                found[rest[more > level]] = True
            break
    return found


def _some(places: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return places if len(places) <= _MOST else np.sort(rng.choice(places, _MOST, replace=False))


def _classifier(random_state: int):  # type: ignore[no-untyped-def]  # scikit-learn has no types
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_REGULARISATION, class_weight="balanced", max_iter=300, random_state=random_state)


def _held_out(vectors: npt.NDArray[np.float64], is_new: Mask, random_state: int) -> npt.NDArray[np.float64]:
    """Return how likely each text is to be new, by classifiers that did not learn from it."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=random_state)
    probability: npt.NDArray[np.float64] = cross_val_predict(
        _classifier(random_state), vectors, is_new, cv=folds, method="predict_proba"
    )[:, 1]
    return probability


def _tells(taken: Mask, is_new: Mask) -> bool:
    from scipy.stats import binomtest

    n_taken = int((taken & is_new).sum())
    old_share = max(float(taken[~is_new].mean()), 1 / len(taken))
    if n_taken < LEAST or taken[is_new].mean() < LIFT * old_share:
        return False
    return bool(binomtest(n_taken, int(is_new.sum()), old_share, alternative="greater").pvalue < _CHANCE)
