"""Which question a heading means."""

import pytest

from pipeline.ingest.matching import QuestionIndex, normalise_wording
from pipeline.ingest.questionnaires import shipped
from pipeline.ingest.records import Heading, official_id


@pytest.fixture(scope="module")
def index():
    return QuestionIndex(shipped())


def resolved(index, *headings):
    key, questions = index.resolve(headings)
    return key, [question and question.official_id for question in questions]


def test_case_accents_punctuation_spaces_and_brackets_do_not_matter():
    assert normalise_wording("  Quelles  AMÉLIORATIONS préconiseriez-vous\u00a0?") == normalise_wording(
        "Quelles ameliorations préconiseriez‑vous [des nouvelles formes de services publics] ?"
    )


def test_the_wording_without_its_bracketed_words_is_found(index):
    assert resolved(index, Heading("Quelles améliorations préconiseriez-vous ?")) == ("organisation", ["177"])


def test_the_official_id_wins_over_the_wording(index):
    heading = Heading("Que pensez-vous de l'organisation de l'Etat et des administrations en France ?", "172")
    assert resolved(index, heading) == ("organisation", ["172"])


def test_an_unknown_id_falls_back_on_the_wording(index):
    assert resolved(index, Heading("Faut-il prendre en compte le vote blanc ?", "99999")) == ("democratie", ["117"])


def test_a_question_and_its_free_text_twin_are_told_apart_by_the_bracketed_words(index):
    wording = (
        "Quel est aujourd'hui pour vous le problème concret le plus important dans le domaine de l'environnement ?"
    )
    found = resolved(index, Heading(wording), Heading(wording + " [Autres]"))
    assert found == ("transition", ["1160", "160"])


def test_wordings_that_occur_twice_go_by_the_order_of_the_questionnaire(index):
    questions = next(found for found in shipped() if found.key == "organisation").questions
    headings = [Heading(question.wording) for question in questions]
    assert resolved(index, *headings) == ("organisation", [question.official_id for question in questions])
    assert resolved(
        index,
        Heading("Faut-il revoir le fonctionnement et la formation de l'administration ?"),
        Heading("Si oui, comment ?"),
    ) == ("organisation", ["186", "187"])


def test_what_no_questionnaire_holds_stays_unknown(index):
    assert resolved(index, Heading("Et la mer ?")) == (None, [None])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("169", "169"), ("Question:169", "169"), ("UXVlc3Rpb246MTY5", "169"), ("uelles", None), ("", None), ("é", None)],
)
def test_official_ids_are_read_plain_or_in_base64(text, expected):
    assert official_id(text) == expected
