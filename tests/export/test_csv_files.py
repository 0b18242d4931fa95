"""CSV for Excel and for pandas: every text comes back, and each says what it holds in the way of its readers."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.dataset.schemas import FILES
from pipeline.export import csv_files
from pipeline.export.cells import is_live, unescaped
from pipeline.export.columns import TABLES
from tests.export.hostile import AWKWARD, source_of, texts, theme, topic


def excel(path: Path) -> list[dict[str, str]]:
    """Read a file as a French Excel does."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";", strict=True))


@settings(max_examples=30, deadline=None)
@given(st.lists(texts, max_size=5))
@example(list(AWKWARD))
def test_any_texts_come_back_from_both_files(received: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "out"
        folder.mkdir()
        rows = [{"text": text, "reference": text, "topics": [theme("t", text)]} for text in received]
        csv_files.write(source_of(Path(scratch) / "in", rows), folder)
        for_excel = excel(folder / "excel" / "reponses.csv")
        assert [unescaped(row["Réponse"]) for row in for_excel] == received
        assert [unescaped(row["Tous les thèmes"]) for row in for_excel] == received
        with (folder / "pandas" / "answers.csv").open(encoding="utf-8", newline="") as file:
            plain = list(csv.DictReader(file, strict=True))
        assert [unescaped(row["reference"]) for row in plain] == received
        for row in [*for_excel, *plain]:
            assert not any(is_live(cell) and not cell.startswith("\u200b") for cell in row.values())


@settings(max_examples=20, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5))
@example(list(AWKWARD))
def test_pandas_gives_any_texts_back_with_the_call_of_the_read_me(received: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "out"
        folder.mkdir()
        csv_files.write(source_of(Path(scratch) / "in", [{"text": text} for text in received]), folder)
        read_me = (folder / "LISEZ-MOI.txt").read_text(encoding="utf-8-sig")
        call = next(line for line in read_me.splitlines() if "read_csv" in line)
        assert 'read_csv("pandas/answers.csv", dtype=str, keep_default_na=False)' in call
        table = pd.read_csv(folder / "pandas" / "answers.csv", dtype=str, keep_default_na=False)
        table = table.apply(lambda column: column.str.removeprefix("\u200b"))
        assert table["text"].tolist() == received


def test_each_file_is_written_as_its_readers_expect(tmp_path: Path) -> None:
    answer = {
        "text": "a\r\nb",
        "weight": 1.5,
        "routed": False,
        "departement": "01",
        "topics": [theme("t-1", "Médecins")],
    }
    segment = {"segment_id": "s", "answer_id": "a-0", "start": 0, "end": 1, "text": "a", "score": 0.9726, "margin": 0.5}
    source = source_of(
        tmp_path / "in", [answer], segments=[segment | {"language": "fr"}], topics=[topic("t-1", "Médecins")]
    )
    (tmp_path / "out").mkdir()
    csv_files.write(source, tmp_path / "out")
    raw = (tmp_path / "out" / "excel" / "reponses.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n") and b'"a\r\nb"' in raw
    (row,) = excel(tmp_path / "out" / "excel" / "reponses.csv")
    assert row["Poids"] == "1,5" and row["Question posée"] == "non" and row["État"] == "Avec thème"
    assert row["Département"] == "\u200b01" and row["Date de publication"] == "2019-03-07 10:05:00"
    assert row["Thème"] == "" and row["Tous les thèmes"] == "Médecins"
    (row,) = excel(tmp_path / "out" / "excel" / "segments.csv")
    assert row["Score"] == "0,9726" and row["Début"] == "0"
    (row,) = excel(tmp_path / "out" / "excel" / "themes.csv")
    assert row["Mots"] == "médecin | hôpital" and row["Force des mots"] == "9,5 | 4,25" and row["Statut"] == "proposé"
    raw = (tmp_path / "out" / "pandas" / "answers.csv").read_bytes()
    assert raw.startswith(b"answer_id,")
    table = pd.read_csv(
        tmp_path / "out" / "pandas" / "answers.csv", dtype={"departement": str}, parse_dates=["published_at"]
    )
    assert table["weight"].tolist() == [1.5] and table["routed"].tolist() == [False]
    assert table["departement"].tolist() == ["01"] and table["published_at"][0] == pd.Timestamp(2019, 3, 7, 10, 5)
    assert '"score": 0.9726,' in table["topics"][0]


def test_one_table_says_which_column_is_which(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    csv_files.write(source_of(tmp_path / "in", [{}]), tmp_path / "out")
    rows = excel(tmp_path / "out" / "colonnes.csv")
    for flavour, delimiter, encoding in (("Excel", ";", "utf-8-sig"), ("pandas", ",", "utf-8")):
        for path in sorted((tmp_path / "out" / flavour.lower()).iterdir()):
            with path.open(encoding=encoding, newline="") as file:
                header = next(csv.reader(file, delimiter=delimiter))
            name = path.relative_to(tmp_path / "out").as_posix()
            assert header == [row[f"Colonne {flavour}"] for row in rows if row[f"Fichier {flavour}"] == name] != []
    assert all(row["Contenu"] and row["Type"] for row in rows)


def test_every_column_of_the_dataset_has_a_heading_of_its_own() -> None:
    assert {name: [column.name for column in table.columns] for name, table in TABLES.items()} == {
        name: schema.names for name, schema in FILES.items()
    }
    for table in TABLES.values():
        headings = [column.heading for column in table.columns]
        assert len(set(headings)) == len(headings)


def test_what_is_longer_than_a_sheet_goes_on_in_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_ROWS", 4)
    (tmp_path / "out").mkdir()
    received = [text for text in AWKWARD if text][:9]
    csv_files.write(source_of(tmp_path / "in", [{"text": text} for text in received]), tmp_path / "out")
    names = ["reponses.csv", "reponses-2.csv", "reponses-3.csv"]
    files = [excel(tmp_path / "out" / "excel" / name) for name in names]
    assert [len(rows) for rows in files] == [4, 4, 1]
    assert [unescaped(row["Réponse"]) for rows in files for row in rows] == received
    assert len(pd.read_csv(tmp_path / "out" / "pandas" / "answers.csv")) == 9
