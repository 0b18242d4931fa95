"""The corpus for R: pandas, and R where it is installed, read every cell back as it was."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dataset
from pipeline.config import Config
from pipeline.export import Source
from pipeline.export.cells import MARK
from pipeline.export.quanteda import COLUMNS, R_LINES, STATES, write
from tests.export.plain_datasets import BREAKS, MARKS, QUESTION, answers_of, dataset_of, hostile, lines
from tests.workspaces import small


def read(folder: Path) -> pd.DataFrame:
    """Read as README.txt says, in pandas."""
    frame = pd.read_csv(folder / "corpus.csv", dtype=str, keep_default_na=False)
    return frame.apply(lambda column: column.str.removeprefix(MARK))


def written(place: Path, answers: list[dict[str, Any]]) -> Path:
    folder = place / "corpus"
    folder.mkdir()
    write(dataset_of(place / "d", questions=[QUESTION], answers=answers), folder)
    return folder


def test_the_answers_whose_text_may_be_read_come_back_with_their_variables(tmp_path: Path) -> None:
    workspace = small(tmp_path / "w")
    dataset.run(workspace, Config().with_values("execution", workers=1))
    source = Source(workspace.path / "dataset", workspace.manifest)
    write(source, tmp_path)
    frame = read(tmp_path)
    assert tuple(frame.columns) == COLUMNS and all(name == name.lower() and name.isidentifier() for name in COLUMNS)
    answers = [row for row in source.rows("answers") if row["state"] in STATES and row["text"] is not None]
    assert {row["state"] for row in answers} == set(STATES)
    assert frame["doc_id"].to_list() == [row["answer_id"] for row in answers]
    assert frame["text"].to_list() == [row["text"] for row in answers]
    for name in ("state", "departement", "region", "author_type", "duplicate_of", "theme_id", "reference"):
        assert frame[name].to_list() == [row[name] or "" for row in answers], name
    assert frame["theme"].to_list() == [row["theme_label"] or "" for row in answers]
    both = frame.loc[frame["themes"].str.contains("|", regex=False), "themes"]
    assert set(both) == {"Médecins | Poste et transports"}
    assert set(frame["year"]) == {"2019", ""} and set(frame["month"]) == {"2019-02", ""}


def test_a_subtheme_has_columns_of_its_own_and_flags_are_those_of_r(tmp_path: Path) -> None:
    part = {"topic_id": "t-2", "topic_label": "Part", "theme_id": "t-1", "theme_label": "Tout"}
    whole = {"topic_id": "t-1", "topic_label": "Tout", "theme_id": "t-1", "theme_label": "Tout"}
    one, two = answers_of("un", "deux")
    frame = read(written(tmp_path, [one | part | {"routed": True, "weight": 0.5}, two | whole | {"routed": False}]))
    assert frame["theme"].to_list() == ["Tout", "Tout"]
    assert frame["subtheme"].to_list() == ["Part", ""]
    assert frame["routed"].to_list() == ["TRUE", "FALSE"]
    assert frame["weight"].to_list() == ["0.5", ""]


@settings(max_examples=40, deadline=None)
@given(st.lists(lines, min_size=1, max_size=4), hostile)
def test_any_text_comes_back(texts: list[str], name: str) -> None:
    with TemporaryDirectory() as place:
        folder = written(Path(place), answers_of(*texts, reference=name, theme_label=name))
        frame = read(folder)
        raw = pd.read_csv(folder / "corpus.csv", dtype=str, keep_default_na=False)
        assert not raw.map(lambda cell: cell.startswith(tuple("=+-@\t\r"))).to_numpy().any()
        assert frame["text"].to_list() == texts
        assert set(frame["reference"]) == set(frame["theme"]) == {name}


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_the_same_texts_with_the_lines_of_the_readme(tmp_path: Path) -> None:
    texts = (
        [f"a{mark}b{other}{mark}é" for mark in MARKS for other in BREAKS] + list(MARKS) + ["NA", "TRUE", "#x", "\\n"]
    )
    texts = [text for text in texts if text]
    folder = written(tmp_path, answers_of(*texts))
    assert all(line in (folder / "README.txt").read_text("utf-8") for line in R_LINES.splitlines())
    show = 'cat(vapply(d$text, function(x) paste(charToRaw(enc2utf8(x)), collapse = ""), ""), sep = "\\n")'
    (tmp_path / "read.R").write_text(R_LINES + show + "\n", encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(tmp_path / "read.R")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    found = [bytes.fromhex(line).decode("utf-8") for line in done.stdout.splitlines()]
    assert found == [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]  # as README.txt says
