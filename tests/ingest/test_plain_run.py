"""Plain tables through the whole of ingest and the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from ingest_inputs import rows, run

HEADER = ["id", "Avis", "Sexe", "poids"]
ROWS = [[n, f"Trop de normes pour les artisans du canton numéro {n}", "FH"[n % 2], "0,5"] for n in range(30)]


def csv(path, header=HEADER, cells=ROWS):
    path.write_text("\n".join(";".join(map(str, row)) for row in [header, *cells]) + "\n", encoding="utf-8")
    return path


def texts(folder, name="workspace"):
    titles = {row["question_id"]: row["title"] for row in rows(folder, "questions", name)}
    return [(titles[answer["question_id"]], answer["text"]) for answer in rows(folder, "answers", name)]


def test_the_same_table_in_each_format_gives_the_same_answers(tmp_path):
    import pyarrow as pa

    columns = {name: [str(row[place]) for row in ROWS] for place, name in enumerate(HEADER)}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    objects = [dict(zip(HEADER, map(str, row), strict=True)) for row in ROWS]
    (tmp_path / "t.jsonl").write_text("".join(json.dumps(item) + "\n" for item in objects))
    (tmp_path / "t.json").write_text(json.dumps(objects))
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    csv(tmp_path / "t.csv")
    expected = [(title, str(row[place])) for row in ROWS for place, title in ((1, "Avis"), (2, "Sexe"))]
    for ending in ("csv", "parquet", "jsonl", "json", "xlsx"):
        summary = run(tmp_path, tmp_path / f"t.{ending}", name=ending)
        assert not summary.problems
        assert texts(tmp_path, ending) == expected
        assert {row["title"]: row["kind"] for row in rows(tmp_path, "questions", ending)} == {
            "Avis": "open",
            "Sexe": "closed",
        }
        assert {row["weight"] for row in rows(tmp_path, "contributions", ending)} == {0.5}


def test_columns_beside_those_named_are_closed_and_nothing_is_lost(tmp_path):
    cells = [
        [n, f"texte {n}", f"Remarque très personnelle du modérateur sur la contribution {n}", n] for n in range(30)
    ]
    run(tmp_path, csv(tmp_path / "t.csv", ["id", "Avis", "Remarque", "poids"], cells), text_column="Avis")
    states = [row["state"] for row in rows(tmp_path, "answers")]
    assert states.count("pending") == 30
    assert states.count("closed") == 30


def test_a_long_table_in_which_people_answer_different_questions_is_one_questionnaire(tmp_path):
    cells = [[n // 2, f"Question {(n * 7) % 11} ?", f"réponse {n}"] for n in range(120)]
    run(tmp_path, csv(tmp_path / "t.csv", ["id", "question", "réponse"], cells))
    assert len(rows(tmp_path, "answers")) == 120
    assert len({row["questionnaire"] for row in rows(tmp_path, "contributions")}) == 1
    assert len(rows(tmp_path, "questions")) == 11


def test_the_same_table_twice_counts_once(tmp_path):
    one = csv(tmp_path / "a.csv")
    other = csv(tmp_path / "b.csv", HEADER, [*ROWS, [99, "Autre chose", "F", "1"]])
    summary = run(tmp_path, one, other)
    assert summary.counts["contributions"] == 31
    assert summary.counts["already_received_contributions"] == 30


@pytest.mark.parametrize("command", ["ingest"])
def test_the_options_of_the_command_line_name_columns(tmp_path, command):
    csv(tmp_path / "t.csv", ["code", "a", "b", "c"], [[f"R{n}", f"un {n}", f"deux {n}", "69001"] for n in range(3)])
    options = ["--text-column", "a", "--text-column", "b", "--id-column", "code", "--postcode-column", "c"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", command, "t.csv", *options],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert texts(tmp_path) == [(name, f"{word} {n}") for n in range(3) for name, word in (("a", "un"), ("b", "deux"))]
    found = rows(tmp_path, "contributions")
    assert [(row["reference"], row["departement"]) for row in found] == [(f"R{n}", "69") for n in range(3)]
