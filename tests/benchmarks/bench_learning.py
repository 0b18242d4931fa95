"""What a workspace learns from the answers that a person reviews: by the stages that people run, from file to dataset.

    python tests/benchmarks/bench_learning.py --data DATA [--questions …] [--seeds 0 1] [--start names|found]

DATA (or DOLEANCES_BENCH_DATA) as in README.md. For each question of Entendre la France, the themes of people that 15
answers or more have; TEST_ANSWERS answers drawn with the seed are measured, SIZES of the others are reviewed with gold
as the reviewer (`confirm` with all themes of the answer), each time in a workspace of its own, then `retrain` without
new contributions. Measured is sample-F1 of ``answers.topics`` of the dataset, whichever source gave them.

names: the run begins with a codebook of the names of the themes. found: with themes that the machine found; the
reviewer creates those of gold, and a machine theme, or one of gold that too few reviewed answers have, is never right.
Writes results/learning.json, or --output.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import api, storage
from pipeline.config import Config
from pipeline.learning.takeover import answers_f1
from pipeline.review import decisions as log
from pipeline.workspace import Workspace
from tests.benchmarks.bench_codebook import ISSUE, Coded, read_questions

RESULTS: Final = Path(__file__).parent / "results" / "learning.json"
SIZES: Final = (50, 200)
TEST_ANSWERS: Final = 150
LEAST_REVIEWABLE: Final = 200
SETTINGS: Final = Config().with_values("execution", workers=2)
Row = dict[str, Any]


def topic_id(label: str) -> str:
    return "t-" + hashlib.blake2b(label.encode("utf-8"), digest_size=6).hexdigest()


def begin(question: Coded, start: str, folder: Path) -> Workspace:
    """Run the pipeline on the answers to a question, with a codebook of the names or without."""
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", question.wording or question.name])
        writer.writerows([str(number), text] for number, text in enumerate(question.texts))
    settings = SETTINGS
    if start == "names":
        with (folder / "codebook.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["label", "definition"])
            writer.writerows([name, ""] for name in question.names)
        settings = settings.with_values("topics", codebook=str(folder / "codebook.csv"))
    api.run(folder / "answers.csv", folder / "workspace", settings)
    return Workspace(folder / "workspace")


def themes_given(workspace: Workspace) -> dict[int, frozenset[str]]:
    """Return the themes of each answer that has its own text, by the number of its line."""
    columns = ["answer_id", "contribution_id", "topics", "state"]
    rows = storage.read_table(workspace.path / "dataset" / "answers.parquet", columns=columns).to_pylist()
    source = workspace.read("contributions", ["contribution_id", "source_row"]).to_pylist()
    lines = {row["contribution_id"]: int(row["source_row"]) - 1 for row in source}
    parents = {row["topic_id"]: row["parent_id"] for row in workspace.read("reviewed_topics").to_pylist()}
    return {
        lines[row["contribution_id"]]: frozenset(
            parents.get(one["topic_id"]) or one["topic_id"] for one in row["topics"] or ()
        )
        for row in rows
        if row["state"] in ("assigned", "unassigned", "uninformative", "off_language")
    }


def review(workspace: Workspace, question: Coded, chosen: list[int], start: str) -> None:
    """Add what a reviewer says of some answers to the log."""
    source = workspace.read("contributions", ["contribution_id", "source_row"]).to_pylist()
    lines = {row["contribution_id"]: int(row["source_row"]) - 1 for row in source}
    answers = workspace.read("answers").to_pylist()
    by_line = {lines[row["contribution_id"]]: row for row in answers if row["state"] == "pending"}
    question_id = next(iter(by_line.values()))["question_id"]
    made: list[log.Decision] = []
    ids = {row["label"]: row["topic_id"] for row in workspace.read("topics").to_pylist()}
    if start == "found":
        for name in question.names:
            ids[name] = topic_id(name)
            target = log.Target(kind="topic", id=ids[name])
            after = {"label": name, "definition": "", "question_id": question_id}
            made.append(
                log.Decision(
                    decision_id=f"d-{ids[name]}",
                    at=log.now(),
                    author="gold",
                    action="create",
                    target=target,
                    after=after,
                )
            )
    for line in chosen:
        row = by_line.get(line)
        if row is not None:
            text = row["text"]
            target = log.Target(kind="answer", answer_id=row["answer_id"], start=0, end=len(text), quote=text)
            after = [ids[name] for name in sorted(set(question.themes[line]) & set(question.names))]
            made.append(
                log.Decision(
                    decision_id=f"d-{line}", at=log.now(), author="gold", action="confirm", target=target, after=after
                )
            )
    log.append(workspace, made)


def measure(question: Coded, seed: int, start: str, base: Path, folder: Path) -> list[Row]:
    """Return a row for no reviews and for each of SIZES."""
    known = [i for i, given in enumerate(question.themes) if set(given) & set(question.names)]
    order = np.random.default_rng(seed).permutation(known).tolist()
    n = TEST_ANSWERS if len(order) - TEST_ANSWERS >= LEAST_REVIEWABLE else 100
    held, others = order[:n], order[n:]
    rows: list[Row] = []
    for size in (0, *SIZES):
        place = folder / f"{question.name}-{seed}-{size}"
        shutil.copytree(base, place)
        workspace = Workspace(place)
        clock, learned = time.perf_counter(), None
        if size:
            review(workspace, question, others[:size], start)
            api.run_stage("dataset", workspace, SETTINGS)
            clock = time.perf_counter()
            done = api.retrain([], place, SETTINGS)
            learned = done.difference and next(iter(one["learned"] for one in done.difference["questions"]), None)
            workspace = Workspace(place)
        labels = {row["topic_id"]: row["label"] for row in workspace.read("reviewed_topics").to_pylist()}
        given = themes_given(workspace)
        found = [{labels[key] for key in given.get(line, frozenset())} for line in held]
        gold = [set(question.themes[line]) & set(question.names) for line in held]
        f1 = float(answers_f1(found, gold).mean())
        rows.append(
            {
                "question": question.name,
                "seed": seed,
                "start": start,
                "reviewed": size,
                "sample_f1": round(f1, 4),
                "themes_an_answer": round(float(np.mean([len(one) for one in found])), 3),
                "learned": learned,
                "retrain_seconds": round(time.perf_counter() - clock, 1) if size else None,
            }
        )
        print(json.dumps(rows[-1], ensure_ascii=False), file=sys.stderr, flush=True)
        shutil.rmtree(place)
    return rows


def taking_over(rows: list[Row]) -> Row:
    """Return how often what was learned takes over, and how far its F1 by cross-validation is from the one measured."""
    reviewed = [row for row in rows if row["reviewed"]]
    used = [row for row in reviewed if row["learned"] and row["learned"]["takes_over"]]
    apart = [row["learned"]["learnt"] - row["sample_f1"] for row in used if row["start"] == "names"]
    return {
        "trials": len(reviewed),
        "takes over": len(used),
        "by cross-validation less measured, names": round(float(np.mean(apart)), 4) if apart else None,
        "mean distance": round(float(np.mean(np.abs(apart))), 4) if apart else None,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--questions", nargs="+", default=ISSUE)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--start", nargs="+", choices=("names", "found"), default=["names", "found"])
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    rows: list[Row] = []
    for question in read_questions(Path(arguments.data)):
        if question.name not in arguments.questions:
            continue
        for start in arguments.start:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                base = begin(question, start, folder)
                for seed in arguments.seeds:
                    rows += measure(question, seed, start, base.path, folder)
    means: Row = {}
    for start in arguments.start:
        for size in (0, *SIZES):
            mine = [row for row in rows if row["start"] == start and row["reviewed"] == size]
            by_seed = [np.mean([r["sample_f1"] for r in mine if r["seed"] == s]) for s in arguments.seeds]
            means[f"{start} {size}"] = [round(float(np.mean(by_seed)), 4), round(float(np.std(by_seed)), 4)]
    content = {"mean_and_spread": means, "taking over": taking_over(rows), "rows": rows}
    print(json.dumps({name: content[name] for name in ("mean_and_spread", "taking over")}, indent=1))
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
