"""Seconds of each stage and peak memory of `doleances run` on files of several sizes.

    python tests/benchmarks/bench_run.py --workers 2 small.csv large.csv

Each file is run in a workspace of its own, in a fresh process. Growth is the exponent between the first and the last
file: 1 is linear in the number of answers. Writes results/run.json. Times are of this machine: read ratios.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
from pathlib import Path


def measure(path: Path, workers: int) -> dict[str, object]:
    """Run everything on one file and return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pipeline.cli", "run", str(path), "--workspace", folder, "--json"]
        done = subprocess.run([*command, "--workers", str(workers)], stdout=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{path}: doleances ended with exit code {done.returncode}")
        result = json.loads(done.stdout)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return {
        "file": path.name,
        "contributions": result["coverage"]["contributions"],
        "answers": result["coverage"]["received"],
        "states": result["coverage"]["states"],
        "seconds": {stage["stage"]: stage["seconds"] for stage in result["stages"]},
        "workspace_bytes": size,
        # Of the largest process so far, in kilobytes on Linux: give files in growing size.
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    rows = [measure(path, arguments.workers) for path in arguments.files]
    growth = {}
    if len(rows) > 1:
        first, last = rows[0], rows[-1]
        ratio = math.log(last["answers"] / first["answers"])
        growth = {
            stage: round(math.log(last["seconds"][stage] / max(first["seconds"][stage], 0.01)) / ratio, 2)
            for stage in first["seconds"]
        }
    for row in rows:
        print(f"{row['contributions']:>8,} forms  {row['peak_memory_mb']:>6,} MB  {row['seconds']}")
    print("growth", growth)
    results = Path(__file__).parent / "results" / "run.json"
    results.parent.mkdir(exist_ok=True)
    content = {"workers": arguments.workers, "rows": rows, "growth_exponent": growth}
    results.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
