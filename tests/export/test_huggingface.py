"""A Hugging Face dataset: the card says what `datasets` needs, and `load_dataset(path)` gives the rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.dataset.schemas import FILES
from pipeline.export import huggingface, parquet_files
from tests.export.hostile import AWKWARD, source_of, theme, topic

yaml = pytest.importorskip("yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [{"text": text, "topics": [theme("t-1", text)]} for text in AWKWARD]
    source = source_of(tmp_path / "in", rows, topics=[topic("t-1", "Médecins")])
    card = "---\nlanguage: fr\nconfigs:\n- config_name: old\nlicense: etalab-2.0\n---\n\n# Carte\n"
    (source.folder / "README.md").write_text(card, encoding="utf-8")
    (tmp_path / "out").mkdir()
    huggingface.write(source, tmp_path / "out")
    return tmp_path / "out"


def test_the_header_names_every_file_and_every_column(folder: Path) -> None:
    _, header, body = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    found = yaml.safe_load(header)
    assert found["license"] == "etalab-2.0" and found["language"] == "fr" and found["size_categories"] == ["n<1K"]
    assert [config["config_name"] for config in found["configs"]] == list(FILES)
    assert [config["config_name"] for config in found["configs"] if config.get("default")] == ["answers"]
    for config, info in zip(found["configs"], found["dataset_info"], strict=True):
        (split,) = config["data_files"]
        data = pq.read_table(folder / split["path"])
        assert [feature["name"] for feature in info["features"]] == data.schema.names
        assert info["splits"][0]["num_examples"] == data.num_rows
    assert "# Carte" in body and "load_dataset" in body


def test_load_dataset_gives_the_rows_in_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    cache = str(folder / "cache")
    for name in FILES:
        loaded = datasets.load_dataset(str(folder), name, cache_dir=cache)["train"]
        assert loaded.to_list() == pq.read_table(folder / "data" / f"{name}.parquet").to_pylist()
    answers = datasets.load_dataset(str(folder), cache_dir=cache)["train"]
    assert answers["text"][:] == list(AWKWARD)


def test_parquet_is_the_dataset_byte_for_byte(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in", [{"text": text} for text in AWKWARD])
    (tmp_path / "out").mkdir()
    parquet_files.write(source, tmp_path / "out")
    files = sorted(path.name for path in source.folder.iterdir())
    assert (
        sorted(path.name for path in (tmp_path / "out").iterdir())
        == files
        == sorted([*(f"{n}.parquet" for n in FILES), "README.md"])
    )
    assert all((tmp_path / "out" / name).read_bytes() == (source.folder / name).read_bytes() for name in files)
