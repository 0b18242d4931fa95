"""Speed of reading an official CSV against `pandas.read_csv` in the same run, where the time goes, and peak memory.

    python tests/benchmarks/bench_ingest.py --data DATA --forms 10000 100000 300000 --output results.json

DATA (or DOLEANCES_BENCH_DATA) holds answers/organisation.csv.gz with the columns question_no, question_id, question and
answer. Forms of the questionnaire « organisation » are put together from them (who answered what together, dates,
postcodes and authors are simulated; about one word in twelve is swapped in 4 answers of 5, so that texts are as many
as in a real export), or files are given with --file. Each measure runs in a process of its own, the best of --repeat.
Times depend on the machine and on what else it does: read ratios.

Ingest does all its work (encodings, states, conditions, exact copies, tables written and summed) but near copies, whose
time is told apart. Memory is the largest sum of all processes (PSS), near copies included, and the largest process.
"""

from __future__ import annotations

import argparse
import base64
import csv
import functools
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pipeline.ingest as room
from pipeline.config import Config
from pipeline.ingest import grouping, settling
from pipeline.ingest.questionnaires import shipped
from pipeline.workspace import Workspace

READERS = {
    "pandas.read_csv": {},
    "pandas.read_csv, low_memory=False": {"low_memory": False},
    "pandas.read_csv, dtype=str": {"dtype": str, "keep_default_na": False},
}
ABOUT = ("reference", "title", "publishedAt", "trashed", "authorId", "authorType", "authorZipCode")
POSTCODES = ("69008", "75011", "13001", "2A004", "97400", "6000", "F-69001", "1000 Bruxelles", "")


