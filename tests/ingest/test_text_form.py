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


def reworded(content, **wordings):
    """Return a form whose question N stands under the line given as qN."""
    for name, wording in wordings.items():
        question = questionnaire().questions[int(name[1:]) - 1]
        heading = f"\n{question.number}. {question.wording}\n"
        assert heading in content
        content = content.replace(heading, f"\n{wording}\n")
    return content


def rejected_cells(folder):
    return [(answer["question_id"], answer["text"]) for answer in answers(folder) if answer["state"] == "rejected"]


@pytest.mark.parametrize("line", ["40. Estimez-vous avoir accès aux services publics dont vous avez besoin ?", None])
def test_a_question_with_a_wrong_number_or_none_is_told_and_its_answer_kept_apart(tmp_path, line):
    line = line or questionnaire().questions[3].wording
    summary = run(tmp_path, write(tmp_path, reworded(text_form({3: "L'école", 4: "Non"}), q4=line)))
    assert [found[:4] for found in summary.problems] == ["E107"]
    assert rejected_cells(tmp_path) == [("q-204", f"{line}\n\nNon")]
    assert {answer["question_id"]: answer["text"] for answer in answers(tmp_path)}["q-171"] == "L'école"


def test_a_reworded_question_is_told_and_its_answer_kept_apart(tmp_path):
    content = reworded(text_form({4: "Non", 5: "Un médecin."}), q5="5. Et quoi donc ?")
    summary = run(tmp_path, write(tmp_path, content))
    assert [line[:4] for line in summary.problems] == ["E107"]
    assert len(answers(tmp_path)) == 33
    assert rejected_cells(tmp_path) == [("q-172", "5. Et quoi donc ?\n\nUn médecin.")]
    assert rows(tmp_path, "rejected")[0]["line"] == content.splitlines().index("5. Et quoi donc ?") + 1


def test_a_question_past_the_last_is_not_also_said_to_be_taken_as_it_comes(tmp_path):
    summary = run(tmp_path, write(tmp_path, text_form({33: "Fin\n\n34. Et pour finir ?\n\nMerci."})))
    assert [line[:4] for line in summary.problems] == ["E107"]
    assert not any(note.startswith("N102") for note in summary.notes)
    assert "pour finir" not in str(rows(tmp_path, "questions"))
    assert [text for _, text in rejected_cells(tmp_path)] == ["34. Et pour finir ?\n\nMerci."]


def test_two_reworded_questions_in_a_row_are_both_told(tmp_path):
    content = reworded(text_form({5: "cinq", 6: "six", 7: "Oui"}), q5="5. Que manque-t-il ?", q6="6. Quoi de neuf ?")
    summary = run(tmp_path, write(tmp_path, content))
    assert [line[:4] for line in summary.problems] == ["E107", "E107"]
    assert len(answers(tmp_path)) == 33
    assert rejected_cells(tmp_path) == [
        ("q-172", "5. Que manque-t-il ?\n\ncinq"),
        ("q-174", "6. Quoi de neuf ?\n\nsix"),
    ]


def test_a_reworded_question_without_a_question_mark_is_not_glued_to_the_answer_before(tmp_path):
    content = reworded(text_form({9: "neuf", 10: "dix"}), q10="10. Ce qui va mieux")
    summary = run(tmp_path, write(tmp_path, content))
    assert [line[:4] for line in summary.problems] == ["E107"]
    assert [text for _, text in rejected_cells(tmp_path)] == ["10. Ce qui va mieux\n\ndix"]
    assert {answer["text"] for answer in answers(tmp_path)} == {"None", "neuf", "10. Ce qui va mieux\n\ndix"}


@pytest.mark.parametrize("line", ["10. rien", "1. Supprimer le Sénat", "11. Moins de normes ?"])
def test_a_numbered_line_alone_in_an_answer_stays_there_when_the_question_of_that_number_comes(tmp_path, line):
    summary = run(tmp_path, write(tmp_path, text_form({9: f"Voici :\n\n{line}\n\nVoilà."})))
    assert summary.problems == []
    assert answers(tmp_path)[8]["text"] == f"Voici :\n\n{line}\n\nVoilà."


