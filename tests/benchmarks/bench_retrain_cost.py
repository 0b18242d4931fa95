"""What a retrain costs against a run of everything, stage by stage.

    python tests/benchmarks/bench_retrain_cost.py --old EXPORT... --new EXPORT... [--workers 2]

EXPORT are files or folders that `doleances run` reads: official exports, for example. In folders of their own: a run on
the old ones, a retrain with the new ones, the same retrain in a workspace whose cache was removed, and a run on all of
them. Does the retrain give the same bytes with and without the cache? Writes results/retrain_cost.json, or --output.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import api
from pipeline.config import Config
from pipeline.partition_cache import FOLDER
from pipeline.stage import Summary

RESULTS: Final = Path(__file__).parent / "results" / "retrain_cost.json"
MADE: Final = ("tables", "dataset", "report", "models")


def timed(name: str, do: Callable[[], list[Summary]]) -> dict[str, Any]:
    """Return the seconds of all of it and of each stage."""
    clock = time.perf_counter()
    summaries = do()
    row = {"seconds": round(time.perf_counter() - clock, 1)}
    stages = {one.stage: round(one.seconds, 1) for one in summaries if not one.skipped}
    print(name, row["seconds"], stages, flush=True)
    return row | {"stages": stages}


def sums(workspace: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that stages made."""
    return {
        path.relative_to(workspace).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in MADE
        for path in sorted((workspace / name).rglob("*"))
        if path.is_file()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", type=Path, nargs="+", required=True)
    parser.add_argument("--new", type=Path, nargs="+", required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    settings = Config().with_values("execution", workers=arguments.workers)
    with tempfile.TemporaryDirectory() as scratch:
        with_cache, without, everything = (Path(scratch) / name for name in ("with", "without", "everything"))
        rows: dict[str, Any] = {}
        rows["run on the old"] = timed("run on the old", lambda: api.run(arguments.old, with_cache, settings))
        shutil.copytree(with_cache, without)
        shutil.rmtree(without / FOLDER)
        for name, place in (("retrain", with_cache), ("retrain without the cache", without)):
            rows[name] = timed(name, lambda place=place: api.retrain(arguments.new, place, settings).summaries)  # type: ignore[misc]
        rows["same bytes"] = sums(with_cache) == sums(without)
        rows["run on all"] = timed(
            "run on all", lambda: api.run([*arguments.old, *arguments.new], everything, settings)
        )
        forms = json.loads((everything / "manifest.json").read_text(encoding="utf-8"))["stages"]["ingest"]["summary"]
        rows["contributions"] = forms["counts"]["contributions"]
    rows["share"] = round(rows["retrain"]["seconds"] / rows["run on all"]["seconds"], 3)
    print(f"a retrain costs {rows['share']:.1%} of a run on everything; same bytes: {rows['same bytes']}")
    arguments.output.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