def write_forms(data: Path, target: Path, forms: int) -> None:
    """Write an official CSV with that many forms; the same arguments give the same bytes."""
    pool: dict[str, list[str]] = {}
    with gzip.open(data / "answers" / "organisation.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pool.setdefault(row["question_id"], []).append(row["answer"])
    chance = random.Random(1)
    words = " ".join(chance.sample([text for texts in pool.values() for text in texts], 20_000)).split()
    questions = next(found for found in shipped() if found.key == "organisation").questions
    headers = [
        f"Q{base64.b64encode(f'Question:{found.official_id}'.encode()).decode()} - {found.wording}"
        for found in questions
    ]

    def answer(official_id: str) -> str:
        found = chance.choice(pool[official_id]).split(" ")
        if chance.random() < 0.8:
            for _ in range(1 + len(found) // 12):
                found[chance.randrange(len(found))] = chance.choice(words)
        return " ".join(found)

    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["reference", "title", "publishedAt", "trashed", "authorId", "authorType", "authorZipCode", *headers]
        )
        for number in range(forms):
            author = chance.randrange(max(1, int(0.9 * forms)))
            day = f"2019-02-{1 + number % 28:02d} 10:{number % 60:02d}:00"
            about = [f"4-{number}", "Contribution", day, "false", f"VXNlcjo{author}", "Citoyen / Citoyenne"]
            cells = [
                chance.choice(("Oui", "Non", ""))
                if found.kind != "open"
                else (answer(found.official_id) if found.official_id in pool and chance.random() < 0.5 else "")
                for found in questions
            ]
            writer.writerow([*about, chance.choice(POSTCODES), *cells])


def timed_reader(path: Path, name: str) -> dict[str, Any]:
    import pandas as pd

    clock = time.perf_counter()
    frame = pd.read_csv(path, **READERS[name])
    return {"seconds": time.perf_counter() - clock, "rows": len(frame)}


def timed_ingest(path: Path, workers: int, near: bool) -> dict[str, Any]:
    """Ingest a file; with one worker, tell where the time goes."""
    spent: dict[str, float] = {}

    def watch(module: Any, name: str, phase: str) -> None:
        function = getattr(module, name)

        @functools.wraps(function)
        def timed(*args: Any, **more: Any) -> Any:
            clock = time.perf_counter()
            try:
                return function(*args, **more)
            finally:
                spent[phase] = spent.get(phase, 0.0) + time.perf_counter() - clock

        setattr(module, name, timed)

    if workers == 1:
        watch(room, "recognise", "inspect (sum, encoding, layout)")
        watch(room, "_collect", "read and stage")
        watch(settling, "_mark_part", "states, conditions, keys; contributions written")
        watch(grouping, "find", "copies")
        watch(settling, "_write_part", "answers written")
    config = Config().with_values("ingest", near_copies=near).with_values("execution", workers=workers)
    with tempfile.TemporaryDirectory() as folder:
        clock = time.perf_counter()
        summary = room.run(Workspace(folder), config, [path])
        seconds = time.perf_counter() - clock
    spent["rest (plan, sums, manifest)"] = seconds - sum(spent.values()) if spent else 0.0
    return {"seconds": seconds, "counts": summary.counts, "phases": spent if workers == 1 else {}}


def measured(*arguments: str) -> dict[str, Any]:
    """Run this script in a process of its own; add the largest memory of it and its children."""
    command = [sys.executable, __file__, "--one", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = largest = 0
    while process.poll() is None:
        sizes = [_memory(pid) for pid in _tree(process.pid)]
        peak, largest = max(peak, sum(sizes)), max(largest, *sizes, 0)
        time.sleep(0.05)
    assert process.stdout is not None
    if process.returncode:
        raise SystemExit(f"{arguments}: ended with exit code {process.returncode}")
    found: dict[str, Any] = json.loads(process.stdout.read())
    return found | {"peak_mb": peak // 1024, "largest_process_mb": largest // 1024}


def _tree(pid: int) -> list[int]:
    found = [pid]
    try:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += _tree(int(child))
    except OSError:
        pass  # it has just ended
    return found


def _memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def measure(path: Path, repeat: int) -> dict[str, Any]:
    """Return the figures of one file."""

    def best(*arguments: str) -> dict[str, Any]:
        return min((measured(str(path), *arguments) for _ in range(repeat)), key=lambda found: found["seconds"])

    readers = {name: best("reader", name) for name in READERS}
    runs = {
        f"{workers} worker{'s' * (workers > 1)}{', near copies too' * near}": best(
            "ingest", str(workers), str(int(near))
        )
        for workers, near in ((1, False), (2, False), (2, True))
    }
    counts = runs["1 worker"]["counts"]
    row: dict[str, Any] = {"forms": counts["contributions"], "answers": counts["answers"], "bytes": path.stat().st_size}
    for found in runs.values():
        del found["counts"]
        found["ratio"] = {name: reader["seconds"] / found["seconds"] for name, reader in readers.items()}
    return row | {"readers": readers, "ingest": runs}


def show(row: dict[str, Any]) -> None:
    print(f"\n{row['forms']:,} forms, {row['answers']:,} answers, {row['bytes'] / 1e6:.0f} MB")
    for name, found in row["readers"].items():
        print(f"  {name:<40} {found['seconds']:>7.2f} s  {found['peak_mb']:>6,} MB")
    for name, found in row["ingest"].items():
        ratios = ", ".join(f"{ratio:.3f}" for ratio in found["ratio"].values())
        memory = f"{found['peak_mb']:>6,} MB in all, {found['largest_process_mb']:,} MB the largest"
        print(f"  ingest, {name:<32} {found['seconds']:>7.2f} s  {memory}; speed against these: {ratios}")
        for phase, seconds in found["phases"].items():
            print(f"      {phase:<50} {seconds:>7.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--forms", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--file", type=Path, nargs="*", default=[])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        path, kind, *rest = arguments.one
        if kind == "reader":
            found = timed_reader(Path(path), rest[0])
        else:
            found = timed_ingest(Path(path), int(rest[0]), bool(int(rest[1])))
        print(json.dumps(found))
        return 0
    if not arguments.file and (arguments.data is None or not (Path(arguments.data) / "answers").is_dir()):
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds answers/*.csv.gz")
        return 2
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        files = list(arguments.file)
        for forms in arguments.forms if not files else []:
            files.append(Path(folder) / f"{forms}.csv")
            write_forms(Path(arguments.data), files[-1], forms)
        for path in files:
            rows.append(measure(path, arguments.repeat))
            show(rows[-1])
    if arguments.output:
        arguments.output.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
