"""JSON Lines, and plain JSON arrays of objects."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_tables import read

OBJECTS = [
    {"id": 7, "auteur": {"id": "u1", "type": "Citoyen"}, "avis": "Trop de\nnormes", "note": 4.50, "choix": ["a", "b"]},
    {"id": 8, "avis": None, "note": 3, "choix": [], "lu": True, "plus": [{"x": 1}]},
]
EXPECTED = [
    {"auteur/type": "Citoyen", "avis": "Trop de\nnormes", "choix": "a|b", "lu": None, "plus": None},
    {"auteur/type": None, "avis": None, "choix": None, "lu": "true", "plus": '[{"x": 1}]'},
]


def lines(objects):
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in objects)


@pytest.mark.parametrize("name", ["t.jsonl", "t.json", "t.txt"])
@pytest.mark.parametrize("content", [lines(OBJECTS), json.dumps(OBJECTS, indent=1), json.dumps(OBJECTS)])
def test_objects_are_flattened_and_values_kept(tmp_path, name, content):
    got = read(tmp_path / name, content)
    assert got.layout == "JSON objects"
    assert got.column("reference") == ["7", "8"]
    assert [{key: answer[key] for key in EXPECTED[0]} for answer in got.answers()] == EXPECTED
    assert got.column("author") == ["u1", None]


def test_numbers_stay_as_they_are_written(tmp_path):
    got = read(tmp_path / "t.jsonl", '{"avis": "x", "n": 4.50, "m": 12345678901234567890, "z": 1e3}\n')
    assert got.answers() == [{"avis": "x", "n": "4.50", "m": "12345678901234567890", "z": "1e3"}]


def test_a_broken_line_is_told_and_the_others_are_read(tmp_path):
    content = '{"id": 1, "avis": "a"}\n{"id": 2, "avis": \n\n[1]\n{"id": 3, "avis": "c"}\n' + "[" * 100_000 + "\n"
    got = read(tmp_path / "t.jsonl", content)
    assert got.column("reference") == ["1", "3"]
    assert [m.line for m in got.said("E110")] == [2, 4, 6]


def test_a_broken_array_keeps_the_objects_before(tmp_path):
    got = read(tmp_path / "t.json", '[\n{"id": 1, "avis": "a"},\n3,\n{"id": 2, "avis": "b"},\n{"id": 3, "avis"')
    assert got.column("reference") == ["1", "2"]
    assert [(m.code, m.line) for m in got.messages if m.code.startswith("E")] == [("E110", 3), ("E105", 5)]


def test_keys_that_come_late_are_columns_from_there_on(tmp_path):
    objects = [{"id": n, "avis": f"texte {n}"} for n in range(1500)] + [{"id": 1500, "avis": "z", "suite": "fin"}]
    got = read(tmp_path / "t.jsonl", lines(objects))
    assert len(got.forms) == 1501
    assert got.answers()[0] == {"avis": "texte 0"}
    assert got.answers()[-1] == {"avis": "z", "suite": "fin"}


def test_a_key_that_comes_twice_keeps_both_values(tmp_path):
    content = '{"id": 1, "avis": "a", "avis": "b", "x": {"y": "c"}, "x/y": "d"}\n'
    for made in (content, f"[{content}]"):
        assert read(tmp_path / "t.json", made).answers() == [{"avis": "a", "avis (2)": "b", "x/y": "c", "x/y (2)": "d"}]


def test_objects_with_keys_of_their_own_are_told_once(tmp_path):
    objects = [{"id": n, "avis": "a"} | {f"k{n}-{i}": i for i in range(50)} for n in range(100)]
    got = read(tmp_path / "t.jsonl", lines(objects))
    assert len(got.forms) == 100
    assert [m.code for m in got.messages if m.code.startswith("E")] == ["E136"]


def test_a_long_table_of_objects(tmp_path):
    rows = [("1", "Q un ?", "a"), ("2", "Q un ?", "b"), ("1", "Q deux ?", "c")]
    content = lines({"id": i, "question": q, "answer": a} for i, q, a in rows)
    assert read(tmp_path / "t.jsonl", content).answers() == [{"Q un ?": "a", "Q deux ?": "c"}, {"Q un ?": "b"}]


@pytest.mark.parametrize("content", ['{\n "a": 1\n}', '{"data": [{"avis": "a"}], "n": 1}', "[1, 2]", '{"a": '])
def test_other_json_is_left_alone(tmp_path, content):
    assert read(tmp_path / "t.txt", content).layout is None


# Control characters in so small a file make it look like a binary one.
word = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\x85"), max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(texts=st.lists(word, min_size=1, max_size=8))
def test_every_text_that_goes_in_comes_out_unchanged(tmp_path, texts):
    objects = [{"ref": f"r{number}", "texte": text} for number, text in enumerate(texts)]
    for content in (lines(objects), json.dumps(objects)):
        got = read(tmp_path / "t.json", content, text_column="texte")
        assert [answer["texte"] for answer in got.answers()] == texts
