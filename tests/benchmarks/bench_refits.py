"""How many answers keep their theme when themes are fitted again on a tenth more answers.

    python tests/benchmarks/bench_refits.py --data DATA

Warm: `fit_themes(before=…)`, as `TopicModel.partial_fit` does. Cold: fitted anew, and matched with the old themes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline import catalogue
from pipeline.evaluation.texts import documents_of
from pipeline.topics import bundle
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, distinct, fit_themes
from pipeline.topics.refitting import go_on
from pipeline.topics.theme_files import ThemeSet
from pipeline.topics.vectors import WordVectors
from tests.benchmarks.topic_gold import answers

RESULTS = Path(__file__).parent / "results" / "refits.json"
MINIMUM = 0.3


def fit(documents: list[Document], vectors: WordVectors, seed: int, before: ThemeSet | None = None) -> ThemeSet:
    """Return the themes of documents, a number of them chosen by stability."""
    found = fit_themes(
        documents,
        vectors,
        questionnaire=None,
        question_id="bench",
        model="bench/1",
        minimum_score=MINIMUM,
        random_state=seed,
        before=before,
    )
    assert found is not None
    return found


def ids_of(themes: ThemeSet, embedding: Any, *, parts: bool) -> np.ndarray:
    """Return the id of the theme, or of the sub-theme where there is one, of each text; "" for none."""
    labels = assign(themes.assigner, embedding, MINIMUM)
    ids = np.asarray([*(topic.topic_id for topic in themes.topics), ""], dtype=object)[labels]
    if parts and themes.subtopics:
        within = themes.subtopics_of(embedding, labels)
        below = np.asarray([*(topic.topic_id for topic in themes.subtopics), ""], dtype=object)
        ids = np.where(within >= 0, below[within], ids)
    return ids


def measure(documents: list[Document], vectors: WordVectors, seed: int) -> dict[str, float]:
    """Return the shares of the first ten elevenths that keep what they had."""
    documents = distinct(documents, vectors)
    order = np.random.default_rng(seed).permutation(len(documents))
    documents = [documents[int(i)] for i in order]
    first = documents[: len(documents) * 10 // 11]
    embedding = vectors.embed([document.terms for document in first])
    everything = vectors.embed([document.terms for document in documents])
    old = fit(first, vectors, seed)
    warm, cold = fit(documents, vectors, seed, old), fit(documents, vectors, seed)
    before, before_parts = ids_of(old, embedding, parts=False), ids_of(old, embedding, parts=True)
    matched = go_on(
        old.topics,
        cold.topics,
        assign(old.assigner, everything, MINIMUM),
        assign(cold.assigner, everything, MINIMUM),
        everything,
        cold.assigner.component,
        (),
        "bench/2",
    )
    names = np.asarray([*(topic.topic_id for topic in matched.topics), ""], dtype=object)
    anew = names[assign(cold.assigner, embedding, MINIMUM)]
    after = ids_of(warm, embedding, parts=False)
    return {
        "answers": len(documents),
        "themes": len(old.topics),
        "warm": float((after == before).mean()),
        "warm, sub-themes": float((ids_of(warm, embedding, parts=True) == before_parts).mean()),
        "cold and matched": float((anew == before).mean()),
        "ARI warm": float(adjusted_rand_score(before, after)),
        "ARI cold": float(adjusted_rand_score(before, anew)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--questions", type=int, default=8, help="how many, spread over the questionnaires")
    parser.add_argument("--answers", type=int, default=2000, help="of each question")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "answers").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds answers/")
        return 2
    vectors = bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors
    texts: dict[str, list[str]] = defaultdict(list)
    for question, text in answers(Path(arguments.data)):
        texts[question].append(text)
    asked = sorted(question for question, found in texts.items() if len(found) >= arguments.answers)
    step = max(len(asked) // arguments.questions, 1)
    rows = []
    with threadpool_limits(1):
        for question in asked[::step][: arguments.questions]:
            documents = list(documents_of(texts[question][: arguments.answers]))
            for seed in arguments.seeds:
                rows.append({"question": question, "seed": seed} | measure(documents, vectors, seed))
                print(rows[-1], flush=True)
    figures = ("warm", "warm, sub-themes", "cold and matched", "ARI warm", "ARI cold")
    means = {name: round(float(np.mean([row[name] for row in rows])), 4) for name in figures}
    print(json.dumps(means, indent=1))
    RESULTS.write_text(json.dumps({"mean": means, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
