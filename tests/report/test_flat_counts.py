"""The tri à plat of closed questions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures import Counts
from pipeline.report.flat_counts import SHOWN, flat_counts
from tests.report.datasets import answer, dataset_of
from tests.report.expected import closed, modalities, three
from tests.workspaces import HOSTILE


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="ab| \t\n\u00a0\u202f<é'", min_size=1, max_size=8), max_size=8))
def test_every_modality_is_counted_once_an_answer_on_the_three_denominators(given_texts: list[str]) -> None:
    rows = [
        answer(n, state="closed", text=text, author_id=f"p-{n // 2}", duplicate_of="a-000" if n == 3 else None)
        for n, text in enumerate(given_texts)
    ]
    found = flat_counts(dataset_of(answers=rows))
    assert found.keys() == ({"q-1"} if rows else set())
    for flat in found.values():
        counts = [(one.label, three(having)) for one, (_, having) in zip(flat.modalities, closed(rows), strict=True)]
        assert [(one.label, vars(one.counts)) for one in flat.modalities] == [
            (label, told | {"not_asked": 0}) for label, told in counts
        ]
        assert {one.label for one in flat.modalities} == {label for row in rows for label in modalities(row["text"])}
        assert flat.base.contributions == len(rows) and flat.hidden == 0
        assert flat.several == any(len(modalities(row["text"])) > 1 for row in rows)


def test_the_most_frequent_comes_first_then_the_alphabet() -> None:
    texts = ["Non", "Oui", "Autre", "Oui", "  Autre", "Oui|Peut-être"]
    rows = [answer(n, state="closed", text=text) for n, text in enumerate(texts)]
    flat = flat_counts(dataset_of(answers=rows))["q-1"]
    assert [(one.label, one.counts.contributions) for one in flat.modalities] == [
        ("Oui", 3),
        ("Autre", 2),
        ("Non", 1),
        ("Peut-être", 1),
    ]
    assert flat.several


def test_only_closed_answers_count_each_in_its_question() -> None:
    rows = [
        answer(1, state="closed", text="Oui"),
        answer(2, state="empty", text=None),
        answer(3, state="trashed", text="Oui"),
        answer(4, "q-2", "closed", text="Oui", routed=True),
        answer(5, "q-2", "closed", text="Oui", routed=False),
    ]
    found = flat_counts(dataset_of(answers=rows))
    assert {key: flat.base for key, flat in found.items()} == {"q-1": Counts(1, 1, 1), "q-2": Counts(2, 2, 2, 1, 1)}
    assert [one.counts for one in found["q-2"].modalities] == [Counts(2, 2, 2, 1, 1)]


def test_of_very_many_modalities_the_rarest_are_counted_and_not_listed() -> None:
    rows = [answer(n, state="closed", text=f"Réponse {n:03d}") for n in range(SHOWN + 7)]
    rows.append(answer(900, state="closed", text=f"Réponse {SHOWN + 6:03d}"))
    flat = flat_counts(dataset_of(answers=rows))["q-1"]
    assert len(flat.modalities) == SHOWN and flat.hidden == 7
    assert flat.modalities[0].label == f"Réponse {SHOWN + 6:03d}" and not flat.several


def test_hostile_answers_are_modalities_as_they_are() -> None:
    rows = [answer(1, state="closed", text=f"{HOSTILE}|'; DROP VIEW answers; --|$question")]
    labels = [one.label for one in flat_counts(dataset_of(answers=rows))["q-1"].modalities]
    assert labels == ["$question", "'; DROP VIEW answers; --", HOSTILE]


def test_a_question_of_which_no_answer_says_anything_still_has_its_base() -> None:
    flat = flat_counts(dataset_of(answers=[answer(1, state="closed", text=" | ")]))["q-1"]
    assert flat.modalities == () and flat.base.contributions == 1
