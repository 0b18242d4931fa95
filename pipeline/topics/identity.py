"""Themes that are fitted again keep their identity: which new theme is which old one, and what became of the others.

Old and new themes are paired by the texts they share and by their centroids (an assignment problem: Kuhn 1955, solved
by `scipy.optimize.linear_sum_assignment`). What is not paired is told apart by where its texts come from or went, as
in the tracking of communities (Greene, Doyle and Cunningham 2010: continuation, split, merge, birth, death).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.theme_files import Topic
from pipeline.topics.vectors import Floats, unit_rows
from pipeline.topics.warm_start import Counts, means_of

MEMBERS_WEIGHT: Final = 0.5
"""How much shared texts weigh against the nearness of centroids."""
THRESHOLD: Final = 0.5
"""Pairs whose score is lower are not the same theme: they would share less than about a quarter of their texts."""
MOST: Final = 0.5
"""A theme comes from (or went into) another when more than this share of its texts did."""


@dataclass(frozen=True)
class Matching:
    """What became of the old themes.

    Parameters
    ----------
    topics : tuple of Topic
        The new themes, in their order, with their final ids and lineage.
    gone : tuple of Topic
        The old themes that no new one goes on with, in their order; the last entry of their
        lineage says what they became (``merged_into`` or ``retired``).
    pairs : tuple of (int, int)
        Old and new theme (positions) that are the same, by old position.
    kept_share : float
        Share of the texts in an old and a new theme that are in the same theme (1.0 when there are none).
    """

    topics: tuple[Topic, ...]
    gone: tuple[Topic, ...]
    pairs: tuple[tuple[int, int], ...]
    kept_share: float


def shared_texts(old_labels: Counts, new_labels: Counts, n_old: int, n_new: int) -> Counts:
    """Count the texts in each old and new theme, int64 of shape (n_old, n_new).

    Parameters
    ----------
    old_labels, new_labels : ndarray of int, shape (n_texts,)
        Theme that the old and the new model give each text, -1 for none. All texts of the new
        fit can be given: the old model says of later texts, too, where they belong.
    """
    both = (old_labels >= 0) & (new_labels >= 0)
    cells = old_labels[both].astype(np.int64) * n_new + new_labels[both]
    counted: Counts = np.bincount(cells, minlength=n_old * n_new).reshape(n_old, n_new).astype(np.int64)
    return counted


def similarity_of_centroids(
    embedding: Floats, old_labels: Counts, new_labels: Counts, n_old: int, n_new: int
) -> npt.NDArray[np.float64]:
    """Return the cosine of the mean vectors of old and new themes, shape (n_old, n_new); 0 for a theme without texts.

    Parameters
    ----------
    embedding : ndarray, shape (n_texts, n_dimensions)
        Vectors less their common component (`vectors.remove_component`): with it, all themes look alike.
    old_labels, new_labels : ndarray of int, shape (n_texts,)
        Theme of each text, -1 for none.
    """
    old = unit_rows(means_of(embedding, old_labels, n_old).astype(np.float32))
    new = unit_rows(means_of(embedding, new_labels, n_new).astype(np.float32))
    cosine: npt.NDArray[np.float64] = np.clip((old @ new.T).astype(np.float64), -1.0, 1.0)
    return cosine


def scores(overlap: Counts, similarity: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how much each old theme is like each new one: the weighted mean of Jaccard index and cosine (from 0)."""
    union = overlap.sum(axis=1, keepdims=True) + overlap.sum(axis=0, keepdims=True) - overlap
    jaccard = np.divide(overlap, union, out=np.zeros(overlap.shape), where=union > 0)
    mixed: npt.NDArray[np.float64] = MEMBERS_WEIGHT * jaccard + (1 - MEMBERS_WEIGHT) * np.clip(similarity, 0.0, 1.0)
    return mixed


