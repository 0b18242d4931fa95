"""The notebooks: they run from nothing, and what is committed of them holds what they print."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARE = re.compile(r"(\d+[.,]\d) %")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


def test_the_three_notebooks_are_there() -> None:
    assert [path.name for path in NOTEBOOKS] == ["01_explore.ipynb", "02_review_topics.ipynb", "03_retrain.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_with_its_outputs_and_without_errors_or_places_of_a_machine(path: Path) -> None:
    outputs = [output for cell in cells(path) for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert all(output["output_type"] != "error" and output.get("name") != "stderr" for output in outputs)
    assert not any(place in json.dumps(outputs) for place in ("/home/", "/root/", "/tmp/", str(ROOT)))
    assert [cell["execution_count"] for cell in cells(path)] == list(range(1, len(cells(path)) + 1))


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
        told = [[o.get("text", "") for o in cell["outputs"] if o["output_type"] == "stream"] for cell in cells(path)]
        said = [[o.get("text", "") for o in cell.outputs if o.output_type == "stream"] for cell in again]
        assert _words(told) == _words(said)
        for share in (float(found) for found in SHARE.findall(str(told) + str(said))):
            assert share >= 85, "themes do not stay as the notebook says that they do"


def _words(outputs: list[list[Any]]) -> list[list[str]]:
    # A fit gives the same figures on the same kind of processor alone, so shares are compared by what is said of them.
    return [[SHARE.sub("… %", "".join(text)) for text in one] for one in outputs]
