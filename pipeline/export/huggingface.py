"""A Hugging Face dataset: `datasets.load_dataset(FOLDER)` gives answers, ``load_dataset(FOLDER, "segments")`` others.

README.md is the card of the dataset; its YAML header gets a configuration for each file, with features and splits.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

import pyarrow as pa

from pipeline.dataset.schemas import FILES
from pipeline.export.source import NAMES, Source

_HEADER: Final = re.compile(r"\A---\n(.*?)\n?---\n", re.DOTALL)
_OURS: Final = ("configs", "dataset_info", "size_categories")
_SIZES: Final = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))
_MORE: Final = "10M<n<100M"
_KINDS: Final = {pa.string(): "string", pa.bool_(): "bool", pa.float32(): "float32", pa.float64(): "float64"} | {
    kind: str(kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())
}


def write(source: Source, folder: Path) -> None:
    """Write data/*.parquet and README.md."""
    (folder / "data").mkdir()
    for name in NAMES:
        shutil.copyfile(source.folder / f"{name}.parquet", folder / "data" / f"{name}.parquet")
    card = (source.folder / "README.md").read_text(encoding="utf-8")
    (folder / "README.md").write_text(with_header(card, source), encoding="utf-8", newline="\n")


def with_header(card: str, source: Source) -> str:
    """Return the card with a header that says where the data is, what its columns are, and how to load it."""
    found = _HEADER.match(card)
    kept = _without(found[1].splitlines(), _OURS) if found else []
    body = card[found.end() :] if found else card
    count = source.count("answers")
    size = next((name for limit, name in _SIZES if count < limit), _MORE)
    lines = [*kept, f"size_categories: [{size}]", "configs:"]
    for name in NAMES:
        lines += [f"- config_name: {name}", "  data_files:", "  - split: train", f"    path: data/{name}.parquet"]
        if name == "answers":
            lines.append("  default: true")
    lines.append("dataset_info:")
    for name in NAMES:
        path = source.folder / f"{name}.parquet"
        lines += [f"- config_name: {name}", "  features:"]
        for field in FILES[name]:
            lines += _feature(field, "  ")
        lines += ["  splits:", "  - name: train", f"    num_examples: {source.count(name)}"]
        lines += [f"    num_bytes: {path.stat().st_size}", f"  download_size: {path.stat().st_size}"]
        lines.append(f"  dataset_size: {path.stat().st_size}")
    return "\n".join(["---", *lines, "---", body.rstrip("\n"), "", *_LOADING])


def _without(lines: list[str], keys: tuple[str, ...]) -> list[str]:
    """Return the lines of a header but for those of some keys."""
    kept, dropping = [], False
    for line in lines:
        if line[:1].strip() and not line.startswith(("#", "-")):
            dropping = line.partition(":")[0] in keys
        if not dropping:
            kept.append(line)
    return kept


def _feature(field: pa.Field, indent: str) -> list[str]:
    """Return a column as the YAML of `datasets` has it."""
    return [f"{indent}- name: {field.name}", *_kind(field.type, indent + "  ")]


def _kind(kind: pa.DataType, indent: str) -> list[str]:
    if pa.types.is_list(kind):
        inner = kind.value_type
        if pa.types.is_struct(inner):
            return [f"{indent}list:", *(line for field in inner for line in _feature(field, indent))]
        return [f"{indent}list: {_KINDS[inner]}"]
    if pa.types.is_timestamp(kind):
        return [f"{indent}dtype: timestamp[{kind.unit}]"]
    return [f"{indent}dtype: {_KINDS[kind]}"]


_LOADING: Final = [
    "## Load it",
    "",
    "```python",
    "from datasets import load_dataset",
    "",
    'answers = load_dataset("PATH_OF_THIS_FOLDER")["train"]',
    'segments = load_dataset("PATH_OF_THIS_FOLDER", "segments")["train"]',
    "```",
    "",
    f"One configuration a file of `data/`: {', '.join(NAMES)}. There is one split, `train`: nothing was held out.",
    "",
]
