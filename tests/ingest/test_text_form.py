"""The text form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_inputs import answers, questionnaire, rows, run, text_form

from pipeline.resources import resource
from pipeline.workspace import Workspace

SEED = resource("seeds", "contributions") / "000_d1af882dd5bcd6e9.txt"


def write(folder, content, name="form.txt", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.skipif(not SEED.is_file(), reason="seeds/contributions stays in the checkout")
def test_the_seed_document_gives_33_answers_in_their_states(tmp_path):
    summary = run(tmp_path, SEED)
    found = answers(tmp_path)
    states = [answer["state"] for answer in found]
    assert {state: states.count(state) for state in set(states)} == {"pending": 10, "closed": 8, "empty": 15}
    assert summary.problems == []
    kinds = {question["question_id"]: question["kind"] for question in rows(tmp_path, "questions")}
    assert all(kinds[answer["question_id"]] == "open" for answer in found if answer["state"] == "pending")
    assert {answer["text"] for answer in found if answer["state"] == "closed"} == {"Oui", "Non"}
    (contribution,) = rows(tmp_path, "contributions")
    assert contribution["source_file"] == SEED.name
    assert contribution["postcode"] == "69008" and contribution["departement"] == "69"
    assert str(contribution["published_at"]) == "2019-03-07 00:00:00"
    assert contribution["reference"] is None and contribution["author_id"] is None
    assert found[0]["answer_id"] == "a-" + contribution["contribution_id"][2:] + "-169"


@pytest.mark.skipif(not SEED.is_file(), reason="seeds/contributions stays in the checkout")
def test_the_seed_document_answers_si_oui_after_non_and_the_answer_is_kept(tmp_path):
    run(tmp_path, SEED)
    found = {answer["question_id"]: answer for answer in answers(tmp_path)}
    assert found["q-171"]["routed"] is False and found["q-171"]["state"] == "pending"
    assert found["q-172"]["routed"] is True
    assert found["q-169"]["routed"] is None
    assert found["q-177"]["text"].startswith("La mutualisation des services")  # its heading lacks the bracketed words


def test_numbered_lines_inside_an_answer_do_not_start_a_question(tmp_path):
    lists = "Mes idées :\n\n1. Supprimer le Sénat\n2. Baisser la TVA\n\n3. Moins de normes ?\n\nMerci."
    quoted = "1. Que pensez-vous de l'organisation de l'Etat ? Rien."
    run(tmp_path, write(tmp_path, text_form({1: lists, 6: quoted})))
    found = {answer["question_id"]: answer["text"] for answer in answers(tmp_path)}
    assert len(found) == 33
    assert found["q-169"] == lists
    assert found["q-174"] == quoted


def test_a_question_without_its_right_number_is_not_recognised(tmp_path):
    content = text_form({}).replace("\n4. Estimez-vous", "\n40. Estimez-vous")
    run(tmp_path, write(tmp_path, content))
    found = {answer["question_id"]: answer["text"] for answer in answers(tmp_path)}
    assert "q-204" not in found
    assert "40. Estimez-vous" in found["q-171"]  # nothing is lost


def test_a_reworded_question_is_told_and_its_answer_kept_apart(tmp_path):
    wording = questionnaire().questions[4].wording
    content = text_form({4: "Non", 5: "Un médecin."}).replace(wording, "Et quoi donc ?")
    summary = run(tmp_path, write(tmp_path, content))
    found = answers(tmp_path)
    assert [line[:4] for line in summary.problems] == ["E107"]
    assert len(found) == 33
    assert [(answer["text"], answer["state"]) for answer in found if answer["question_id"].startswith("q-x")] == [
        ("Un médecin.", "rejected")
    ]


def test_line_ends_of_windows_and_legacy_bytes_are_read(tmp_path):
    content = text_form({1: "Été à Évry.\r\nDeuxième ligne"}, end="\r\n")
    summary = run(tmp_path, write(tmp_path, content, encoding="cp1252"))
    assert answers(tmp_path)[0]["text"] == "Été à Évry.\r\nDeuxième ligne"
    assert any(note.startswith("N101") for note in summary.notes)


def test_a_form_of_another_questionnaire_is_refused_and_the_good_one_beside_it_read(tmp_path):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", text_form({}, title="Grand débat - la mer"), "a.txt")
    write(tmp_path / "in", text_form({}), "b.txt")
    summary = run(tmp_path, tmp_path / "in")
    assert [line[:4] for line in summary.problems] == ["E106"]
    assert "Grand débat - la mer" in summary.problems[0]
    (rejected,) = rows(tmp_path, "rejected")
    assert rejected["file"] == "a.txt" and rejected["line"] is None and rejected["reason"].startswith("E106")
    assert [row["source_file"] for row in rows(tmp_path, "contributions")] == ["b.txt"]


_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).filter(
    lambda text: text.strip("\r\n") and not any(line.lstrip()[:1].isdigit() for line in text.splitlines())
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(1, 33), _TEXT, max_size=6))
def test_the_answer_is_what_stands_between_two_questions_unchanged(tmp_path_factory, given_answers):
    folder = tmp_path_factory.mktemp("form")
    run(folder, write(folder, text_form(given_answers)))
    found = Workspace(folder / "workspace").read("answers", ["text"]).column("text").to_pylist()
    assert found == [given_answers.get(number, "None").strip("\r\n") for number in range(1, 34)]
