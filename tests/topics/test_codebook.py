"""Reading a codebook: what spreadsheets write is read, and all that is wrong is said at once, with its line."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import DoleancesError
from pipeline.resources import resource
from pipeline.topics.codebook import CodebookError, CodebookProblem, read_codebook


def write(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "themes.csv"
    path.write_bytes(content.encode(encoding))
    return path


def problems(folder: Path, content: str) -> list[tuple[int, str]]:
    with pytest.raises(CodebookError) as caught:
        read_codebook(write(folder, content))
    return [(one.line, one.detail) for one in caught.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    rows = [
        ["Libellé", "Définition", "Exemples", "Parent", "Question"],
        ["Santé", "Se soigner", "", "", ""],
        ["Médecins", '"Trop peu, dit-on; de médecins"', "pas de médecin| délais  |", "SANTE", "5"],
    ]
    codebook = read_codebook(write(tmp_path, end.join(delimiter.join(row) for row in rows) + end, encoding))
    first, second = codebook.entries
    assert (first.label, first.definition, first.examples, first.parent, first.question) == (
        "Santé",
        "Se soigner",
        (),
        None,
        None,
    )
    assert second.definition == "Trop peu, dit-on; de médecins"
    assert second.examples == ("pas de médecin", "délais")
    assert (second.parent, second.question, second.line) == ("Santé", "5", 3)


def test_the_label_alone_is_enough_and_cells_may_be_missing_at_the_end_of_a_row(tmp_path: Path) -> None:
    assert [e.label for e in read_codebook(write(tmp_path, "label\nGares\n\nÉcoles\n")).entries] == ["Gares", "Écoles"]
    assert read_codebook(write(tmp_path, "label;definition;parent\nGares\n")).entries[0].definition == ""


def test_every_problem_is_said_at_once_with_the_line_its_row_starts_on(tmp_path: Path) -> None:
    content = (
        "label,definition,parent,question\n"
        ",rien,,\n"
        'Gares,"deux\nlignes",,\n'
        "gares,,,5\n"
        "Trains,,Avions,\n"
        "Et de la,,,\n"
        "Bus,,,,,trop\n"
    )
    found = problems(tmp_path, content)
    assert [line for line, _ in found] == [2, 5, 6, 7, 8]
    details = [detail for _, detail in found]
    assert details[0] == "the label is empty"
    assert details[1] == "label « gares » is already on line 3 for the same question"
    assert details[2] == "parent « Avions » is not the label of a theme of the same question"
    assert details[3].startswith("no word of « Et de la »")
    assert details[4] == "6 columns where the header has 4"


def test_parents_that_go_round_or_deeper_than_two_levels_are_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "label,parent\nGares,Gares\n") == [(2, "parent « Gares » leads back to « Gares »")]
    assert [line for line, detail in problems(tmp_path, "label,parent\nGares,Trains\nTrains,Gares\n")] == [2, 3]
    deep = problems(tmp_path, "label,parent\nTransports,\nTrains,Transports\nGares,Trains\n")
    assert deep == [(4, "parent « Trains » has a parent itself (line 3): two levels are the most")]
    assert len(problems(tmp_path, "label,parent\nGares,Trains\nTrains,Bus\nBus,Gares\n")) == 3


def test_a_label_may_stand_once_for_each_question_and_a_parent_must_be_there_too(tmp_path: Path) -> None:
    codebook = read_codebook(write(tmp_path, "label,question\nGares,5\nGares,6\nÉcoles,\n"))
    assert [entry.label for entry in codebook.for_question("q-172", 5)] == ["Gares", "Écoles"]
    assert [entry.line for entry in codebook.for_question("q-174", 6)] == [3, 4]
    assert [entry.label for entry in codebook.for_question("q-9")] == ["Écoles"]
    by_id = read_codebook(write(tmp_path, "label,question\nGares,q-172\n"))
    assert len(by_id.for_question("q-172", 5)) == 1 and not by_id.for_question("q-173", 6)
    assert problems(tmp_path, "label,parent,question\nTransports,,6\nGares,Transports,5\n")


def test_answers_go_to_the_leaves_of_the_question(tmp_path: Path) -> None:
    codebook = read_codebook(write(tmp_path, "label,parent,question\nTransports,,\nGares,Transports,5\n"))
    assert [entry.label for entry in codebook.leaves("q-172", 5)] == ["Gares"]
    assert [entry.label for entry in codebook.leaves("q-174", 6)] == ["Transports"]  # it has no part there


@pytest.mark.parametrize(
    "cell",
    [
        "gare|train d'ici",
        "gare; train d'ici",
        '"[\'gare\', ""train d\'ici""]"',
        '"[\'gare\' ""train d\'ici""]"',
        '"[gare, train d\'ici]"',
    ],
)
def test_themes_of_an_earlier_consultation_are_read_as_its_table_is_saved(tmp_path: Path, cell: str) -> None:
    header = "topic_id,question_id,questionnaire,parent_id,label,definition,terms,term_scores,n_segments,status,model\n"
    row = f"t-1,q-172,organisation,,Gares,Réponses où reviennent : gare.,{cell},[1.0],12,proposed,local/1\n"
    other = "t-2,q-172,organisation,t-1,Quais,,quai,[1.0],12,proposed,local/1\n"
    first, second = read_codebook(write(tmp_path, header + row + other)).entries
    assert (first.topic_id, first.question, first.terms) == ("t-1", "q-172", ("gare", "train d'ici"))
    assert second.parent == "Gares"  # by its topic_id


def test_an_id_may_not_stand_twice(tmp_path: Path) -> None:
    found = problems(tmp_path, "label,topic_id\nGares,t-1\nÉcoles,t-1\nBus,a b\n")
    assert found[0] == (3, "topic_id « t-1 » is already on line 2")
    assert found[1][0] == 4


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "no column « label »"),
        ("label\n", "no theme"),
        ("nom,definition\nGares,x\n", "column « nom » is not one of"),
        ("label,libellé\nGares,Gares\n", "stands there twice"),
        ('label\n"Gares\n', "unexpected end of data"),
        ("label\nGa\0res\n", "NUL"),
    ],
)
def test_a_file_that_is_no_codebook_is_refused_in_one_plain_line(tmp_path: Path, content: str, part: str) -> None:
    with pytest.raises(CodebookError, match=part) as caught:
        read_codebook(write(tmp_path, content))
    assert "\n" not in str(caught.value) and str(tmp_path) in str(caught.value)


def test_a_file_in_no_known_encoding_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "themes.csv"
    path.write_bytes(b"label\nGares\n\x81\xe9\n")
    with pytest.raises(CodebookError, match="line 3: neither UTF-8"):
        read_codebook(path)
    with pytest.raises(DoleancesError) as missing:
        read_codebook(tmp_path / "none.csv")
    assert missing.value.problem.code == "E101"
    with pytest.raises(DoleancesError) as folder:
        read_codebook(tmp_path)
    assert folder.value.problem.code == "E111"


def test_the_error_crosses_process_borders_whole() -> None:
    error = CodebookError(Path("a.csv"), (CodebookProblem(2, "wrong"),))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert str(again) == str(error) == "a.csv: line 2: wrong" and again.problems == error.problems


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: ("label;parent\n" + text).encode()))
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "themes.csv"
    path.write_bytes(content)
    try:
        assert read_codebook(path).entries
    except CodebookError as error:
        assert error.problems and all(problem.line >= 1 for problem in error.problems)


def test_the_shipped_example_can_be_read_and_has_two_levels() -> None:
    codebook = read_codebook(resource("seeds") / "codebooks" / "exemple.csv")
    labels = {entry.label for entry in codebook.leaves("q-172", 5)}
    assert {"Manque de médecins", "La Poste", "Démarches en ligne"} <= labels
    assert not {"Santé", "Transports", "Décentralisation"} & labels
