"""The official export as CSV."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_inputs import answers, csv_text, headers, organisation_csv, questionnaire, rows, run

FORMS = [{1: "Trop de normes, vraiment.", 2: "Oui", 3: "L'école\nde la République"}, {1: "Rien à dire", 2: "Non"}]


def write(folder, content, encoding="utf-8", name="export.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def by_question(found):
    return {(answer["contribution_id"], answer["question_id"]): answer["text"] for answer in found}


@pytest.mark.parametrize("style", ["base64", "plain", "wording"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_headers_with_either_id_or_none_and_any_separator_give_the_same_answers(tmp_path, style, separator):
    run(tmp_path, write(tmp_path, organisation_csv(FORMS)), name="plain")
    summary = run(tmp_path, write(tmp_path, organisation_csv(FORMS, style=style, separator=separator)))
    assert by_question(answers(tmp_path)) == by_question(answers(tmp_path, "plain"))
    assert summary.counts["answers"] == 66
    assert summary.problems == []


@pytest.mark.parametrize(
    ("encoding", "noticed"),
    [("utf-8", False), ("utf-8-sig", False), ("cp1252", True), ("latin-1", True), ("utf-16", True)],
)
def test_encodings_are_recognised_and_repairs_said_aloud(tmp_path, encoding, noticed):
    summary = run(tmp_path, write(tmp_path, organisation_csv(FORMS), encoding))
    assert answers(tmp_path)[2]["text"] == "L'école\nde la République"
    assert any(note.startswith("N101") for note in summary.notes) is noticed


def test_a_stray_latin_1_byte_does_not_spoil_the_accents_of_a_utf_8_file(tmp_path):
    content = organisation_csv([{1: "déjà vu à côté"}, {1: "ici @@ là"}]).encode().replace(b"@@", b"\xe9\x92")
    run(tmp_path, write(tmp_path, content))
    assert [answer["text"] for answer in answers(tmp_path) if answer["question_id"] == "q-169"] == [
        "déjà vu à côté",
        "ici é’ là",
    ]


def test_columns_of_metadata_fill_the_contribution(tmp_path):
    people = [
        {"authorZipCode": "20200", "trashed": "true", "authorId": "A"},
        {"authorZipCode": "", "publishedAt": "broken", "authorId": "", "reference": ""},
    ]
    run(tmp_path, write(tmp_path, organisation_csv(FORMS, people=people)))
    first, second = rows(tmp_path, "contributions")
    assert (first["reference"], first["source_row"], first["departement"], first["trashed"]) == ("4-1", 1, "2B", True)
    assert first["author_type"] == "Citoyen" and first["author_type_received"] == "Citoyen / Citoyenne"
    assert first["author_id"].startswith("u-")
    assert str(first["published_at"]) == "2019-02-03 10:11:12"
    assert second["postcode"] is None and second["departement"] is None
    assert second["published_at"] is None and second["author_id"] is None
    assert second["reference"] == "UHJvcG9zYWw62"  # the id of the export stands in for it
    states = {answer["state"] for answer in answers(tmp_path)[:33]}
    assert states == {"trashed"}


def test_answers_come_in_the_order_of_the_questionnaire_whatever_that_of_the_columns(tmp_path):
    questions = list(reversed(questionnaire().questions))
    content = csv_text(headers(questions), [[str(question.number) for question in questions]])
    run(tmp_path, write(tmp_path, content))
    assert [answer["text"] for answer in answers(tmp_path)] == [str(number) for number in range(1, 34)]


def test_two_columns_of_one_question_keep_both_answers(tmp_path):
    names = headers(questionnaire().questions[:1]) * 2
    run(tmp_path, write(tmp_path, csv_text(names, [["un", "deux"]])))
    found = answers(tmp_path)
    assert [answer["text"] for answer in found] == ["un", "deux"]
    assert found[1]["answer_id"] == found[0]["answer_id"] + "-2"


def test_a_short_row_is_kept_as_far_as_it_goes_and_reported(tmp_path):
    lines = organisation_csv(FORMS).rstrip("\r\n").rsplit(",", 30)[0]
    summary = run(tmp_path, write(tmp_path, lines))
    assert [line[:4] for line in summary.problems] == ["E109"]
    assert summary.counts["contributions"] == 2
    assert summary.counts["answers"] == 33 + 3
    (rejected,) = rows(tmp_path, "rejected")
    assert (rejected["file"], rejected["line"]) == ("export.csv", 4)  # row 1 spans two lines


def test_a_row_with_a_column_too_many_keeps_its_text_but_not_as_answers(tmp_path):
    content = organisation_csv([{1: "un"}, {1: "deux"}]).replace(",deux,", ",de,ux,")
    summary = run(tmp_path, write(tmp_path, content))
    found = answers(tmp_path)
    assert {answer["state"] for answer in found[33:]} == {"rejected"}
    assert found[33]["text"] == "de"
    assert summary.counts["rejected"] == 33 and summary.counts["answers"] == 66


def test_separators_at_the_end_of_every_row_are_no_columns(tmp_path):
    lines = organisation_csv([{1: "un"}, {1: "deux"}]).splitlines()
    summary = run(tmp_path, write(tmp_path, "\n".join([lines[0], lines[1] + ",,", lines[2] + ",,"])))
    assert summary.problems == [] and summary.counts["pending"] == 2


def test_a_line_that_is_no_form_is_rejected_with_its_number_and_the_next_ones_read(tmp_path):
    lines = organisation_csv([{1: "un"}, {1: "deux"}]).splitlines(keepends=True)
    content = lines[0] + lines[1] + "perdu, sans collier\r\n" + lines[2]
    summary = run(tmp_path, write(tmp_path, content))
    assert summary.counts["contributions"] == 2
    assert [row["line"] for row in rows(tmp_path, "rejected")] == [3]


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_after_it(tmp_path):
    forms = [{1: f"numéro {number}"} for number in range(6)]
    content = organisation_csv(forms).replace(",numéro 2,", ',"numéro 2,')
    summary = run(tmp_path, write(tmp_path, content))
    found = [answer for answer in answers(tmp_path) if answer["question_id"] == "q-169"]
    read = {answer["text"] for answer in found if answer["state"] != "rejected"}
    assert read == {"numéro 0", "numéro 1", "numéro 3", "numéro 4", "numéro 5"}
    assert [answer["text"].rstrip(",") for answer in found if answer["state"] == "rejected"] == ["numéro 2"]
    assert [row["line"] for row in rows(tmp_path, "rejected")] == [4]
    assert summary.problems[0].startswith("E109")


def test_a_cell_larger_than_the_limit_of_the_csv_module_is_read(tmp_path):
    run(tmp_path, write(tmp_path, organisation_csv([{1: "é" * 300_000}])))
    assert len(answers(tmp_path)[0]["text"]) == 300_000


def test_unknown_questions_are_taken_as_they_come_and_their_kind_is_inferred(tmp_path):
    names = ["Qabc - Votre âge vous gêne-t-il ?", "Que faire du temps libre ?", "Vos journaux préférés ?"]
    cells = [
        [("Oui", "Non")[number % 2], f"idée numéro {number}", ("Le Monde|La Croix", "La Croix")[number % 2]]
        for number in range(40)
    ]
    summary = run(tmp_path, write(tmp_path, csv_text(names, cells), name="Mon Enquête.csv"))
    found = rows(tmp_path, "questions")
    assert [(row["title"], row["kind"], row["number"]) for row in found] == [
        (names[0], "closed", 1),
        (names[1], "open", 2),
        (names[2], "choice", 3),
    ]
    assert all(row["question_id"].startswith("q-x") and len(row["question_id"]) == 15 for row in found)
    assert {row["questionnaire"] for row in rows(tmp_path, "contributions")} == {"mon-enqu-te"}
    assert sum(note.startswith("N102") for note in summary.notes) == 3
    assert summary.counts["answers"] == 120


def test_a_column_that_is_no_question_is_said_aloud(tmp_path):
    content = organisation_csv([{1: "un"}]).replace("authorZipCode,", "score,", 1)
    summary = run(tmp_path, write(tmp_path, content))
    assert any(note.startswith("N103") and "score" in note for note in summary.notes)


HOSTILE = st.text(st.characters(exclude_categories=("Cs",)), max_size=25) | st.sampled_from(
    [
        "None",
        '"',
        '""',
        ",",
        ";",
        "a;b",
        "x\r\ny",
        "\r",
        "\n",
        "\x00",
        "=1+1",
        "\ufeff",
        "\u2028",
        "1. Quoi ?",
        "' OR 1=1",
    ]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(HOSTILE, min_size=4, max_size=4), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_every_cell_of_a_hostile_table_comes_back_unchanged_in_one_state(tmp_path_factory, table, separator):
    folder = tmp_path_factory.mktemp("hostile")
    content = csv_text(headers(questionnaire().questions[:4]), table, separator)
    summary = run(folder, write(folder, content), partition_size=2)
    as_it_stood = [answer["text"] if answer["original"] is None else answer["original"] for answer in answers(folder)]
    assert as_it_stood == [cell for row in table for cell in row]
    assert summary.problems == []
    states = ("rejected", "trashed", "empty", "closed", "duplicate", "pending")
    assert sum(summary.counts[state] for state in states) == summary.counts["answers"] == 4 * len(table)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_after_the_header_end_in_a_row_or_a_rejection_never_an_error(tmp_path_factory, noise, marked):
    folder = tmp_path_factory.mktemp("noise")
    content = (codecs.BOM_UTF8 if marked else b"") + organisation_csv(FORMS).encode() + noise
    summary = run(folder, write(folder, content))
    assert summary.counts["contributions"] >= 2
