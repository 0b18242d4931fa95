"""The final state of an answer: its precedence and its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.dataset.outcomes import questions_with_themes, settle, unpunctuated, word_lists
from tests.workspaces import Builder, token

Outcome = tuple[str, str | None]


def outcome(build: Builder) -> Outcome:
    """Settle the only answer of a workspace."""
    workspace = build.write()
    parts = [workspace.read_part(name, 0) for name in ("answers", "segments", "assignments")]
    known = questions_with_themes(workspace.read("questions"), workspace.read("topics"))
    row = settle(*parts, known, word_lists()).to_pylist()[0]
    return row["state"], row["reason"]


@pytest.fixture
def build(tmp_path: Path) -> Builder:
    found = Builder(tmp_path)
    found.question(1, "Quoi ?")
    found.contribution(1)
    return found


FORM = "c-0000000000000001"


@pytest.mark.parametrize("state", ["rejected", "trashed", "empty", "closed", "duplicate"])
def test_the_states_of_ingest_stand(build: Builder, state: str) -> None:
    build.answer(FORM, "q-1", "Des médecins", state)
    assert outcome(build) == (state, None)


@pytest.mark.parametrize(
    "text",
    [
        "RAS",
        "R.A.S.",
        "ras !",
        "Néant",
        "Rien à signaler.",
        "  je ne sais pas ",
        "Voir ci-dessus",
        "N/A",
        "NON",
        "Idem…",
    ],
)
def test_a_set_phrase_says_nothing_even_when_a_theme_was_found(build: Builder, text: str) -> None:
    build.topic("t-1", "Thème", "q-1", "local/x")
    build.answer(FORM, "q-1", text, themes=["t-1"])
    assert outcome(build) == ("uninformative", "set_phrase")


@pytest.mark.parametrize("text", ["Rien à signaler sauf la gare", "Non, des trains", "Idem pour les trains"])
def test_a_set_phrase_within_an_answer_does_not_silence_it(build: Builder, text: str) -> None:
    build.answer(FORM, "q-1", text)
    assert outcome(build)[0] == "unassigned"


def test_an_answer_of_stop_words_and_function_words_says_nothing(build: Builder) -> None:
    tokens = [[token("Tout", 0, "PRON"), token("est", 5, "AUX"), token("à", 9, "ADP"), token("faire", 11, "VERB")]]
    build.answer(FORM, "q-1", "Tout est à faire", tokens=tokens)
    assert outcome(build) == ("uninformative", "no_content_word")


def test_one_letter_is_no_content_word_but_a_figure_is(build: Builder) -> None:
    build.answer(FORM, "q-1", "x", tokens=[[token("x", 0, "NOUN")]])
    assert outcome(build) == ("uninformative", "no_content_word")
    build.parts[0]["answers"].clear()
    build.parts[0]["segments"].clear()
    build.answer(FORM, "q-1", "80", tokens=[[token("80", 0, "NUM")]])
    assert outcome(build)[0] == "unassigned"


def test_an_answer_without_a_segment_says_nothing(build: Builder) -> None:
    build.answer(FORM, "q-1", "…")
    build.parts[0]["segments"].clear()
    assert outcome(build) == ("uninformative", "no_content_word")


def test_another_language_is_named_in_the_reason(build: Builder) -> None:
    build.topic("t-1", "Thème", "q-1", "local/x")
    build.answer(FORM, "q-1", "More trains please", language="en", themes=["t-1"])
    assert outcome(build) == ("off_language", "not_french:en")


def test_a_readable_answer_without_a_theme_says_why(build: Builder) -> None:
    build.answer(FORM, "q-1", "Des trains partout")
    assert outcome(build) == ("unassigned", "too_few_answers")
    build.topic("t-1", "Thème", "q-1", "local/x")
    assert outcome(build) == ("unassigned", "no_theme_fits")


def test_themes_that_nobody_speaks_of_are_themes_all_the_same(build: Builder) -> None:
    build.topic("t-1", "Thème", "q-1", "grand-debat-2019/1", n_segments=0)
    build.answer(FORM, "q-1", "Des trains partout")
    assert outcome(build) == ("unassigned", "no_theme_fits")


def test_themes_across_a_questionnaire_serve_all_its_questions(build: Builder) -> None:
    build.topic("t-1", "Thème", None, "grand-debat-2019/1")
    build.answer(FORM, "q-1", "Des trains partout")
    assert outcome(build) == ("unassigned", "no_theme_fits")


def test_only_the_best_theme_of_a_segment_counts(build: Builder) -> None:
    build.topic("t-1", "Thème", "q-1", "local/x")
    build.answer(FORM, "q-1", "Des trains partout", themes=["t-1"])
    build.parts[0]["assignments"].pop(0)
    assert outcome(build) == ("unassigned", "no_theme_fits")


def test_case_accents_and_punctuation_do_not_count() -> None:
    assert unpunctuated(" Néant. ") == unpunctuated("NEANT") == "neant"
    assert unpunctuated("R.A.S.") == "r a s"
