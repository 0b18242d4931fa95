"""Seconds and peak memory of each format of `doleances export` for 300,000 answers.

    python tests/benchmarks/bench_export.py --data WORKSPACE [--answers 300000] [--formats csv xlsx] [--output FILE]

WORKSPACE is finished. Its dataset is repeated, with new ids, until it holds that many answers, in a scratch folder;
texts repeat, so files compress better than those of a real consultation. Each format is written in a process of its
own: seconds by the clock and of the processor, memory as its greatest resident set. `load` is how many processes
wanted a processor in the last minute: where that is more than the machine has, read the seconds of the processor.
Formats whose module is not there are skipped.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dataset.schemas import FILES
from pipeline.dataset.writers import write_streaming
from pipeline.export import FORMATS, Source

REPEATED = {
    "answers": ("answer_id", "contribution_id", "author_id", "duplicate_of", "copy_group_id"),
    "segments": ("segment_id", "answer_id"),
    "mentions": ("mention_id", "answer_id", "segment_id"),
}
"""The files that are repeated, and the ids that are new each time."""


def enlarge(dataset: Path, folder: Path, answers: int) -> int:
    """Write a dataset of at least `answers` answers into `folder`, and return how many there are."""
    times = -(-answers // pq.read_metadata(dataset / "answers.parquet").num_rows)
    folder.mkdir(parents=True)
    for name, schema in FILES.items():
        path = dataset / f"{name}.parquet"
        if name in REPEATED:
            write_streaming(_repeated(pq.read_table(path), REPEATED[name], times), schema, folder / path.name, folder)
        else:
            shutil.copyfile(path, folder / path.name)
    shutil.copyfile(dataset / "README.md", folder / "README.md")
    return int(pq.read_metadata(folder / "answers.parquet").num_rows)


def _repeated(table: pa.Table, ids: tuple[str, ...], times: int) -> Iterator[pa.Table]:
    for number in range(times):
        again = table
        for name in ids if number else ():
            new = pc.binary_join_element_wise(table[name], f"r{number}", "-")
            again = again.set_column(table.schema.get_field_index(name), table.schema.field(name), new)
        yield again


def peak() -> int:
    """Return the greatest resident set of this process in MB; that of getrusage may be its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024)


def measure(name: str, dataset: str, manifest: str, folder: str, results: Any) -> None:
    """Write one format and say what it took."""
    source = Source(Path(dataset), json.loads(Path(manifest).read_text(encoding="utf-8")))
    before, processor = time.perf_counter(), time.process_time()
    FORMATS[name].write(source, Path(folder))
    results.put(
        {
            "seconds": round(time.perf_counter() - before, 1),
            "processor_seconds": round(time.process_time() - processor, 1),
            "load": round(os.getloadavg()[0], 1),
            "peak_mb": peak(),
            "written_mb": round(sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 2**20),
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"), required=False)
    parser.add_argument("--answers", type=int, default=300_000)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "export.json")
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="doleances-bench-") as scratch:
        dataset = Path(scratch) / "dataset"
        count = enlarge(chosen.data / "dataset", dataset, chosen.answers)
        rows = {name: pq.read_metadata(dataset / f"{name}.parquet").num_rows for name in REPEATED}
        found: dict[str, Any] = {"answers": count, "rows": rows, "formats": {}}
        for name in chosen.formats:
            if importlib.util.find_spec(f"pipeline.export.{FORMATS[name].module}") is None:
                print(f"{name:<13} not there")
                continue
            folder = Path(scratch) / "out"
            folder.mkdir()
            results = context.Queue()
            arguments = (name, str(dataset), str(chosen.data / "manifest.json"), str(folder), results)
            process = context.Process(target=measure, args=arguments)
            process.start()
            process.join()
            if process.exitcode:
                print(f"{name:<13} failed")
            else:
                found["formats"][name] = results.get()
                print(f"{name:<13} {found['formats'][name]}", flush=True)
            shutil.rmtree(folder)
        total = found["formats"].values()
        found["all"] = {
            "seconds": round(sum(one["seconds"] for one in total), 1),
            "processor_seconds": round(sum(one["processor_seconds"] for one in total), 1),
            "peak_mb": max((one["peak_mb"] for one in total), default=0),
        }
    print(json.dumps(found["all"]))
    chosen.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
