"""Measures of themes against those of people, worked out by hand."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation import topic_measures as measures
from pipeline.evaluation.topic_gold import Question


def test_agreement_is_one_under_other_names_and_none_counts_as_a_class() -> None:
    assert measures.agreement([0, 0, 1, 1], np.array([1, 1, -1, -1])) == {"AMI": 1.0, "NMI": 1.0, "ARI": 1.0}
    assert measures.agreement([0, 0, 1, 1], np.array([0, 1, 0, 1]))["ARI"] < 0


def test_texts_without_a_topic_are_counted_with_none() -> None:
    counts = measures.contingency(np.array([0, 1, -1, 1]), [1, 0, 0, 0], 3, 2)
    assert counts.tolist() == [[0, 1], [2, 0], [0, 0]]


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=4))
def test_topics_are_matched_so_that_no_other_way_agrees_more(rows: list[list[int]]) -> None:
    together = np.array(rows)
    found = measures.matched(together)
    assert len(set(found.values())) == len(found) and all(together[a, b] > 0 for a, b in found.items())
    padded = np.zeros((4, 4), int)
    padded[: len(rows), :3] = together
    best = max(sum(padded[a, b] for a, b in enumerate(order)) for order in permutations(range(4)))
    assert sum(together[a, b] for a, b in found.items()) == best


def test_sample_f1_is_the_mean_over_answers() -> None:
    assert measures.answer_f1([{1, 2}, {3}, set(), {1}], [{1}, {4}, set(), set()]) == [2 / 3, 0, 1, 0]
    assert measures.sample_f1([{1, 2}, {3}], [{1}, {3}]) == pytest.approx(5 / 6)
    assert measures.sample_f1([], []) == 0


def test_a_topic_that_is_matched_to_no_theme_stays_wrong() -> None:
    names = ("santé", "train")
    texts = ("le médecin", "le train", "le médecin du train")
    question = Question("q", texts, (names[:1], names[1:], names), least=1)
    best = np.array([2, 0, 2])
    assert measures.multi_theme([{2}, {0}, {0, 2}], best, 3, question) == 1
    assert measures.multi_theme([{2}, {0}, {1, 2}], best, 3, question) == 0.5
    assert measures.multi_theme([{2}, {0}, set()], best, 3, question) == 0


def test_a_label_is_good_where_it_shares_a_lemma_with_the_matched_theme() -> None:
    texts = ("le médecin", "un hôpital", "le train", "la gare")
    question = Question("q", texts, (("Médecins",),) * 2 + (("Trains régionaux",),) * 2, least=1)
    labels = np.array([1, 1, 0, 0])
    found = measures.label_quality(["Le train du soir", "Manque de médecin", "Autre"], labels, question)
    assert (found["matched"], found["share"]) == (2, 1)
    assert [row["shared"] for row in found["pairs"]] == [["train"], ["médecin"]]
    assert measures.label_quality(["Manque de médecin", "Le train"], labels, question)["share"] == 0


def test_spread_is_that_of_the_means_of_seeds() -> None:
    rows = [{"seed": seed, "AMI": value} for seed, value in ((0, 0.2), (0, 0.4), (1, 0.5), (1, 0.7))]
    assert measures.mean_and_spread(rows, "AMI") == (0.45, 0.15)
