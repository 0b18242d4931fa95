"""What retraining finds and keeps, simulated on answers with themes that people gave.

    python tests/benchmarks/bench_retrain.py --data DATA

``held out``: the answers of one theme of people are left out of the first fit, and are what a retrain brings: is there
one created theme with most of them (of those with this theme alone)? ``mixed``: a tenth of the other answers comes with
them. ``same``: a tenth more of the same. ``increments``: ten of a tenth each, against one fit on everything.

    python tests/benchmarks/bench_retrain.py --data DATA --refits warm often stable cold-stable cold --split tuned
        --seeds 0 1

prints what increments give with other refits (REFITS), and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from sklearn.metrics import adjusted_mutual_info_score

from pipeline import catalogue
from pipeline.config import TopicsConfig
from pipeline.topics import bundle, fitting, going_on
from pipeline.topics.anchoring import Anchor
from pipeline.topics.bundle import Bundle
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, distinct, fit_question
from pipeline.topics.going_on import FITTED, LOCAL, go_on_with
from pipeline.topics.methods import group
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors
from tests.benchmarks.topic_gold import ENTENDRE, Question, read_gold

RESULTS = Path(__file__).parent / "results" / "retrain.json"
SETTINGS = TopicsConfig()
WHOLE = 0.8
LEAST = 15
QUESTION = "bench"


def first(documents: Sequence[Document], vectors: WordVectors) -> Bundle:
    """Return a model fitted on documents, as a first run makes it."""
    themes = fit_question(
        documents, vectors, SETTINGS, questionnaire=None, question_id=QUESTION, model=f"{LOCAL}/0", asked=()
    )
    assert themes is not None
    return model_of(themes, len(distinct(documents, vectors)), 0, vectors)


def model_of(themes: ThemeSet, n_fitted: int, version: int, vectors: WordVectors) -> Bundle:
    """Return themes as a model of a workspace."""
    return Bundle(LOCAL, str(version), vectors, {QUESTION: themes}, {FITTED: {QUESTION: n_fitted}})


def retrained(model: Bundle, documents: Sequence[Document], new: Sequence[bool]) -> Bundle:
    """Return the next version of a model, as `doleances retrain` makes it."""
    version = int(model.version) + 1
    answers = [str(i) for i in range(len(documents))]
    earlier = {answer for answer, is_new in zip(answers, new, strict=True) if not is_new}
    found = go_on_with(
        Anchor("extend", model.reference, ""),
        model,
        Bundle("none", "1", model.vectors, {}),
        documents,
        answers,
        earlier,
        SETTINGS,
        question_id=QUESTION,
        questionnaire=None,
        model=f"{LOCAL}/{version}",
        asked=(),
    )
    assert found is not None
    return model_of(found[2], found[1], version, model.vectors)


def ids(model: Bundle, documents: Sequence[Document]) -> np.ndarray:
    """Return the id of the theme of each document, "" for none."""
    themes = model.sets[QUESTION]
    labels = assign(themes.assigner, model.vectors.embed([d.terms for d in documents]), SETTINGS.minimum_score)
    return np.asarray([*(topic.topic_id for topic in themes.topics), ""], dtype=object)[labels]


def held_out(question: Question, theme: str, vectors: WordVectors) -> list[dict[str, Any]]:
    """Return what a retrain makes of the answers of one theme that come alone, and among others."""
    documents, themes = list(question.documents), question.themes
    inside = np.asarray([theme in found for found in themes])
    alone = np.asarray([found == (theme,) for found in themes])
    before = first([d for d, held in zip(documents, inside, strict=True) if not held], vectors)
    rows = []
    mixed = inside | (np.random.default_rng(0).random(len(documents)) < 0.1)
    for name, new in (("held out", inside), ("mixed", mixed)):
        after = retrained(before, documents, new.tolist())
        known = {topic.topic_id for topic in before.sets[QUESTION].topics}
        old, now = ids(before, documents), ids(after, documents)
        created = sorted(set(now.tolist()) - known - {""})
        shares = [float((now[alone] == topic_id).mean()) for topic_id in created]
        rows.append(
            {
                "trial": name,
                "question": question.key,
                "split": question.split,
                "theme": theme,
                "answers": int(inside.sum()),
                "created": len(created),
                "share": round(max(shares, default=0.0), 3),
                "old changed": round(float((old[~new] != now[~new]).mean()), 4),
            }
        )
    return rows


def same(question: Question, vectors: WordVectors, seed: int) -> dict[str, Any]:
    """Return how many answers change their theme when a tenth more of the same comes."""
    documents = list(question.documents)
    new = np.zeros(len(documents), dtype=bool)
    new[np.random.default_rng(seed).choice(len(documents), len(documents) // 11, replace=False)] = True
    before = first([d for d, is_new in zip(documents, new, strict=True) if not is_new], vectors)
    after = retrained(before, documents, new.tolist())
    old, now = ids(before, documents), ids(after, documents)
    return {
        "trial": "same",
        "question": question.key,
        "split": question.split,
        "seed": seed,
        "created": len(after.sets[QUESTION].topics) - len(before.sets[QUESTION].topics),
        "old changed": round(float((old[~new] != now[~new]).mean()), 4),
    }


def increments(question: Question, vectors: WordVectors, seed: int) -> dict[str, Any]:
    """Return the AMI with people's themes after ten increments, and after one fit on everything."""
    documents = list(question.documents)
    order = np.random.default_rng(seed).permutation(len(documents))
    documents = [documents[int(i)] for i in order]
    gold = [question.themes[int(i)] for i in order]
    single = [i for i, themes in enumerate(gold) if len(themes) == 1]
    bounds = [len(documents) * step // 10 for step in range(1, 11)]
    model = first(documents[: bounds[0]], vectors)
    changes, kept = [], []
    for start, end in pairwise(bounds):
        after = retrained(model, documents[:end], [i >= start for i in range(end)])
        old, now = ids(model, documents[:start]), ids(after, documents[:start])
        changes.append(round(float((old != now).mean()), 4))
        before_ids = {topic.topic_id for topic in model.sets[QUESTION].topics}
        after_ids = {topic.topic_id for topic in after.sets[QUESTION].topics}
        kept.append(round(len(before_ids & after_ids) / len(before_ids), 3))
        model = after

    def ami(found: Bundle) -> float:
        names = ids(found, [documents[i] for i in single])
        return float(adjusted_mutual_info_score([gold[i][0] for i in single], names))

    whole = first(documents, vectors)
    return {
        "trial": "increments",
        "question": question.key,
        "split": question.split,
        "seed": seed,
        "AMI": round(ami(model), 4),
        "AMI, one fit": round(ami(whole), 4),
        "old changed": changes,
        "ids kept": kept,
    }


REFITS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "warm": lambda patch: None,  # as a retrain does it, from GROWN times the answers on
    "often": lambda patch: patch.setattr(going_on, "GROWN", 1.25),
    "stable": lambda patch: patch.setattr(going_on, "fit_question", _of_any_number),
    "cold-stable": lambda patch: (
        patch.setattr(going_on, "fit_question", _of_any_number),
        patch.setattr(fitting, "group", _from_nothing),
    )[0],
    "cold": lambda patch: patch.setattr(fitting, "group", _from_nothing),
}
"""Ways to fit a question again: more often, as many themes as are stable, not from the old themes."""


