"""The official export as JSON."""

import json

import pytest
from ingest_inputs import answers, organisation_csv, organisation_json, rows, run

FORMS = [{1: "Trop de normes.", 2: "Oui", 3: "L'école\nde la République"}, {1: "Rien à dire", 2: "Non"}]


def write(folder, content, name="export.json"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_same_forms_have_the_same_ids_as_in_the_csv(tmp_path):
    run(tmp_path, write(tmp_path, organisation_json(FORMS)))
    run(tmp_path, write(tmp_path, organisation_csv(FORMS), "export.csv"), name="csv")
    assert [answer["answer_id"] for answer in answers(tmp_path)] == [
        answer["answer_id"] for answer in answers(tmp_path, "csv")
    ]


def test_a_null_value_is_a_null_text_and_empty(tmp_path):
    run(tmp_path, write(tmp_path, organisation_json(FORMS)))
    found = answers(tmp_path)
    assert len(found) == 66
    assert (found[3]["text"], found[3]["state"]) == (None, "empty")
    assert found[2]["text"] == "L'école\nde la République"


def test_the_formatted_value_comes_before_the_value_and_objects_are_kept_as_json(tmp_path):
    responses = [
        {"questionId": "169", "questionTitle": "", "value": "brut", "formattedValue": "propre"},
        {"questionId": "172", "questionTitle": "", "value": {"labels": ["é"], "other": None}, "formattedValue": None},
    ]
    run(tmp_path, write(tmp_path, json.dumps([{"reference": "4-1", "responses": responses}])))
    assert [answer["text"] for answer in answers(tmp_path)] == ["propre", '{"labels": ["é"], "other": null}']


@pytest.mark.parametrize("cut", ["line", "one line", "middle"])
def test_whole_forms_before_and_after_the_break_are_kept_and_the_break_is_told(tmp_path, cut):
    content = organisation_json([{1: f"réponse {number}"} for number in range(5)])
    if cut == "middle":
        content = content.replace('"réponse 3"', '"réponse 3",,', 1)
    else:
        content = content[: content.index("réponse 3")]
    if cut == "one line":
        content = content.replace("\n", "")
    summary = run(tmp_path, write(tmp_path, content))
    assert summary.counts["contributions"] == (4 if cut == "middle" else 3)
    (rejected,) = rows(tmp_path, "rejected")
    assert rejected["reason"].startswith("E105")
    assert rejected["line"] == (1 if cut == "one line" else 4)


def test_items_that_are_no_forms_are_rejected_one_by_one(tmp_path):
    form = json.loads(organisation_json([{1: "bon"}]))[0]
    broken = {"reference": "4-9", "responses": "rien"}
    partly = {"reference": "4-8", "responses": [7, {"questionId": "169", "value": "gardé"}]}
    summary = run(tmp_path, write(tmp_path, json.dumps([form, broken, 5, partly])))
    assert summary.counts["contributions"] == 2
    assert [line[:4] for line in summary.problems] == ["E110"] * 3
    assert answers(tmp_path)[-1]["text"] == "gardé"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_marks_and_legacy_encodings_are_read(tmp_path, encoding):
    run(tmp_path, write(tmp_path, organisation_json(FORMS).encode(encoding)))
    assert answers(tmp_path)[2]["text"] == "L'école\nde la République"


def test_half_a_surrogate_pair_or_a_nul_does_not_stop_the_run(tmp_path):
    content = json.dumps([{"reference": "4-1", "responses": [{"questionId": "169", "value": "a\ud83d\x00b"}]}])
    run(tmp_path, write(tmp_path, content))
    (found,) = answers(tmp_path)
    assert found["text"][0] == "a" and found["text"][-1] == "b"


def test_an_export_without_a_form_is_read_as_such(tmp_path):
    summary = run(tmp_path, write(tmp_path, "[]"))
    assert summary.counts["answers"] == 0 and summary.problems == []
