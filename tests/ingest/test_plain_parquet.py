"""Parquet tables."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from plain_tables import read


def test_values_of_any_type_become_text(tmp_path):
    moment = dt.datetime(2019, 3, 7, 10, 1, 2, 345000)
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "date": pa.array([moment, None], pa.timestamp("us")),
            "cp": pa.array([69008.0, None], pa.float64()),
            "avis": pa.array(["é\n", None], pa.large_string()),
            "jour": pa.array([dt.date(2019, 3, 7), None]),
            "instant": pa.array([moment, None], pa.timestamp("ms", "UTC")),
            "vrai": pa.array([True, None]),
            "prix": pa.array([Decimal("1.50"), None]),
            "part": pa.array([0.5, float("nan")]),
            "choix": pa.array([["a", "b"], []]),
            "sorte": pa.array(["x", "y"]).dictionary_encode(),
            "octets": pa.array([b"a\xc3\xa9", b"\xff"]),
            "lieu": pa.array([{"ville": "Lyon", "n": 3}, None]),
            "vide": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    got = read(tmp_path / "t.parquet")
    assert got.layout == "Parquet"
    assert got.column("reference") == ["1", "2"]
    assert got.column("postcode") == ["69008", None]
    assert got.column("published_at") == ["2019-03-07 10:01:02", None]
    first, second = got.answers()
    assert first == {
        "avis": "é\n",
        "jour": "2019-03-07",
        "instant": "2019-03-07 10:01:02+00:00",
        "vrai": "true",
        "prix": "1.50",
        "part": "0.5",
        "choix": "a|b",
        "sorte": "x",
        "octets": "aé",
        "lieu/ville": "Lyon",
        "lieu/n": "3",
        "vide": None,
    }
    assert second["octets"] == "\ufffd"
    assert {name for name, text in second.items() if text is None} == {
        *("avis", "jour", "instant", "vrai", "prix", "part", "lieu/ville", "lieu/n", "vide")
    }


def test_the_index_of_pandas_is_no_column_and_all_row_groups_are_read(tmp_path):
    frame = pd.DataFrame({"id": range(2500), "avis": [f"texte {n}" for n in range(2500)]}).iloc[::-1]
    frame.to_parquet(tmp_path / "t", row_group_size=700)
    got = read(tmp_path / "t")
    assert got.column("row") == list(range(1, 2501))
    assert got.answers()[0] == {"avis": "texte 2499"}


def test_a_column_that_was_named_and_is_missing_stops_the_file(tmp_path):
    pq.write_table(pa.table({"avis": ["a"]}), tmp_path / "t.parquet")
    assert [m.code for m in read(tmp_path / "t.parquet", text_column="verbatim").messages] == ["E130"]


@pytest.mark.parametrize("keep", [0.01, 0.3, 0.9])
def test_a_file_that_is_cut_off_is_told(tmp_path, keep):
    pq.write_table(pa.table({"avis": [f"texte {n}" for n in range(1000)]}), tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    assert [m.code for m in read(tmp_path / "t.parquet", content[: int(keep * len(content))]).messages] == ["E134"]


def test_a_damaged_page_is_told_after_what_was_read_before(tmp_path):
    texts = [f"texte {n} {'x' * (n % 50)}" for n in range(3000)]
    pq.write_table(pa.table({"avis": texts}), tmp_path / "t.parquet", row_group_size=1000, compression="zstd")
    content = bytearray((tmp_path / "t.parquet").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 200] = bytes(200)
    got = read(tmp_path / "t.parquet", bytes(content))
    assert [answer["avis"] for answer in got.answers()] == texts[: len(got.forms)]
    assert [m.code for m in got.messages if m.code.startswith("E")] == ["E134"]


def test_a_file_without_rows_holds_nothing_and_is_no_error(tmp_path):
    pq.write_table(pa.table({"avis": pa.array([], pa.string())}), tmp_path / "t.parquet")
    assert not read(tmp_path / "t.parquet").messages
