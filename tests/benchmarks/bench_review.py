"""Milliseconds of the review pages for 300,000 answers, with a log of thousands of decisions.

    python tests/benchmarks/bench_review.py --data WORKSPACE [--answers 300000] [--decisions 5000] [--output FILE]

WORKSPACE is finished. Its tables and dataset are repeated, with new ids, until they hold that many answers, in a
scratch folder; every copy is an answer of its own. The log is made of verdicts on answers drawn at random, and of
renamed themes. Each page is asked for several times over the ASGI interface of the application, without a network; the
median and the greatest are told, and the seconds and the memory of the start. `load` is how many processes wanted a
processor in the last minute: where that is more than the machine has, the milliseconds of the processor say more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from bench_export import REPEATED, enlarge, peak

from pipeline import tables
from pipeline.review import decisions as log
from pipeline.review.web import deciding
from pipeline.review.web.app import create_app
from pipeline.review.web.security import Door
from pipeline.review.web.site import Site
from pipeline.workspace import Workspace

ADDRESS = "http://127.0.0.1:1"
REPEATED_TABLES = REPEATED | {
    "answers": ("answer_id", "contribution_id", "duplicate_of", "copy_group_id"),
    "mentions": ("mention_id", "answer_id", "segment_id"),
    "assignments": ("segment_id",),
}


def enlarge_tables(source: Workspace, target: Workspace, answers: int) -> None:
    """Write the tables that a review reads, as often as `enlarge` writes the dataset."""
    times = -(-answers // source.count("answers"))
    for name in ("questions", "topics", "organisations"):
        target.write_part(name, 0, tables.from_rows(name, source.read(name).to_pylist()))
    parts = len(source.parts("answers"))
    for number in range(times):
        for index in range(parts):
            for name, ids in REPEATED_TABLES.items():
                table = source.read_part(name, index)
                for key in ids if number else ():
                    new = pc.binary_join_element_wise(table[key], f"r{number}", "-")
                    table = table.set_column(table.schema.get_field_index(key), table.schema.field(key), new)
                target.write_part(name, number * parts + index, table.cast(tables.SCHEMAS[name]))
    shutil.copyfile(source.manifest_path, target.manifest_path)


def decide(site: Site, count: int) -> None:
    """Write a log of verdicts and renamed themes."""
    draw = random.Random(0)
    rows = [int(row) for row in site.corpus.readable.nonzero()[0] if site.corpus.root[row] == row]
    lines = []
    for row in draw.sample(rows, count):
        seen = site.machine_now(row)
        themes = [one["topic_id"] for one in site.themes_of(int(site.corpus.question[row]))]
        chosen = [draw.choice(themes)] if themes and draw.random() < 0.3 else seen
        lines.append(deciding.on_answer("Ana", deciding.whole(site, row), seen, chosen))
    for topic in draw.sample(site.corpus.received, min(50, len(site.corpus.received))):
        lines.append(deciding.on_topic("Bo", "rename", topic["topic_id"], topic["label"], topic["label"] + " bis"))
    log.append(site.workspace, lines)


async def measure(site: Site, times: int) -> dict[str, dict[str, float]]:
    """Return the milliseconds of each page."""
    door = Door("127.0.0.1")
    app = create_app(site, door, author="Zoé")
    question = max(site.open_questions, key=lambda code: len(site.view(code).rows))
    question_id = site.corpus.questions[question]["question_id"]
    themes = [row for row in site.listed(question) if row["parent_id"] is None]
    first, second = themes[0]["topic_id"], themes[1]["topic_id"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as client:
        await client.get(f"/entrer?jeton={door.token}")
        csrf = next(iter(door.sessions.values())).csrf
        found: dict[str, dict[str, float]] = {}

        async def page(name: str, ask: Callable[[int], Awaitable[httpx.Response]]) -> None:
            clock, processor = [], []
            for number in range(times):
                before, used = time.perf_counter(), time.process_time()
                answer = await ask(number)
                clock.append(1000 * (time.perf_counter() - before))
                processor.append(1000 * (time.process_time() - used))
                assert answer.status_code in (200, 303), (name, answer.status_code)
            found[name] = {
                "median_ms": round(statistics.median(clock), 1),
                "greatest_ms": round(max(clock), 1),
                "median_processor_ms": round(statistics.median(processor), 1),
                "greatest_processor_ms": round(max(processor), 1),
            }
            print(f"{name:<28} {found[name]}", flush=True)

        def get(path: str) -> Callable[[int], Awaitable[httpx.Response]]:
            return lambda number: client.get(path)

        def post(path: str, **fields: Any) -> Callable[[int], Awaitable[httpx.Response]]:
            form = {"csrf": csrf} | fields
            return lambda number: client.post(path, data=form, headers={"origin": ADDRESS})

        rows = [int(row) for row in site.corpus.rows_of(question) if site.corpus.readable[row]]

        async def verdict(number: int) -> httpx.Response:
            answer_id = site.corpus.answer_ids[rows[number * 7]].as_py()
            form = {"csrf": csrf, "reponse": answer_id, "file": "marge", "theme": first, "dit": "themes"}
            return await client.post("/decider", data=form, headers={"origin": ADDRESS})

        await page("home", get("/"))
        for kind in ("marge", "hasard", "sans-theme", "desaccords"):
            await page(f"queue {kind}", get(f"/file/{kind}"))
        await page("question", get(f"/questions/{question_id}"))
        await page("theme", get(f"/themes/{first}"))
        await page("theme, doubtful first", get(f"/themes/{first}?tri=douteuses"))
        await page("pairs", get(f"/questions/{question_id}/paires"))
        await page("pair", get(f"/paires/{first}/{second}"))
        await page("answer", get(f"/reponse/{site.corpus.answer_ids[rows[0]].as_py()}"))
        await page("organisations", get("/organisations?q=caisse"))
        await page("log", get("/journal"))
        await page("conflicts", get("/conflits"))
        await page("double coding", get("/double-codage"))
        await page("preview of a merge", post(f"/themes/{first}/apercu", geste="reunir", avec=second))
        await page("preview of a new name", post(f"/themes/{first}/apercu", geste="renommer", label="Autre nom"))
        await page("verdict, written", verdict)
        await page("queue after a verdict", get("/file/marge"))
        await page(
            "new name, written",
            lambda number: post(f"/themes/{first}/appliquer", geste="renommer", label=f"N {number}")(0),
        )
        await page("home after a new name", get("/"))
        await page(
            "merge, written",
            lambda number: post(f"/themes/{themes[2 + number]['topic_id']}/appliquer", geste="reunir", avec=first)(0),
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"), required=False)
    parser.add_argument("--answers", type=int, default=300_000)
    parser.add_argument("--decisions", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "results" / "review.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doleances-bench-") as scratch:
        target = Workspace(Path(scratch) / "workspace")
        count = enlarge(chosen.data / "dataset", target.path / "dataset", chosen.answers)
        enlarge_tables(Workspace(chosen.data), target, chosen.answers)
        site = Site(target)
        decide(site, chosen.decisions)
        del site
        before, used = time.perf_counter(), time.process_time()
        site = Site(target)
        site.warm()
        found: dict[str, Any] = {
            "answers": count,
            "segments": pq.read_metadata(target.path / "dataset" / "segments.parquet").num_rows,
            "decisions": len(site.state.decisions),
            "load": round(os.getloadavg()[0], 1),
            "start": {
                "seconds": round(time.perf_counter() - before, 1),
                "processor_seconds": round(time.process_time() - used, 1),
            },
            "pages": asyncio.run(measure(site, chosen.times)),
            "peak_mb": peak(),
            "arrow_mb": round(pa.total_allocated_bytes() / 2**20),
        }
    pages = found["pages"].values()
    found["greatest_median_ms"] = max(page["median_ms"] for page in pages)
    assert not site.state.troubles
    print(json.dumps({key: value for key, value in found.items() if key != "pages"}))
    chosen.output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