def _of_any_number(*given: Any, n_topics: int | None = None, **more: Any) -> Any:
    return fit_question(*given, **more)


def _from_nothing(*given: Any, start: Any = None, **more: Any) -> Any:
    return group(*given, start=None, **more)


def compare_refits(
    names: Sequence[str], questions: Sequence[Question], vectors: WordVectors, seeds: Sequence[int]
) -> None:
    """Print the means of `increments` over questions and seeds with each way to fit again."""
    for name in names:
        with pytest.MonkeyPatch.context() as patch:
            REFITS[name](patch)
            rows = [increments(question, vectors, seed) for seed in seeds for question in questions]
        means = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in ("AMI", "AMI, one fit")}
        steps = {key: round(float(np.mean([row[key] for row in rows])), 4) for key in ("ids kept", "old changed")}
        print(name, means | steps, flush=True)


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is told of the reported questions."""
    told: dict[str, Any] = {}
    for split in ("tuned", "reported"):
        of = [row for row in rows if row["split"] == split]
        figures: dict[str, Any] = {}
        for name in ("held out", "mixed"):
            trials = [row for row in of if row["trial"] == name]
            if trials:
                figures[name] = {
                    "trials": len(trials),
                    "found": sum(row["share"] >= WHOLE for row in trials),
                    "mean share": round(float(np.mean([row["share"] for row in trials])), 3),
                    "old changed": round(float(np.mean([row["old changed"] for row in trials])), 4),
                }
        if trials := [row for row in of if row["trial"] == "same"]:
            figures["same"] = {
                "trials": len(trials),
                "created": sum(row["created"] for row in trials),
                "old changed": round(float(np.mean([row["old changed"] for row in trials])), 4),
            }
        if trials := [row for row in of if row["trial"] == "increments"]:
            figures["increments"] = {
                "trials": len(trials),
                "AMI": round(float(np.mean([row["AMI"] for row in trials])), 4),
                "AMI, one fit": round(float(np.mean([row["AMI, one fit"] for row in trials])), 4),
                "ids kept": round(float(np.mean([row["ids kept"] for row in trials])), 3),
            }
        told[split] = figures
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--themes", type=int, default=2, help="held out of each question, the largest first")
    parser.add_argument("--parts", nargs="+", default=["held", "same", "increments"])
    parser.add_argument("--split", nargs="+", default=["reported"])
    parser.add_argument("--refits", nargs="+", choices=REFITS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="orders of the answers, for --refits")
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    vectors = bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors
    questions = [
        question
        for question in read_gold(Path(arguments.data))
        if question.key.startswith(f"{ENTENDRE}/") and question.split in arguments.split
    ]
    if arguments.refits:
        with threadpool_limits(1):
            compare_refits(arguments.refits, questions, vectors, arguments.seeds)
        return 0
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))["rows"] if RESULTS.is_file() else []
    done = {(row["trial"], row["question"], row.get("theme"), row.get("seed")) for row in rows}
    with threadpool_limits(1):
        for part in arguments.parts:
            for question in questions:
                made: list[dict[str, Any]] = []
                counts = Counter(themes[0] for themes in question.themes if len(themes) == 1)
                held = sorted((t for t, n in counts.items() if n >= LEAST), key=lambda t: (-counts[t], t))
                if part == "held":
                    for theme in held[: arguments.themes]:
                        if ("held out", question.key, theme, None) not in done:
                            made += held_out(question, theme, vectors)
                elif (part, question.key, None, 0) not in done:
                    made = [(same if part == "same" else increments)(question, vectors, 0)]
                for row in made:
                    print(row, flush=True)
                rows += made
                content = json.dumps({"summary": summary(rows), "rows": rows}, ensure_ascii=False, indent=1)
                RESULTS.write_text(content + "\n", encoding="utf-8")
    print(json.dumps(summary(rows), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
