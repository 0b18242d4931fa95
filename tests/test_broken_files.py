"""Every file of tests/broken, alone and beside a good one: no traceback, the right exit code, plain lines, no loss.

The corpus is made by tests/broken/make_broken.py; what each file must give is in tests/broken/cases.toml.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.broken.harness import Done, Ingest, in_plain_lines, ingest, process, reconciled, texts
from tests.broken.make_broken import FILES, HEAD, everything, line, row

__all__ = ["ingest"]

CASES: dict[str, dict[str, Any]] = tomllib.loads((FILES.parent / "cases.toml").read_text(encoding="utf-8"))
GOOD = ["Une bonne réponse", "Une autre, tout aussi bonne"]
TOLD = {"N101", "N103", "N107", "N108", "N112", "N120", "N124", "N126", "N128", "N129"}
"""Notices that something is wrong with a file; those about guessed columns and kinds have tests of their own."""


def codes(done: Done) -> set[str]:
    return done.problems() | (TOLD & set(done.all_codes()))


def summed(found: list[str]) -> str:
    return hashlib.sha256("\x00".join(found).encode()).hexdigest()[:16]


def test_the_corpus_is_what_its_script_makes_and_each_file_has_a_case() -> None:
    made = everything()
    assert {path.name for path in FILES.iterdir()} == set(made) == set(CASES)
    for name, (wrong, content) in made.items():
        assert (FILES / name).read_bytes() == content, name
        assert len(content) < 20_000 and CASES[name]["wrong"] == wrong


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_alone(tmp_path: Path, ingest: Ingest, name: str) -> None:
    case = CASES[name]
    done = ingest(FILES / name)
    in_plain_lines(done)
    assert done.code == case["exit"], done.err
    assert codes(done) == set(case["codes"]), done.err
    if done.code == 2:
        assert "E112" in done.err and done.out == ""
        assert not list((tmp_path / "w").glob("tables/*"))
        return
    covered = reconciled(tmp_path / "w")
    assert covered.contributions == case["contributions"]
    found = texts(tmp_path / "w")
    expected = case["texts"]
    assert (found == expected) if isinstance(expected, list) else (summed(found) == expected), found
    # Each thing that was not read is one row, with its line where there is one.
    assert [[row.line or 0, row.reason[:4]] for row in covered.rejected] == case["rejected"]
    assert done.code == (1 if covered.rejected_total else 0)


@pytest.mark.parametrize("name", CASES)
def test_a_broken_file_beside_a_good_one_takes_nothing_from_it(tmp_path: Path, ingest: Ingest, name: str) -> None:
    case = CASES[name]
    good = tmp_path / "bonne réponse.csv"
    good.write_text(HEAD + line(row(9001, *GOOD, reference="bonne")), encoding="utf-8")
    done = ingest(FILES / name, good)
    in_plain_lines(done)
    assert done.code == min(case["exit"], 1), done.err
    assert codes(done) == set(case["codes"]), done.err
    covered = reconciled(tmp_path / "w")
    assert texts(tmp_path / "w", good.name) == sorted(GOOD)
    assert covered.contributions == case.get("contributions", 0) + 1
    if done.code == 1:
        assert covered.rejected_total >= 1 and {row.file.partition("/")[0] for row in covered.rejected} == {name}


REAL = (
    *("csv-cut-in-cell.csv", "csv-control-characters.csv", "json-deep-value.json", "json-huge-numbers.json"),
    *("text-binary-inside.txt", "table-pdf.csv", "jsonl-deep.jsonl", "xlsx-vast.xlsx", "xlsx-entities.xlsx"),
    *("parquet-footer-long.parquet", "zip-traversal.zip", "zip-size-false.zip", "gz-cut.csv.gz"),
)


@pytest.mark.parametrize("name", REAL)
def test_a_broken_file_in_a_process_of_its_own(tmp_path: Path, name: str) -> None:
    done = process(tmp_path, FILES / name)
    in_plain_lines(done)
    assert done.code == CASES[name]["exit"], done.err
    assert codes(done) == set(CASES[name]["codes"]), done.err
    assert [path.name for path in tmp_path.iterdir()] in ([], ["w"])
