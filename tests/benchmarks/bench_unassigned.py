"""Whether a classifier of themes knows what it has no theme for: answers to its question against answers to others.

    python tests/benchmarks/bench_unassigned.py --data DATA

DATA (or DOLEANCES_BENCH_DATA) as in README.md. For each tuned question, themes are found among its distinct answers and
the classifier is learned on four fifths of them, with and without texts of chance; the others, and 3,000 answers to
all questions of DATA/answers, are then given to it. Results: results/unassigned.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.evaluation.texts import documents_of
from pipeline.topics import bundle
from pipeline.topics.assigner import fit_assigner
from pipeline.topics.fitting import distinct, known_lengths
from pipeline.topics.methods import group
from pipeline.topics.vectors import WordVectors, common_component
from tests.benchmarks.topic_gold import answers, read_gold

RESULTS = Path(__file__).parent / "results" / "unassigned.json"
MINIMUM = 0.3
OTHERS = 3000


def measure(terms: list[tuple[str, ...]], vectors: WordVectors, others: np.ndarray, k: int) -> dict[str, float]:
    """Return areas under the curve and shares with a theme, out of fold."""
    labels = group("vectors", terms, vectors, k).labels
    embedding = vectors.embed(terms)
    component = common_component(embedding)
    chance = vectors.embed_chance(known_lengths(terms, vectors))
    found: dict[str, float] = {}
    for name, background in (("without", None), ("with", chance)):
        own, elsewhere = np.zeros(len(terms)), []
        for learned, tried in KFold(5, shuffle=True, random_state=0).split(embedding):
            assigner = fit_assigner(embedding[learned], labels[learned], labels.max() + 1, component, chance=background)
            own[tried] = assigner.probabilities(embedding[tried]).max(axis=1)
            elsewhere.append(assigner.probabilities(others).max(axis=1))
        strange = np.mean(elsewhere, axis=0)
        truth = np.concatenate([np.ones(len(own)), np.zeros(len(strange))])
        found[f"area {name} chance"] = float(roc_auc_score(truth, np.concatenate([own, strange])))
        found[f"own with a theme, {name} chance"] = float((own >= MINIMUM).mean())
        found[f"others with a theme, {name} chance"] = float((strange >= MINIMUM).mean())
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    data = Path(arguments.data)
    vectors = bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors
    texts = sorted({text for _, text in answers(data) if len(text.split()) > 5})
    drawn = documents_of(random.Random(0).sample(texts, OTHERS))
    others = vectors.embed([document.terms for document in drawn])
    others = others[others.any(axis=1)]
    rows = {}
    with threadpool_limits(1):
        for question in read_gold(data):
            if question.split == "tuned":
                terms = [document.terms for document in distinct(question.documents, vectors)]
                rows[question.key] = measure(terms, vectors, others, len(question.kept))
                print(question.key, {name: round(value, 3) for name, value in rows[question.key].items()}, flush=True)
    means = {name: round(float(np.mean([row[name] for row in rows.values()])), 4) for name in next(iter(rows.values()))}
    print(json.dumps(means, indent=1))
    RESULTS.write_text(json.dumps({"mean": means, "questions": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
