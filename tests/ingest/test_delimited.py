"""Rows of files with separators: both ways of reading say the same, and no quote swallows what follows it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_inputs import answers, csv_text, headers, organisation_csv, questionnaire, rows, run

from pipeline.ingest.delimited import Message, Row, read_chunks, read_rows
from pipeline.ingest.discovery import InputFile
from pipeline.ingest.encodings import inspect

WIDTH = len(questionnaire().questions)


def both_ways(tmp_path, content, width, plausible=lambda row: True):
    path = tmp_path / "x.csv"
    path.write_bytes(content.encode())
    fast = []
    for chunk in read_chunks(InputFile(path, "x", "x"), inspect(path), ",", width, plausible):
        assert not isinstance(chunk, Message)
        fast += [list(row) for row in zip(*(column.to_pylist() for column in chunk.columns), strict=True)]
    slow = [row.cells for row in read_rows(io.StringIO(content, newline=""), ",", width, plausible)]
    return fast, slow


cells = st.text(st.sampled_from('ab,;" \n\ré\0'), max_size=8)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(cells, cells, cells), max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_sound_rows_are_the_same_column_by_column_and_one_by_one(tmp_path_factory, found, line_end):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([("x", "y", "z"), *found])
    fast, slow = both_ways(tmp_path_factory.mktemp("csv"), out.getvalue(), 3)
    assert fast == slow == [list(row) for row in found]


def export(*said):
    return csv_text(headers(questionnaire().questions), [[*[""] * (WIDTH - 1), text] for text in said])


def said(tmp_path):
    return [answer["text"] for answer in answers(tmp_path) if answer["text"]]


def test_a_quote_that_is_never_closed_in_the_last_column_swallows_no_row(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(export("un", "DEUX", "trois", "quatre").replace("DEUX", '"deux'), encoding="utf-8")
    summary = run(tmp_path, path)
    assert said(tmp_path) == ["un", "deux", "trois", "quatre"]
    assert [row["line"] for row in rows(tmp_path, "rejected")] == [3] and "quote" in summary.problems[0]


def test_two_quotes_that_are_never_closed_swallow_no_row_between_them(tmp_path):
    path = tmp_path / "x.csv"
    content = export("un", "DEUX", "trois", "QUATRE", "cinq").replace("DEUX", '"deux').replace("QUATRE", '"quatre')
    path.write_text(content, encoding="utf-8")
    run(tmp_path, path)
    assert said(tmp_path) == ["un", "deux", "trois", "quatre", "cinq"]


def test_a_quote_that_is_never_closed_in_the_first_question_keeps_its_row_and_the_others(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(organisation_csv([{1: "un"}, {1: "DEUX"}, {1: "trois"}]).replace("DEUX", '"deux'), encoding="utf-8")
    run(tmp_path, path)
    assert [text.split(",")[0] for text in said(tmp_path)] == ["un", "deux", "trois"]
    assert len(rows(tmp_path, "contributions")) == 3


def test_a_text_of_several_lines_with_separators_is_one_cell(tmp_path):
    text = "d'abord, ceci\nensuite, cela\n, , ,\nenfin : rien"
    path = tmp_path / "x.csv"
    path.write_text(export(text, "deux"), encoding="utf-8")
    assert not run(tmp_path, path).problems
    assert said(tmp_path) == [text, "deux"]


@pytest.mark.parametrize("size", [1 << 20, 5 << 20])
def test_a_cell_of_megabytes_is_read_whole(tmp_path, size):
    path = tmp_path / "x.csv"
    path.write_text(export("un", "é" * size, "trois"), encoding="utf-8")
    run(tmp_path, path)
    assert [len(text) for text in said(tmp_path)] == [2, size, 5]


def test_rows_say_where_they_begin(tmp_path):
    content = 'a,b\n1,"x\ny"\n\n2,z\n3\n'
    found = list(read_rows(io.StringIO(content, newline=""), ",", 2, lambda row: True))
    assert [(row.number, row.line) for row in found if isinstance(row, Row)] == [(1, 2), (2, 5), (3, 6)]
    assert [message.line for message in found if isinstance(message, Message)] == [6]


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ('"Il a dit "oui" hier"', 'Il a dit "oui" hier'),
        ('"le "droit à l\'erreur""', 'le "droit à l\'erreur"'),
        ('"tout ""va"" bien, "dit-il""', 'tout "va" bien, "dit-il"'),
        ('"""tout"" va ""bien"""', '"tout" va "bien"'),
        ('le "oui" de 2" de pluie', 'le "oui" de 2" de pluie'),
        ('"fin "', "fin "),
    ],
)
def test_quotes_inside_quotes_come_out_as_they_were_meant(tmp_path, raw, meant):
    path = tmp_path / "x.csv"
    path.write_text(export("un", "DEUX", "trois").replace("DEUX", raw), encoding="utf-8")
    assert not run(tmp_path, path).problems
    assert said(tmp_path) == ["un", meant, "trois"]


def test_a_run_of_a_million_quotes_takes_no_time(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(export("un", "DEUX").replace("DEUX", 'a "b' + '"' * 1_000_001 + "c"), encoding="utf-8")
    run(tmp_path, path)
    assert len(rows(tmp_path, "contributions")) == 2