def test_a_question_quoted_in_an_earlier_answer_is_found_at_its_own_place(tmp_path):
    question = questionnaire().questions[11]
    quoted = f"Je réponds à :\n\n{question.number}. {question.wording}\n\nplus bas."
    run(tmp_path, write(tmp_path, text_form({3: quoted, 12: "Oui"})))
    found = [answer["text"] for answer in answers(tmp_path)]
    assert (found[2], found[11]) == (quoted, "Oui")


def test_a_question_that_is_nowhere_is_said_aloud(tmp_path):
    summary = run(tmp_path, write(tmp_path, reworded(text_form({}), q10="10) Ce qui va\nmieux, et moins bien ?")))
    (note,) = (note for note in summary.notes if note.startswith("N107"))
    assert "no question 10 of" in note


def test_text_before_the_first_question_is_told_with_its_line_and_without_its_words(tmp_path):
    content = text_form({1: "un"}).replace("\n\n1. ", "\n\nJe suis Jeanne Martin.\n\n1. ", 1)
    summary = run(tmp_path, write(tmp_path, content))
    (rejected,) = rows(tmp_path, "rejected")
    assert rejected["reason"].startswith("E110") and rejected["line"] == 6
    assert "Jeanne" not in str(rejected) + str(summary)
    assert answers(tmp_path)[0]["text"] == "un" and len(answers(tmp_path)) == 33


def second_forms():
    second = text_form({33: "second"}, postcode="20200")
    return {
        "blank line between": "\n\n" + second,
        "end to end": second,  # the last line of the first form then has no line end
        "byte-order mark": "\n\ufeff" + second,
        "title alone": "\n\n" + second[second.index("Grand débat") :],
        "question 1 reworded": "\n\n" + reworded(second, q1="1. Une idée ?"),
    }


@pytest.mark.parametrize("kind", second_forms())
def test_several_forms_in_one_file_are_several_contributions(tmp_path, kind):
    run(tmp_path, write(tmp_path, text_form({33: "premier"}) + second_forms()[kind]))
    found = answers(tmp_path)
    assert len(found) == 66
    assert (found[32]["text"], found[65]["text"]) == ("premier", "second")
    contributions = rows(tmp_path, "contributions")
    assert [row["source_row"] for row in contributions] == [1, 2]
    assert [row["postcode"] for row in contributions] == ["69008", None if kind == "title alone" else "20200"]


def test_a_form_that_cannot_be_read_does_not_hide_the_one_after_it_in_the_same_file(tmp_path):
    content = text_form({}, title="Grand débat - la mer") + "\n\n" + text_form({1: "lu"})
    summary = run(tmp_path, write(tmp_path, content))
    assert [line[:4] for line in summary.problems] == ["E106"]
    assert [row["source_row"] for row in rows(tmp_path, "contributions")] == [2]
    assert answers(tmp_path)[0]["text"] == "lu"


@pytest.mark.parametrize(
    "quoted",
    [
        "Grand débat - transition écologique",
        "Date de publication : 2019-03-07",
        "Voir :\n\nGrand débat - transition écologique\n\n1. Supprimer le Sénat\n2. Voter",
    ],
)
def test_a_title_or_a_date_quoted_in_an_answer_does_not_begin_a_form(tmp_path, quoted):
    run(tmp_path, write(tmp_path, text_form({6: quoted})))
    assert len(rows(tmp_path, "contributions")) == 1
    assert answers(tmp_path)[5]["text"] == quoted


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


_TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="ÂÃâ"), max_size=60).filter(
    lambda text: text.strip("\r\n") and not any(line.lstrip()[:1].isdigit() for line in text.splitlines())
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.integers(1, 33), _TEXT, max_size=6))
def test_the_answer_is_what_stands_between_two_questions_unchanged(tmp_path_factory, given_answers):
    folder = tmp_path_factory.mktemp("form")
    run(folder, write(folder, text_form(given_answers)))
    found = Workspace(folder / "workspace").read("answers", ["text"]).column("text").to_pylist()
    assert found == [given_answers.get(number, "None").strip("\r\n") for number in range(1, 34)]
