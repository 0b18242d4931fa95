"""Tables with separators that are no export of a platform."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_tables import read

ROWS = [["1", "Trop, de; normes\nvraiment"], ["2", 'Il dit "non"'], ["3", "é" * 40]]


def table(rows, separator=",", end="\r\n"):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", list(",;\t|"))
@pytest.mark.parametrize("name", ["t.csv", "t.txt"])
def test_separator_and_encoding_do_not_matter(tmp_path, name, separator, encoding):
    got = read(tmp_path / name, table([["id", "Avis"], *ROWS], separator).encode(encoding))
    assert got.column("reference") == ["1", "2", "3"]
    assert got.answers() == [{"Avis": text} for _, text in ROWS]


@pytest.mark.parametrize(
    "content",
    [
        "Bonjour, ceci est une lettre.\nJe pense que, vraiment, il faut agir.\nVoilà, c'est dit.\n",
        "Une phrase, deux morceaux\n",
        '{"id": 1, "texte": "a"',
        "<html><body>a;b\nc;d</body></html>",
        "Bonjour madame, je vous écris\nAu revoir, à bientôt\nMerci, vraiment\n",
    ],
)
def test_what_is_no_table_is_left_alone(tmp_path, content):
    assert read(tmp_path / "lettre.txt", content).said("E104")


def test_a_single_column_is_a_table_when_its_file_or_the_analyst_says_so(tmp_path):
    content = "Votre avis, en somme\nOui, mais non\n\nPeut-être\n"
    expected = [{"Votre avis, en somme": "Oui, mais non"}, {"Votre avis, en somme": "Peut-être"}]
    assert read(tmp_path / "t.csv", content).answers() == expected
    assert read(tmp_path / "t.txt", content, text_column="Votre avis, en somme").answers() == expected


def test_rows_with_too_few_or_too_many_cells_are_kept_and_told_with_their_line(tmp_path):
    got = read(tmp_path / "t.csv", "id;texte;suite\n1;a;b\n2;c;d;e\n3;f\n4;g;h\n")
    assert [(m.line, m.fields["found"]) for m in got.said("E109")] == [(3, 4), (4, 2)]
    assert got.answers() == [
        {"texte": "a", "suite": "b"},
        {"texte": "c", "suite": "d;e"},
        {"texte": "f", "suite": None},
        {"texte": "g", "suite": "h"},
    ]
    assert [bool(unread) for unread in got.column("unread")] == [False, True, False, False]


def test_a_separator_too_many_does_not_cost_the_row_though_dates_and_numbers_are_pushed_aside(tmp_path):
    rows = "".join(f"{n};texte;{n};2019-03-0{n}\n" for n in range(1, 9))
    got = read(tmp_path / "t.csv", f"id;avis;note;date\n{rows}9;trop; cher;4;2019-03-09\n10;sans date;3\n")
    assert got.column("reference") == [str(n) for n in range(1, 11)]
    assert "trop" in got.answers()[8].values() and got.forms[8]["unread"]
    assert [m.line for m in got.said("E109")] == [10, 11]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    rows = "".join(f"{number};texte;2019-03-0{number}\n" for number in range(3, 9))
    got = read(tmp_path / "t.csv", f'id;texte;date\n1;a;2019-03-01\n2;"jamais fermé;2019-03-02\n{rows}')
    assert got.column("reference") == ["1", "2", "3", "4", "5", "6", "7", "8"]
    assert [m.line for m in got.messages if m.code.startswith("E")] == [3]


@pytest.mark.parametrize(("preamble", "lines"), [("sep=;\n", 1), ("Export du 3 mars\n\n", 2), ("\n", 1)])
def test_titles_above_the_header_are_skipped_and_lines_counted(tmp_path, preamble, lines):
    got = read(tmp_path / "t.csv", preamble + "id;texte;note\n1;a;3\n2;b;4;5\n3;c;5\n")
    assert got.column("reference") == ["1", "2", "3"]
    assert [m.line for m in got.said("E109")] == [lines + 3]


def test_without_a_header_the_first_row_is_a_contribution(tmp_path):
    got = read(tmp_path / "t.csv", "1;2019-03-07;bonjour\n2;2019-03-08;salut\n")
    assert got.said("N120")
    assert [answer["Colonne 3"] for answer in got.answers()] == ["bonjour", "salut"]
    assert got.column("row") == [1, 2]


def test_blank_rows_and_blank_columns_without_a_name_hold_nothing(tmp_path):
    got = read(tmp_path / "t.csv", "id;texte;;\n1;a;;\n;;;\n2;b;;x\n; ;;\n")
    assert got.column("row") == [1, 2]
    assert [list(answer.values()) for answer in got.answers()] == [["a", ""], ["b", "x"]]


def test_a_column_that_was_named_and_is_missing_stops_the_file(tmp_path):
    got = read(tmp_path / "t.csv", "id;texte\n1;a\n", weight_column="poids")
    assert not got.forms
    assert [m.code for m in got.messages] == ["E130"]


def test_weights_and_dates_that_are_none_are_counted_once(tmp_path):
    rows = "".join(f"{n};0,5;2019-03-07;t{n}\n" for n in range(20))
    got = read(tmp_path / "t.csv", f"id;poids;date;texte\n{rows}20;lourd;hier;x\n21;?;;y\n", weight_column="poids")
    assert sorted((m.fields["column"], m.fields["count"]) for m in got.said("N124")) == [("date", 1), ("poids", 2)]


def test_a_long_table_gives_one_contribution_an_id_wherever_its_rows_stand(tmp_path):
    content = "id,question,réponse,sexe\n1,Q un ?,a,F\n2,Q un ?,b,H\n,Q un ?,c,\n1,Q deux ?,d,F\n"
    got = read(tmp_path / "t.csv", content)
    assert got.column("reference") == ["1", "2", None]
    assert got.column("row") == [1, 2, 3]
    assert got.answers() == [
        {"sexe": "F", "Q un ?": "a", "Q deux ?": "d"},
        {"sexe": "H", "Q un ?": "b"},
        {"sexe": "", "Q un ?": "c"},
    ]
    assert not any((tmp_path / "scratch").iterdir())


def test_a_second_answer_to_one_question_is_a_contribution_with_the_same_reference(tmp_path):
    got = read(tmp_path / "t.csv", "id,question,réponse,note\n1,Q ?,a,3\n1,Q ?,b,4\n2,Q ?,c,3\n2,R ?,d,3\n")
    assert got.column("reference") == ["1", "1", "2"]
    assert got.answers() == [
        {"Q ?": "a", "Q ? / note": "3"},
        {"Q ?": "b", "Q ? / note": "4"},
        {"Q ?": "c", "Q ? / note": "3", "R ?": "d", "R ? / note": "3"},
    ]
    assert [m.fields["count"] for m in got.said("N125")] == [1]


def test_a_long_table_without_ids_has_a_contribution_a_row(tmp_path):
    got = read(tmp_path / "t.csv", "thème;verbatim\nA;x\nB;y\n;z\n", question_column="thème")
    assert got.answers() == [{"A": "x"}, {"B": "y"}, {"verbatim": "z"}]


word = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(',;"|\n\t '), max_size=30)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts=st.lists(word, min_size=1, max_size=12), separator=st.sampled_from(",;\t|"))
def test_every_cell_that_goes_in_comes_out_unchanged(tmp_path, texts, separator):
    rows = [[f"r{number}", text, "x"] for number, text in enumerate(texts)]
    content = table([["id", "texte", "suite"], *rows], separator, "\n")
    got = read(tmp_path / "t.csv", content, text_column="texte", id_column="id")
    assert [answer["texte"] for answer in got.answers()] == texts


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(content=st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(',;"|\n\t '), max_size=200))
def test_no_file_whatsoever_raises(tmp_path, content):
    assert read(tmp_path / "t.csv", content)