def match(
    old: Sequence[Topic],
    new: Sequence[Topic],
    overlap: Counts,
    similarity: npt.NDArray[np.floating[Any]],
    *,
    model: str,
    threshold: float = THRESHOLD,
    reserved: Collection[str] = (),
) -> Matching:
    """Give new themes the ids of the old ones they go on with, and say in their lineage what happened.

    Parameters
    ----------
    old, new : sequences of Topic
        Themes of one question before and after.
    overlap, similarity : ndarrays of int and of float, shape (n_old, n_new)
        What `shared_texts` and `similarity_of_centroids` return.
    model : str
        Name and version of the new model, for the lineage.
    threshold : float
        Lowest score (`scores`) of two themes that are the same.
    reserved : collection of str
        Ids that no new theme may get beside those of `old`: themes retired earlier, themes of other questions.

    Returns
    -------
    Matching
        The order of `old` and `new` changes nothing but the order of what is returned.

    Raises
    ------
    ValueError
        When shapes do not fit, a count is negative, a similarity is not finite, or an old id stands there twice.
    """
    overlap, cosine = _checked(old, new, overlap, similarity)
    pairs = _assign(old, new, overlap, scores(overlap, cosine), threshold)
    old_of = {j: i for i, j in pairs}
    new_of = dict(pairs)
    ids = _final_ids(old, new, old_of, model, reserved)
    topics = []
    for j, topic in enumerate(new):
        if j in old_of:
            before = old[old_of[j]]
            event = "kept" if before.label == topic.label else "renamed"
            lineage = (*before.lineage, _event(event, None, model))
        else:
            source = _most(overlap[:, j])
            origin = old[source].topic_id if source is not None and source in new_of else None
            lineage = (_event("split_from" if origin else "created", origin, model),)
        topics.append(replace(topic, topic_id=ids[j], lineage=lineage))
    gone = []
    for i, topic in enumerate(old):
        if i not in new_of:
            heir = _most(overlap[i])
            last = _event("retired", None, model) if heir is None else _event("merged_into", ids[heir], model)
            gone.append(replace(topic, lineage=(*topic.lineage, last)))
    total = int(overlap.sum())
    stayed = sum(int(overlap[i, j]) for i, j in pairs)
    return Matching(tuple(topics), tuple(gone), pairs, stayed / total if total else 1.0)


def _checked(
    old: Sequence[Topic], new: Sequence[Topic], overlap: Counts, similarity: npt.NDArray[np.floating[Any]]
) -> tuple[Counts, npt.NDArray[np.float64]]:
    counts, cosine = np.asarray(overlap, dtype=np.int64), np.asarray(similarity, dtype=np.float64)
    shape = (len(old), len(new))
    for name, array in (("overlap", counts), ("similarity", cosine)):
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, not {shape}")
    if (counts < 0).any():
        raise ValueError("overlap holds negative counts")
    if not np.isfinite(cosine).all():
        raise ValueError("similarity holds values that are not numbers")
    if len({topic.topic_id for topic in old}) != len(old):
        raise ValueError("two old topics have the same id")
    return counts, cosine


def _assign(
    old: Sequence[Topic], new: Sequence[Topic], overlap: Counts, score: npt.NDArray[np.float64], threshold: float
) -> tuple[tuple[int, int], ...]:
    from scipy.optimize import linear_sum_assignment

    # Of assignments that are equally good the solver takes one by their order: so it gets them in a settled one.
    rows = sorted(range(len(old)), key=lambda i: (-int(overlap[i].sum()), old[i].topic_id))
    columns = sorted(range(len(new)), key=lambda j: (-int(overlap[:, j].sum()), new[j].topic_id, new[j].label))
    # A pair under the threshold is worth nothing, lest it take the place of one above.
    worth = np.where(score >= threshold, score, 0.0)[np.ix_(rows, columns)]
    found = ((rows[r], columns[c]) for r, c in zip(*linear_sum_assignment(worth, maximize=True), strict=True))
    return tuple(sorted((i, j) for i, j in found if score[i, j] >= threshold))


def _final_ids(
    old: Sequence[Topic], new: Sequence[Topic], old_of: dict[int, int], model: str, reserved: Collection[str]
) -> list[str]:
    taken = {topic.topic_id for topic in old} | set(reserved)
    taken |= {entry["topic_id"] for topic in old for entry in topic.lineage if entry["topic_id"]}
    ids = []
    for j, topic in enumerate(new):
        if j in old_of:
            ids.append(old[old_of[j]].topic_id)
            continue
        candidate, attempt = topic.topic_id, 0
        while candidate in taken:  # words as those of an old theme, and yet another theme
            attempt += 1
            content = "\0".join((topic.topic_id, model, str(attempt)))
            candidate = "t-" + hashlib.blake2b(content.encode("utf-8"), digest_size=6).hexdigest()
        taken.add(candidate)
        ids.append(candidate)
    return ids


def _event(event: str, topic_id: str | None, model: str) -> dict[str, Any]:
    """Return an entry of a lineage; `topic_id` is the other theme concerned, where there is one."""
    return {"event": event, "topic_id": topic_id, "model": model}


def _most(counts: Counts) -> int | None:
    """Return the place that holds most of what is counted, None where none does."""
    if not counts.sum():
        return None
    first = int(counts.argmax())
    return first if counts[first] > MOST * counts.sum() else None
