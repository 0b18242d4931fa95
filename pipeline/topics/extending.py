"""Keep the themes of an earlier model as they are, and add proposed ones for what new answers bring.

Old themes keep their ids, names and their rows of the classifier; the rows of new themes are learned beside them. So
an old answer changes its theme only where a new theme fits it better.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from pipeline.topics.assigner import REGULARISATION, Assigner
from pipeline.topics.codebook import fold
from pipeline.topics.created import created
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, copies, distinct, known_lengths
from pipeline.topics.labels import name_topics
from pipeline.topics.novelty import LEAST, novel
from pipeline.topics.theme_files import ThemeSet, Topic
from pipeline.topics.vectors import Floats, WordVectors, remove_component

Ints = npt.NDArray[np.int64]

MOST_NEW: Final = 6
"""New themes of one question at one retrain, at the most."""
SPREAD: Final = 0.7
"""New answers are one theme when they lie together at least this much as those of the old themes do."""
_SAMPLE: Final = 4000


def extend(
    before: ThemeSet,
    documents: Sequence[Document],
    new: Sequence[bool],
    vectors: WordVectors,
    *,
    model: str,
    minimum_score: float,
    random_state: int = 0,
    asked: Collection[str] = (),
) -> ThemeSet:
    """Return the themes of `before` and those that new answers bring.

    Parameters
    ----------
    before : ThemeSet
        The themes of the earlier model.
    documents : sequence of Document
        All whole answers, copies included.
    new : sequence of bool
        Which of them came after the earlier model.
    vectors : WordVectors
        Vectors of their words.
    model : str
        Name and version of the new model, for the lineage.
    minimum_score, random_state, asked
        See `fitting.fit_themes`.
    """
    different = distinct(documents, vectors)
    embedding = vectors.embed([document.terms for document in different])
    old_terms = {document.terms for document, is_new in zip(documents, new, strict=True) if not is_new}
    is_new = np.asarray([document.terms not in old_terms for document in different], dtype=bool)
    component = before.assigner.component
    labels = assign(before.assigner, embedding, minimum_score)
    found = novel(embedding, is_new, component, random_state=random_state) if is_new.any() else is_new
    groups = _groups(remove_component(embedding, component), labels, np.flatnonzero(found), random_state)
    n_old, n_new = len(before.topics), len(groups)
    assigner = before.assigner
    if n_new:
        targets = labels.copy()
        for group, places in enumerate(groups):
            targets[places] = n_old + group
        taught = ~is_new | (targets >= n_old)  # of the other new answers nobody knows yet that they are not new themes
        chosen = _sample(targets, n_old, taught, random_state)
        chance = vectors.embed_chance(known_lengths([different[i].terms for i in chosen], vectors), random_state)
        lessons = np.vstack([embedding[chosen], chance])
        assigner = add_rows(before.assigner, lessons, np.append(targets[chosen], np.full(len(chance), -1)), n_new)
    final = assign(assigner, embedding, minimum_score)
    weights = copies(documents, different)
    sizes = np.bincount(final[final >= 0], weights[final >= 0], minlength=n_old + n_new).astype(int)
    kept = tuple(_kept(topic, int(size), model) for topic, size in zip(before.topics, sizes, strict=False))
    parts = before.subtopics_of(embedding, final)
    within = np.bincount(parts[parts >= 0], weights[parts >= 0], minlength=len(before.subtopics)).astype(int)
    subtopics = tuple(_kept(topic, int(size), model) for topic, size in zip(before.subtopics, within, strict=True))
    return replace(
        before,
        topics=kept + _proposed(before, different, final, n_new, sizes, asked, model),
        assigner=assigner,
        subtopics=subtopics,
    )


def _kept(topic: Topic, size: int, model: str) -> Topic:
    event = {"event": "kept", "topic_id": None, "model": model}
    return replace(topic, n_answers=size, lineage=(*topic.lineage, event))


def _proposed(
    before: ThemeSet,
    different: Sequence[Document],
    final: Ints,
    n_new: int,
    sizes: Ints,
    asked: Collection[str],
    model: str,
) -> tuple[Topic, ...]:
    """Return the new themes, named by their words, with ids and labels that no earlier theme has."""
    if not n_new:
        return ()
    n_old = len(before.topics)
    names = name_topics(different, final, n_old + n_new, asked)[n_old:]
    ids = {topic.topic_id for topic in (*before.topics, *before.subtopics, *before.gone)}
    labels = {fold(topic.label) for topic in before.topics}
    topics = []
    for naming, size in zip(names, sizes[n_old:], strict=True):
        topic = created(before.key, naming, int(size), model)
        label = topic.label
        while fold(label) in labels:
            label += " (nouveau)"
        labels.add(fold(label))
        attempt = 0
        while topic.topic_id in ids:  # words as those of an old theme, and yet another theme
            attempt += 1
            topic = created(f"{before.key}\0{model}\0{attempt}", naming, int(size), model)
        ids.add(topic.topic_id)
        topics.append(replace(topic, label=label))
    return tuple(topics)


def _groups(vectors: Floats, labels: Ints, found: Ints, random_state: int) -> list[Ints]:
    """Cut the texts that are new into as few groups as lie together as the old themes do, largest first."""
    if len(found) < LEAST:
        return []
    from sklearn.cluster import KMeans

    together = [_together(vectors[labels == theme]) for theme in np.unique(labels[labels >= 0])]
    usual = SPREAD * float(np.median(together)) if together else 0.0
    points = vectors[found]
    most = min(MOST_NEW, len(found) // LEAST)
    parts = np.zeros(len(found), dtype=np.int64)
    for k in range(1, most + 1):
        parts = np.zeros(len(found), dtype=np.int64)
        if k > 1:
            parts = KMeans(k, n_init=10, random_state=random_state).fit_predict(points).astype(np.int64)
        if np.average([_together(points[parts == part]) for part in range(k)], weights=np.bincount(parts)) >= usual:
            break
    groups = [found[parts == part] for part in np.unique(parts)]
    return sorted((group for group in groups if len(group) >= LEAST), key=lambda group: (-len(group), int(group[0])))


def _together(points: Floats) -> float:
    """Return the length of the mean of vectors of length one: 1 where all are the same."""
    return float(np.linalg.norm(points.mean(axis=0))) if len(points) else 0.0


def _sample(targets: Ints, n_old: int, taught: npt.NDArray[np.bool_], random_state: int) -> Ints:
    """Return places of texts to learn from: all that are in new themes, as far as they go, and some of the others."""
    rng = np.random.default_rng(random_state)
    chosen = []
    for places in (np.flatnonzero(targets >= n_old), np.flatnonzero(taught & (targets < n_old))):
        chosen.append(places if len(places) <= _SAMPLE else rng.choice(places, _SAMPLE, replace=False))
    return np.sort(np.concatenate(chosen))


def add_rows(before: Assigner, embedding: Floats, targets: Ints, n_new: int) -> Assigner:
    """Return a classifier with `n_new` more topics, whose rows for the earlier ones are as they were.

    Parameters
    ----------
    before : Assigner
        The classifier of n_old topics.
    embedding : ndarray of float32, shape (n_texts, n_dimensions)
        Vectors to learn from.
    targets : ndarray of int64, shape (n_texts,)
        Topic of each text, 0 … n_old + n_new - 1, or -1 for none.
    """
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    centred = remove_component(embedding, before.component).astype(np.float64)
    fixed = centred @ before.coefficients.T.astype(np.float64) + before.intercepts
    fixed = np.hstack([fixed, np.zeros((len(fixed), 1))])  # none
    rest = logsumexp(fixed, axis=1)  # all that stays, as one
    n_old, width = before.n_topics, centred.shape[1]
    wanted = np.zeros((len(targets), n_new))
    for group in range(n_new):
        wanted[:, group] = targets == n_old + group

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        rows = flat.reshape(n_new, width + 1)
        logits = centred @ rows[:, :-1].T + rows[:, -1]
        total = logsumexp(np.hstack([logits, rest[:, None]]), axis=1)
        # The texts of old themes have logits that stay: what varies of their loss is the total alone.
        right = (wanted * logits).sum(axis=1) + (1 - wanted.sum(axis=1)) * rest
        error = np.exp(logits - total[:, None]) - wanted
        gradient = REGULARISATION * np.hstack([error.T @ centred, error.sum(axis=0)[:, None]])
        gradient[:, :-1] += rows[:, :-1]
        value = REGULARISATION * float((total - right).sum()) + 0.5 * float((rows[:, :-1] ** 2).sum())
        return value, gradient.ravel()

    found = minimize(loss, np.zeros(n_new * (width + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    rows = found.x.reshape(n_new, width + 1).astype(np.float32)
    return Assigner(
        before.component,
        np.vstack([before.coefficients, rows[:, :-1]]),
        np.concatenate([before.intercepts, rows[:, -1]]),
    )
