"""Themes fitted again: the same theme keeps its id, and the lineage of every other one says what became of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from pipeline import tables
from pipeline.topics.identity import (
    Matching,
    match,
    shared_texts,
    similarity_of_centroids,
)
from pipeline.topics.theme_files import Topic
from pipeline.topics.warm_start import held_together, initial_centres

CREATED = {"event": "created", "topic_id": None, "model": "local/1"}


def topic(name: str, label: str | None = None) -> Topic:
    return Topic(f"t-{name}", label or f"thème {name}", "", (), (), 0, (CREATED,))


def topics(names: str) -> list[Topic]:
    return [topic(name) for name in names]


def matched(old: str, new: str, overlap: list[list[int]], similarity: list[list[float]] | None = None) -> Matching:
    counts = np.asarray(overlap).reshape(len(old), len(new))
    cosine = np.zeros(counts.shape) if similarity is None else np.asarray(similarity)
    return match(topics(old), topics(new), counts, cosine, model="local/2", threshold=0.2)


def last(topic: Topic) -> tuple[str, str | None]:
    assert topic.lineage[-1]["model"] == "local/2"
    return topic.lineage[-1]["event"], topic.lineage[-1]["topic_id"]


def test_a_theme_that_holds_the_same_texts_keeps_its_id_whatever_its_place() -> None:
    found = matched("ab", "xy", [[2, 90], [80, 1]])
    assert [topic.topic_id for topic in found.topics] == ["t-b", "t-a"]
    assert found.pairs == ((0, 1), (1, 0)) and found.gone == ()
    assert found.kept_share == 170 / 173


def test_a_kept_theme_goes_on_with_the_lineage_of_the_old_one() -> None:
    found = match([topic("a", "gares")], [topic("x", "gares")], np.array([[5]]), np.array([[1.0]]), model="local/2")
    assert found.topics[0].lineage == (CREATED, {"event": "kept", "topic_id": None, "model": "local/2"})
    again = match(found.topics, [topic("y", "gares")], np.array([[5]]), np.array([[1.0]]), model="local/3")
    assert [entry["event"] for entry in again.topics[0].lineage] == ["created", "kept", "kept"]


def test_a_kept_theme_with_another_label_is_renamed_and_shows_the_new_label() -> None:
    found = match([topic("a", "gares")], [topic("x", "trains")], np.array([[5]]), np.array([[1.0]]), model="local/2")
    assert (found.topics[0].topic_id, found.topics[0].label) == ("t-a", "trains")
    assert last(found.topics[0]) == ("renamed", None)


def test_the_smaller_half_of_a_theme_in_two_is_split_from_it() -> None:
    found = matched("ab", "xyz", [[60, 40, 0], [0, 0, 50]])
    assert [topic.topic_id for topic in found.topics] == ["t-a", "t-y", "t-b"]
    assert last(found.topics[1]) == ("split_from", "t-a") and len(found.topics[1].lineage) == 1


def test_the_smaller_of_two_themes_that_became_one_is_merged_into_it() -> None:
    found = matched("ab", "x", [[60], [40]])
    assert [topic.topic_id for topic in found.topics] == ["t-a"]
    assert [(gone.topic_id, *last(gone)) for gone in found.gone] == [("t-b", "merged_into", "t-a")]
    assert found.gone[0].lineage[0] == CREATED


def test_a_theme_whose_texts_went_many_ways_is_retired() -> None:
    found = matched("abc", "xy", [[90, 0], [0, 90], [10, 10]])
    assert [(gone.topic_id, *last(gone)) for gone in found.gone] == [("t-c", "retired", None)]


def test_a_theme_of_texts_from_many_themes_is_created() -> None:
    found = matched("ab", "xyz", [[90, 0, 10], [0, 90, 10]])
    assert found.topics[2].topic_id == "t-z" and last(found.topics[2]) == ("created", None)


def test_exactly_half_is_not_most() -> None:
    found = matched("ab", "xyz", [[90, 0, 10], [10, 90, 10]])
    assert last(found.topics[2]) == ("created", None)


def test_a_theme_is_not_split_from_one_that_does_not_live_on() -> None:
    found = matched("a", "uvwxyz", [[10] * 6])
    assert found.pairs == () and found.kept_share == 0
    assert {last(topic) for topic in found.topics} == {("created", None)}
    assert last(found.gone[0]) == ("retired", None)


def test_pairs_under_the_threshold_are_not_the_same_theme() -> None:
    old, new, overlap = topics("a"), topics("x"), np.array([[50]])
    assert match(old, new, overlap, np.array([[0.0]]), model="m", threshold=0.5).pairs == ((0, 0),)
    assert match(old, new, overlap, np.array([[0.0]]), model="m", threshold=0.51).pairs == ()


def test_a_pair_under_the_threshold_takes_no_place_of_one_above() -> None:
    # a–x and b–y together are worth more than a–y alone, but neither is the same theme
    similarity = np.array([[0.45, 0.8], [0.0, 0.45]])
    found = match(topics("ab"), topics("xy"), np.zeros((2, 2), int), similarity, model="m", threshold=0.4)
    assert found.pairs == ((0, 1),)


def test_themes_without_shared_texts_are_paired_by_their_centroids() -> None:
    found = matched("ab", "xy", [[0, 0], [0, 0]], [[0.1, 0.9], [0.9, 0.1]])
    assert [topic.topic_id for topic in found.topics] == ["t-b", "t-a"] and found.kept_share == 1.0


def test_shared_texts_settle_what_centroids_leave_open() -> None:
    found = matched("ab", "xy", [[10, 20], [20, 10]], [[0.9, 0.9], [0.9, 0.9]])
    assert found.pairs == ((0, 1), (1, 0))


def test_a_created_theme_never_takes_the_id_of_an_old_one() -> None:
    old, new = topics("ab"), topics("ba")  # the same words name other texts now
    overlap = np.array([[50, 0], [0, 0]])
    first, again = (match(old, new, overlap, np.zeros((2, 2)), model="local/2") for _ in range(2))
    assert first == again
    assert first.topics[0].topic_id == "t-a" and first.gone[0].topic_id == "t-b"
    other = first.topics[1].topic_id
    assert other not in {"t-a", "t-b"} and other.startswith("t-") and last(first.topics[1]) == ("created", None)


def test_ids_of_themes_that_went_long_ago_are_not_given_again() -> None:
    old = [replace(topic("a"), lineage=({"event": "split_from", "topic_id": "t-x", "model": "local/1"},))]
    new = topics("xyz")
    found = match(old, new, np.zeros((1, 3), int), np.zeros((1, 3)), model="m", reserved={"t-y"})
    assert found.topics[0].topic_id != "t-x" and found.topics[1].topic_id != "t-y"
    assert found.topics[2].topic_id == "t-z"


def test_new_themes_with_the_same_id_get_different_ones() -> None:
    found = match([], [topic("x"), topic("x")], np.zeros((0, 2), int), np.zeros((0, 2)), model="m")
    assert found.topics[0].topic_id == "t-x" != found.topics[1].topic_id


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a", ""), ("", "x")])
def test_no_old_or_no_new_themes(old: str, new: str) -> None:
    found = matched(old, new, [])
    assert (len(found.topics), len(found.gone), found.pairs, found.kept_share) == (len(new), len(old), (), 1.0)
    assert all(last(topic) == ("created", None) for topic in found.topics)
    assert all(last(topic) == ("retired", None) for topic in found.gone)


def test_lineages_fit_the_table_of_topics() -> None:
    found = matched("abc", "xyz", [[60, 40, 0], [0, 0, 9], [0, 0, 5]])
    rows = [
        {
            "topic_id": topic.topic_id,
            "label": topic.label,
            "definition": "",
            "terms": [],
            "term_scores": [],
            "n_segments": 0,
            "status": "proposed",
            "lineage": list(topic.lineage),
            "model": "local/2",
        }
        for topic in (*found.topics, *found.gone)
    ]
    read = tables.from_rows("topics", rows).to_pylist()
    assert [row["lineage"] for row in read] == [row["lineage"] for row in rows]


@pytest.mark.parametrize(
    ("overlap", "similarity", "message"),
    [
        (np.zeros((1, 2)), np.zeros((2, 2)), "overlap has shape"),
        (np.zeros((2, 2)), np.zeros((2, 3)), "similarity has shape"),
        (np.full((2, 2), -1), np.zeros((2, 2)), "negative"),
        (np.zeros((2, 2)), np.full((2, 2), np.nan), "not numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(overlap: np.ndarray, similarity: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        match(topics("ab"), topics("xy"), overlap.astype(int), similarity, model="m")


def test_an_old_id_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        match(topics("aa"), topics("x"), np.zeros((2, 1), int), np.zeros((2, 1)), model="m")


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_every_theme_has_one_end_one_id_and_the_order_of_themes_changes_nothing(data: st.DataObject) -> None:
    n_old, n_new = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 5))
    cells = st.lists(st.integers(0, 3), min_size=n_old * n_new, max_size=n_old * n_new)
    overlap = np.asarray(data.draw(cells), dtype=int).reshape(n_old, n_new)
    similarity = np.asarray(data.draw(cells), dtype=float).reshape(n_old, n_new) / 3
    old, new = topics("abcde"[:n_old]), topics("cdefg"[:n_new])
    found = match(old, new, overlap, similarity, model="local/2")
    ids = [topic.topic_id for topic in found.topics]
    assert len({*ids, *(topic.topic_id for topic in found.gone)}) == len(ids) + len(found.gone)
    assert len(found.gone) + len(found.pairs) == n_old and len(ids) == n_new
    assert 0 <= found.kept_share <= 1
    living = {*ids, *(topic.topic_id for topic in old)}
    assert all(last(topic)[1] in living for topic in (*found.topics, *found.gone) if last(topic)[1])
    rows, columns = data.draw(st.permutations(range(n_old))), data.draw(st.permutations(range(n_new)))
    shuffled = match(
        [old[i] for i in rows],
        [new[j] for j in columns],
        overlap[np.ix_(rows, columns)],
        similarity[np.ix_(rows, columns)],
        model="local/2",
    )
    assert {(topic.label, topic.topic_id, topic.lineage) for topic in map(frozen, shuffled.topics)} == {
        (topic.label, topic.topic_id, topic.lineage) for topic in map(frozen, found.topics)
    }
    assert set(map(frozen, shuffled.gone)) == set(map(frozen, found.gone))


def frozen(topic: Topic) -> Topic:
    """Return a topic that can stand in a set."""
    return replace(topic, lineage=tuple(tuple(sorted(entry.items(), key=str)) for entry in topic.lineage))  # type: ignore[misc]


def test_texts_without_a_theme_are_not_shared() -> None:
    old, new = np.array([0, 0, 1, -1, 1]), np.array([1, 1, 0, 0, -1])
    assert shared_texts(old, new, 2, 3).tolist() == [[0, 2, 0], [1, 0, 0]]
    assert shared_texts(np.zeros(0, int), np.zeros(0, int), 0, 2).shape == (0, 2)


def test_the_similarity_of_centroids_is_their_cosine_and_zero_without_texts() -> None:
    embedding = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    found = similarity_of_centroids(embedding, np.array([0, 0, 1]), np.array([0, -1, 2]), 2, 3)
    assert found.tolist() == [[1, 0, 0], [0, 0, 1]]


def blobs(n: int, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return n points around each of k corners of a line, and which."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(k), n)
    points = rng.normal(0, 0.5, (n * k, 2)) + np.stack([labels * 10, labels % 2 * 10], axis=1)
    return points.astype(np.float32), labels


def test_centres_start_at_the_means_of_the_old_themes_in_their_order() -> None:
    space, labels = blobs(20, 3)
    old = np.where(np.arange(60) % 2 == 0, labels, -1)
    centres = initial_centres(old, space, 3)
    assert centres is not None and centres.dtype == np.float32
    assert centres == pytest.approx(np.stack([space[old == k].mean(axis=0) for k in range(3)]), abs=1e-4)


def test_k_means_from_the_old_themes_gives_them_their_old_numbers() -> None:
    space, labels = blobs(20, 4)
    old = np.array([2, 0, 3, 1])[labels]
    centres = initial_centres(old, space, 4)
    assert KMeans(4, init=centres, n_init=1).fit_predict(space).tolist() == old.tolist()


def test_a_further_centre_lies_among_the_texts_that_no_old_theme_knows() -> None:
    space, labels = blobs(20, 3)
    for seed in range(5):
        centres = initial_centres(np.where(labels < 2, labels, -1), space, 3, random_state=seed)
        assert centres is not None
        assert np.linalg.norm(centres[2] - space[labels == 2].mean(axis=0)) < 3
    first, again = (initial_centres(labels % 2, space, 6, random_state=4) for _ in range(2))
    assert first is not None and again is not None and first.tobytes() == again.tobytes()


def test_too_many_old_themes_are_merged_the_closest_first_by_weight() -> None:
    space = np.array([[0.0], [0.0], [0.0], [4.0], [100.0], [200.0]])
    assert initial_centres(np.array([0, 0, 0, 1, 2, 3]), space, 3).ravel().tolist() == [1.0, 100.0, 200.0]  # type: ignore[union-attr]
    assert initial_centres(np.array([0, 0, 0, 1, 2, 3]), space, 1).ravel().tolist() == [304 / 6]  # type: ignore[union-attr]


def test_an_old_theme_without_texts_now_starts_nothing() -> None:
    space, labels = blobs(10, 2)
    centres = initial_centres(np.array([0, 5])[labels], space, 2)
    assert centres is not None and np.isfinite(centres).all()
    assert centres == pytest.approx(np.stack([space[labels == k].mean(axis=0) for k in range(2)]), abs=1e-4)


def test_no_text_of_an_old_theme_or_too_few_texts_give_no_start() -> None:
    space, labels = blobs(2, 2)
    assert initial_centres(np.full(4, -1), space, 2) is None
    assert initial_centres(labels, space, 5) is None
    assert initial_centres(np.zeros(0, int), np.zeros((0, 2)), 1) is None


def test_texts_that_are_all_alike_still_give_as_many_centres_as_asked() -> None:
    centres = initial_centres(np.zeros(9, int), np.ones((9, 2)), 4)
    assert centres is not None and centres.tolist() == [[1, 1]] * 4


def test_starts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="3 old labels for 4 texts"):
        initial_centres(np.zeros(3, int), np.zeros((4, 2)), 2)
    with pytest.raises(ValueError, match="0 clusters"):
        initial_centres(np.zeros(3, int), np.zeros((3, 2)), 0)


def test_texts_move_towards_the_mean_of_their_old_theme_and_unknown_ones_stay() -> None:
    space = np.array([[0.0], [2.0], [10.0], [7.0]], dtype=np.float32)
    moved = held_together(np.array([0, 0, 1, -1]), space, weight=0.5)
    assert moved.ravel().tolist() == [0.5, 1.5, 10.0, 7.0] and moved.dtype == np.float32
    assert held_together(np.array([0, 0, 1, -1]), space, weight=0).tolist() == space.tolist()
    with pytest.raises(ValueError, match="weight"):
        held_together(np.zeros(4, int), space, weight=1.5)


def test_a_refit_on_more_texts_of_blurred_themes_keeps_more_of_them_when_held_together() -> None:
    rng = np.random.default_rng(3)
    space = rng.normal(0, 1, (600, 3))  # no groups at all: any cut of it is as good as another
    old = KMeans(6, n_init=1, random_state=0).fit_predict(space)
    later = np.vstack([space + rng.normal(0, 0.3, space.shape), rng.normal(0, 1, (60, 3))])
    known = np.concatenate([old, np.full(60, -1)])

    def agreement(points: np.ndarray, centres: np.ndarray | None) -> float:
        start = "k-means++" if centres is None else centres
        return adjusted_rand_score(old, KMeans(6, init=start, n_init=1, random_state=1).fit_predict(points)[:600])

    cold, warm = agreement(later, None), agreement(later, initial_centres(known, later, 6))
    held = held_together(known, later)
    assert cold < warm < agreement(held, initial_centres(known, held, 6))


def test_a_theme_that_only_new_texts_speak_of_gets_a_group_of_its_own() -> None:
    space, labels = blobs(30, 4)
    known = np.where(labels < 3, labels, -1)
    held = held_together(known, space)
    found = KMeans(4, init=initial_centres(known, held, 4), n_init=1).fit_predict(held)
    assert adjusted_rand_score(labels, found) == 1.0
