"""The notebooks: they run from nothing, and what is committed of them holds what they print."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

SHARE = re.compile(r"(\d+[.,]\d+) %")
SCORE = re.compile(r"^(\d\.\d\d)  (?=« )", re.MULTILINE)
QUOTE = re.compile(r"« (.+?) »(?=\n)", re.DOTALL)
THEME = re.compile(r"^.+ : (?:.+, ){7}.+$", re.MULTILINE)
"""What a fit determines: the same bytes on the same kind of processor alone, so compared by what stands around it."""

TABLE_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
TABLE_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
NOT_FITTED = {
    "01_explore": {
        "réponses": {"empty", "closed", "uninformative", "duplicate", "reçues"},
        "graphies": {"Pôle emploi", "URSSAF", "La Poste"},
    },
    "03_retrain": {"retenu": {"Le chat dort sur le canapé"}},
}
"""Rows of tables that no fit determines, by the last column of the table; of the third all but theme and score."""


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def printed(cell: dict[str, Any]) -> str:
    return "".join("".join(o["text"]) for o in cell["outputs"] if o["output_type"] == "stream")


def around(text: str) -> str:
    """Return what is printed around what a fit determines."""
    return THEME.sub("thème : mots", QUOTE.sub("« … »", SCORE.sub("…  ", SHARE.sub("… %", text))))


def table_of(cell: dict[str, Any]) -> list[list[str]]:
    """Return the rows of the table that a cell shows, the names of its columns first, or none."""
    pages = [
        "".join(output["data"]["text/html"]) for output in cell["outputs"] if "text/html" in output.get("data", {})
    ]
    return [TABLE_CELL.findall(row) for page in pages for row in TABLE_ROW.findall(page)]


def not_fitted(name: str, rows: list[list[str]]) -> list[list[str]]:
    """Return the names of the columns and the cells that no fit determines."""
    if not rows:
        return []
    kept = NOT_FITTED.get(name, {}).get(rows[0][-1], set())
    ends = -1 if rows[0][-1] == "retenu" else 1
    return [rows[0], *([row[0], *row[ends:]] for row in rows[1:] if row[0] in kept)]


def test_the_three_notebooks_are_there() -> None:
    assert [path.name for path in NOTEBOOKS] == ["01_explore.ipynb", "02_review_topics.ipynb", "03_retrain.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_with_its_outputs_and_without_errors_or_places_of_a_machine(path: Path) -> None:
    outputs = [output for cell in cells(path) for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert all(output["output_type"] != "error" and output.get("name") != "stderr" for output in outputs)
    assert not any(place in json.dumps(outputs) for place in ("/home/", "/root/", "/tmp/", str(ROOT)))
    assert [cell["execution_count"] for cell in cells(path)] == list(range(1, len(cells(path)) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_committed_quotes_what_people_sent_and_holds_what_the_text_says(path: Path) -> None:
    holds(path.stem, cells(path))


def holds(name: str, found: list[dict[str, Any]]) -> None:
    """Check what a notebook says, whatever the fit: exact quotes, scores of 0 to 1, themes that stay."""
    sent = "".join(
        " ".join(source.read_text(encoding="utf-8").replace('""', '"').split())
        for source in sorted((ROOT / "seeds" / "contributions").glob("*"))
        if source.suffix in (".csv", ".txt")
    )
    text = "".join(map(printed, found))
    quotes = [" ".join(quote.split()) for quote in QUOTE.findall(text)]
    assert all(quote in sent for quote in quotes), quotes
    assert len(quotes) >= (0 if name == "03_retrain" else 3)
    assert all(0 <= float(score) <= 1 for score in SCORE.findall(text))
    shares = [float(share.replace(",", ".")) for share in SHARE.findall(text)]
    assert len(shares) == (1 if name == "03_retrain" else 0)
    assert all(85 <= share <= 100 for share in shares), "themes do not stay as the notebook says that they do"


@pytest.mark.slow
def test_the_notebooks_run_in_order_from_nothing(tmp_path: Path) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for path in NOTEBOOKS:
        shutil.copy(path, folder)
        notebook = nbformat.read(folder / path.name, as_version=4)
        nbclient.NotebookClient(notebook, timeout=900, resources={"metadata": {"path": str(folder)}}).execute()
        again = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for told, said in zip(cells(path), again, strict=True):
            assert around(printed(told)) == around(printed(said))
            rows = [not_fitted(path.stem, table_of(cell)) for cell in (told, said)]
            assert rows[0] == rows[1]
            pictures = [sum("image/png" in o.get("data", {}) for o in cell["outputs"]) for cell in (told, said)]
            assert pictures[0] == pictures[1]
        holds(path.stem, again)
