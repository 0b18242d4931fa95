"""Evidence: the texts that show a theme are central, argued or at its border, and no two say the same."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.topics.documents import Document
from pipeline.topics.evidence import ARGUED_WORDS, SHORTEST_WORDS, Exemplar, exemplars
from pipeline.topics.vectors import unit_rows
from tests.topics.test_phrases import document

LONG = (
    "il faut que la commune finance le train, la gare, le quai, le guichet, la ligne, le billet, "
    "le contrôleur et un bus de nuit "
)


def shown(
    texts: list[str], nearness: list[float], probabilities: list[float] | None = None, others: int = 3
) -> tuple[list[Document], list[Exemplar]]:
    """Return the exemplars of a theme whose texts lie nearer or farther from its middle; another theme follows."""
    documents = [document(text) for text in texts]
    documents += [document(f"une maternité ferme encore numéro{i} ici") for i in range(others)]
    vectors = np.asarray(
        [[n, (-1) ** i * np.sqrt(1 - n**2), 0] for i, n in enumerate(nearness)] + [[0, 0, 1]] * others, dtype=np.float32
    )
    own = probabilities or [0.9] * len(texts)
    table = np.asarray([[p, 1 - p] for p in own] + [[0.1, 0.9]] * others)
    labels = np.asarray([0] * len(texts) + [1] * others)
    return documents, exemplars(documents, unit_rows(vectors), labels, table)[0]


def of_kind(found: list[Exemplar], kind: str) -> list[int]:
    return [exemplar.index for exemplar in found if exemplar.kind == kind]


TEXTS = [
    "plus de trains le dimanche matin",
    "une gare ouverte toute la nuit",
    "des tramways dans chaque quartier populaire",
    "le vélo contre les embouteillages quotidiens",
]


def test_two_central_texts_are_the_nearest_to_the_middle_of_the_theme() -> None:
    _, found = shown(TEXTS, [0.6, 0.99, 0.98, 0.7])
    assert set(of_kind(found, "central")) == {1, 2}


def test_short_texts_are_central_only_where_there_is_nothing_else() -> None:
    _, found = shown(["des trains", *TEXTS], [0.95, 0.94, 0.93, 0.92, 0.91])
    assert 0 not in of_kind(found, "central")
    documents, found = shown(["des trains", "une gare"], [0.95, 0.94])
    assert set(of_kind(found, "central")) == {0, 1}
    assert all(len(documents[e.index].text.split()) < SHORTEST_WORDS for e in found)


def test_texts_that_the_theme_is_sure_of_come_first() -> None:
    _, found = shown(TEXTS, [0.9, 0.9, 0.9, 0.9], [0.51, 0.52, 0.95, 0.96])
    assert of_kind(found, "central") == [2, 3]


def test_near_copies_are_shown_once() -> None:
    copies = ["plus de trains le dimanche matin", "Plus de TRAINS le dimanche matin !", "les trains dimanche matin"]
    _, found = shown([*copies, *TEXTS[1:]], [0.99, 0.99, 0.99, 0.9, 0.9, 0.9])
    assert len([e for e in found if e.index < 3]) == 1
    assert len({e.index for e in found}) == len(found)


def test_the_argued_text_is_long_probable_and_rich_in_terms() -> None:
    poor = "trains " * 40
    too_long = " ".join(f"mot{i}" for i in range(ARGUED_WORDS[1] + 10))
    texts = [*TEXTS, poor, too_long, LONG, LONG.replace("train", "bus").replace("gare", "halte") + "vite"]
    _, found = shown(texts, [0.9] * 8, [0.9, 0.9, 0.9, 0.9, 0.95, 0.95, 0.95, 0.6])
    assert of_kind(found, "argued") == [6]


def test_nothing_is_argued_where_all_answers_are_short() -> None:
    _, found = shown(TEXTS, [0.9, 0.8, 0.7, 0.6])
    assert of_kind(found, "argued") == []


def test_the_borderline_text_has_the_lowest_margin() -> None:
    _, found = shown(TEXTS, [0.95, 0.9, 0.85, 0.6], [0.9, 0.9, 0.9, 0.55])
    assert of_kind(found, "borderline") == [3]


def test_one_theme_has_no_border() -> None:
    documents = [document(text) for text in TEXTS]
    found = exemplars(documents, np.eye(4, dtype=np.float32), np.zeros(4, dtype=np.int64), np.ones((4, 1)))
    assert [e.kind for e in found[0]] == ["central", "central"]


def test_a_theme_without_documents_or_words_shows_nothing() -> None:
    blank = Document(" ", (), (), ())
    found = exemplars([blank] * 2, np.zeros((2, 3), dtype=np.float32), np.asarray([0, -1]), np.full((2, 3), 1 / 3))
    assert found == [[], [], []]
    assert exemplars([], np.zeros((0, 3), dtype=np.float32), np.empty(0, dtype=np.int64), np.empty((0, 2))) == [[], []]


def test_every_exemplar_belongs_to_its_theme_and_choosing_twice_gives_the_same() -> None:
    chance = np.random.default_rng(0)
    documents = [document(" ".join(f"mot{n}" for n in chance.integers(0, 200, 30))) for _ in range(120)]
    vectors = unit_rows(chance.normal(size=(120, 8)).astype(np.float32))
    probabilities = chance.dirichlet(np.ones(4), 120)
    labels = np.where(probabilities.max(axis=1) > 0.3, probabilities.argmax(axis=1), -1)
    found = exemplars(documents, vectors, labels, probabilities)
    assert found == exemplars(documents, vectors, labels, probabilities)
    for topic, chosen in enumerate(found):
        assert [e.kind for e in chosen] == ["central", "central", "argued", "borderline"]
        assert all(labels[e.index] == topic for e in chosen)


def test_arguments_about_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in number"):
        exemplars([document("un train")], np.zeros((2, 3), dtype=np.float32), np.asarray([0]), np.ones((1, 1)))
    with pytest.raises(ValueError, match="theme 4 has no probabilities"):
        exemplars([document("un train")], np.zeros((1, 3), dtype=np.float32), np.asarray([4]), np.ones((1, 2)))
