"""Gold files of themes: every bad line is told with its number, and which answers can be measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DoleancesError, ExitCode
from pipeline.evaluation.texts import cut, documents_of
from pipeline.evaluation.topic_gold import GoldLine, Question, questions_of, read_gold

GOOD = {"question": "FI8", "text": "Baisser la TVA", "themes": ["TVA"]}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Expecting property name"),
        ("[" * 100_000, "recursion"),
        ("\udcff", "decode"),
        ("[]", "no object"),
        ('{"question": "FI8", "text": "a"}', "themes is missing"),
        ('{"question": "FI8", "themes": ["TVA"]}', "text is missing"),
        ('{"text": "a", "themes": ["TVA"]}', "question is missing"),
        ('{"question": " ", "text": "a", "themes": ["TVA"]}', "question is missing"),
        ('{"question": "FI8", "text": "a", "themes": "TVA"}', "themes must be a list"),
        ('{"question": "FI8", "text": "a", "themes": {"TVA": 3}}', "themes must be a list"),
        ('{"question": "FI8", "text": "a", "themes": null}', "themes must be a list"),
        ('{"question": "FI8", "text": "a", "themes": ["TVA", 3]}', "each of themes must be a text, not 3"),
        ('{"question": "FI8", "text": "a", "themes": [" "]}', "has no name"),
        ('{"question": "FI8", "text": ["a"], "themes": ["TVA"]}', "text must be a text"),
        ('{"question": "FI8", "text": 3, "themes": ["TVA"]}', "text must be a text"),
        ('{"question": true, "text": "a", "themes": ["TVA"]}', "question must be a text"),
        ('{"question": "FI8", "text": "a", "themes": [], "answer_id": {}}', "answer_id must be a text"),
        (r'{"question": "FI8", "text": "abc \ud83d", "themes": ["TVA"]}', "character 4"),
        (r'{"question": "FI8", "text": "a", "themes": ["\ud83d"]}', "half a character"),
        ('{"question": 1' + "0" * 5000 + ', "text": "a", "themes": []}', "digits"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(f"{json.dumps(GOOD)}\n\n{line}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(DoleancesError, match=r"E310 .*gold\.jsonl, line 3: ") as caught:
        read_gold(path)
    assert said in str(caught.value) and caught.value.exit_code == ExitCode.WRONG_USAGE
    assert "\n" not in str(caught.value)


def test_a_missing_or_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E101"):
        read_gold(tmp_path / "none.jsonl")
    with pytest.raises(DoleancesError, match="E111"):
        read_gold(tmp_path)
    for content in (b"", b"\n \n", b"\xef\xbb\xbf"):
        (tmp_path / "empty.jsonl").write_bytes(content)
        with pytest.raises(DoleancesError, match=r"E310 .*empty\.jsonl, line 1: no answer"):
            read_gold(tmp_path / "empty.jsonl")


def test_a_line_is_read_as_it_stands_with_each_theme_once(tmp_path: Path) -> None:
    line = {"question": 169, "question_text": "Et la TVA ?", "text": " a&&b ", "themes": ["TVA ", "État", "TVA"]}
    path = written(tmp_path, line)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_gold(path) == [GoldLine(1, " a \nb ", ("TVA", "État"), "169", "Et la TVA ?")]


def test_an_answer_of_a_workspace_needs_no_question_and_either_a_text_or_an_id(tmp_path: Path) -> None:
    path = written(tmp_path, {"answer_id": "a-1-2", "themes": []}, {"text": "a", "themes": []})
    assert read_gold(path, of_workspace=True) == [GoldLine(1, "", (), answer_id="a-1-2"), GoldLine(2, "a", ())]
    with pytest.raises(DoleancesError, match="line 1: text is missing, and answer_id too"):
        read_gold(written(tmp_path, {"question": "FI8", "themes": []}), of_workspace=True)


@given(st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_told_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(raw)
    try:
        assert read_gold(path)
    except DoleancesError as error:
        assert error.problem.code == "E310" and "\n" not in str(error)


@given(st.lists(st.tuples(st.text(), st.lists(st.text(min_size=1).filter(str.strip))), min_size=1))
def test_texts_and_themes_come_out_as_they_went_in(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, list[str]]]
) -> None:
    rows = [(text.replace("&", "+"), themes) for text, themes in rows]
    path = written(tmp_path_factory.getbasetemp(), *({"question": "q", "text": a, "themes": b} for a, b in rows))
    found = read_gold(path)
    assert [line.text for line in found] == [text for text, _ in rows]
    assert [line.themes for line in found] == [tuple(sorted({name.strip() for name in names})) for _, names in rows]


def question(*rows: tuple[str, list[str]], least: int = 2) -> Question:
    lines = [GoldLine(i, text, tuple(themes), "q") for i, (text, themes) in enumerate(rows)]
    (found,) = questions_of(lines, least)
    return found


def test_only_themes_with_enough_answers_of_their_own_are_kept() -> None:
    found = question(
        ("la gare", ["train"]),
        ("le médecin", ["santé"]),
        ("la gare et le médecin", ["santé", "train"]),
        ("un hôpital", ["santé"]),
        ("une école", ["école"]),
        ("école et gare", ["école", "train"]),
        ("le train", ["train"]),
    )
    assert found.kept == ("santé", "train") and found.is_measurable
    assert found.single == (0, 1, 3, 6) and found.gold == [1, 0, 0, 1]
    assert found.several == (2,)


def test_an_answer_without_a_word_that_means_anything_is_measured_nowhere() -> None:
    found = question(("rien", ["rien"]), ("RAS", ["rien"]), ("la gare", ["train"]), ("le train", ["train"]))
    assert found.without_terms == 2 and found.kept == ("train",) and found.single == (2, 3)
    assert not found.is_measurable


def test_a_cut_document_keeps_every_term_at_its_place() -> None:
    text = "Il faut des trains. Il faut des médecins."
    (whole,) = documents_of([text])
    parts = cut(whole, [0, 20])
    assert [part.text for part in parts] == [text[:20], text[20:]]
    assert tuple(term for part in parts for term in part.terms) == whole.terms
    assert [part.surface(i) for part in parts for i in range(len(part.terms))] == ["trains", "médecins"]
    assert [part.terms for part in cut(whole, [0, 8, 20])] == [("train",), ("médecin",)]
    assert [part.text for part in cut(whole, [8, 20])] == [text[:20], text[20:]]  # what stands before the first is its
    assert cut(documents_of(["..."])[0], [0]) == []
