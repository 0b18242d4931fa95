"""Minutes, memory and bytes of every stage on whole corpora, and how they grow.

    python tests/benchmarks/bench_corpus.py --data DATA --tool make_forms.py [--forms 10000 30000 75000 150000]
                                            [--workers 2] [--scratch DIR] [--answers]

Simulated forms (`make_forms.py OUT --n N --reuse --vary`, the tool beside the data; who answered what together, dates
and authors are simulated) of each size go through the stages one command after the other. With --answers all answers
of DATA/answers/*.csv.gz do as well, as official exports (answers_to_forms.py). Seconds are by the clock and of all
processors; memory is the peak of the sum over the processes of a stage (PSS, sampled twice a second). The growth
exponent of a stage is the slope of log seconds on log words. Results: results/corpus.json.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

STAGES = ("ingest", "tokenise", "entities", "topics", "dataset", "report")
RESULTS = Path(__file__).parent / "results" / "corpus.json"
DOLEANCES = Path(sys.executable).parent / "doleances"


class PeakMemory:
    """The largest sum of the memory of a process and its descendants, in MB, sampled while the block runs."""

    def __init__(self, root: int) -> None:
        self.peak = 0.0
        self._root = root
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.5):
            self.peak = max(self.peak, sum(map(_pss, _family(self._root))) / 1024)


def _family(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(process := waiting.pop())
        waiting += children.get(process, [])
    return found


def _pss(process: int) -> int:
    """Return the proportional memory of a process in kB; 0 when it is gone."""
    try:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def run_stage(name: str, inputs: list[str], workspace: Path, workers: int) -> dict[str, float]:
    command = [str(DOLEANCES), name, *(inputs if name == "ingest" else []), "--workspace", str(workspace)]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--workers", str(workers)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with PeakMemory(process.pid) as memory:
        _, told = process.communicate()
    if process.returncode not in (0, 1):
        sys.exit(f"{name} stopped with {process.returncode}: {told}")
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "peak_mb": round(memory.peak)}


def run_all(inputs: list[str], workspace: Path, workers: int) -> dict[str, Any]:
    shutil.rmtree(workspace, ignore_errors=True)
    stages = {}
    for name in STAGES:
        stages[name] = run_stage(name, inputs, workspace, workers)
        print(f"  {name:<9} {stages[name]}", flush=True)
    return {
        "words": words(workspace),
        "stages": stages,
        "minutes": round(sum(stage["seconds"] for stage in stages.values()) / 60, 2),
        "peak_mb": max(stage["peak_mb"] for stage in stages.values()),
        "megabytes": {
            folder.name: round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 2)
            for folder in [*sorted((workspace / "tables").iterdir()), workspace / "dataset", workspace / "report"]
        },
    }


def words(workspace: Path) -> int:
    """Return the number of words of the open answers that are read."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    total = 0
    for path in sorted((workspace / "tables" / "answers").glob("*.parquet")):
        answers = pq.read_table(path, columns=["text", "state"])
        texts = answers.filter(pc.equal(answers["state"], "pending"))["text"]
        total += pc.sum(pc.list_value_length(pc.utf8_split_whitespace(pc.utf8_trim_whitespace(texts)))).as_py() or 0
    return total


def exponents(sizes: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return the slope of log seconds on log words of each stage, by the clock and of the processors."""
    runs = list(sizes.values())
    if len(runs) < 2:
        return {}
    return {
        name: {
            kind: round(_slope([(run["words"], run["stages"][name][kind]) for run in runs]), 3)
            for kind in ("seconds", "cpu_seconds")
        }
        for name in STAGES
    } | {"all": {"seconds": round(_slope([(run["words"], run["minutes"] * 60) for run in runs]), 3)}}


def _slope(points: list[tuple[float, float]]) -> float:
    logs = [(math.log(x), math.log(max(y, 0.01))) for x, y in points]
    mean_x, mean_y = (sum(log[i] for log in logs) / len(logs) for i in (0, 1))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--tool", type=Path, help="make_forms.py; beside the data when not given")
    parser.add_argument("--forms", type=int, nargs="*", default=[10_000, 30_000, 75_000, 150_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scratch", type=Path, default=Path("/tmp/doleances-corpus"))
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--output", type=Path, default=RESULTS)
    given = parser.parse_args()
    if given.data is None or not Path(given.data, "answers").is_dir():
        sys.exit("the data folder is not there: give it with --data or DOLEANCES_BENCH_DATA (see the README)")
    tool = given.tool or Path(given.data).resolve().parent / "tools" / "make_forms.py"
    if given.forms and not tool.is_file():
        sys.exit(f"{tool} is not there: say where make_forms.py is, with --tool")
    given.scratch.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(given.output.read_text()) if given.output.is_file() else {}
    results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version(), "workers": given.workers}
    sizes = results.setdefault("forms", {})
    for forms in given.forms:
        source = given.scratch / f"forms-{forms}.csv"
        if not source.is_file():
            subprocess.run([sys.executable, str(tool), str(source), "--n", str(forms), "--reuse", "--vary"], check=True)
        print(f"{forms:,} forms, {source.stat().st_size / 1e6:.0f} MB", flush=True)
        sizes[str(forms)] = run_all([str(source)], given.scratch / "workspace", given.workers)
        _save(results, sizes, given.output)
    if given.answers:
        folder = given.scratch / "answers"
        if not folder.is_dir():
            converter = Path(__file__).parent / "answers_to_forms.py"
            subprocess.run([sys.executable, str(converter), "--data", str(given.data), str(folder)], check=True)
        print("all answers", flush=True)
        results["answers"] = run_all([str(folder)], given.scratch / "workspace", given.workers)
        _save(results, sizes, given.output)
    print(json.dumps(results, indent=1))


def _save(results: dict[str, Any], sizes: dict[str, Any], output: Path) -> None:
    results["growth_exponents"] = exponents(dict(sorted(sizes.items(), key=lambda item: int(item[0]))))
    output.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
