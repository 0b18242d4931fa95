"""How well themes found within one question follow the themes that people gave: NMI, ARI, AMI.

    python tests/benchmarks/bench_topics.py --data DATA [--model NAME|PATH] [--record]

DATA (or DOLEANCES_BENCH_DATA) holds gold_themes/entendre_la_france.jsonl: question, text, themes. Used: answers with
exactly one theme, themes with 15 answers or more, K = their number, five questions, three seeds. Nothing was tuned on
these figures but the choice between whole answers and segments. Writes results/topics.json; --record
writes the figures into the model and its card.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score
from threadpoolctl import threadpool_limits

from pipeline import catalogue, language
from pipeline.topics import bundle, clustering
from pipeline.topics.assigner import fit_assigner
from pipeline.topics.documents import document
from pipeline.topics.training import model_card
from pipeline.topics.vectors import common_component

QUESTIONS = ("DC11", "DC12", "DC13", "FI8", "TE12")
SEEDS = (0, 1, 2)
LEAST_ANSWERS = 15
MEASURES = {
    "NMI": normalized_mutual_info_score,
    "ARI": adjusted_rand_score,
    "AMI": adjusted_mutual_info_score,
}


def gold(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return (theme, text) of the answers with exactly one theme, by question; "&&" joins messages of one person."""
    single: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if len(row["themes"]) == 1 and row["question"] in QUESTIONS:
            single[row["question"]].append((row["themes"][0], row["text"].replace("&&", " \n")))
    for question, rows in single.items():
        sizes = Counter(theme for theme, _ in rows)
        single[question] = [row for row in rows if sizes[row[0]] >= LEAST_ANSWERS]
    return dict(single)


def measure(data: Path, model: str) -> list[dict[str, object]]:
    """Return one row a question, seed and method."""
    vectors = bundle.load(catalogue.locate(model)).vectors
    found: list[dict[str, object]] = []
    for question, rows in sorted(gold(data / "gold_themes" / "entendre_la_france.jsonl").items()):
        themes = [theme for theme, _ in rows]
        texts = [text for _, text in rows]
        terms = [document(text, t).terms for text, t in zip(texts, language.tokens_of(texts), strict=True)]
        k = len(set(themes))
        embedding = vectors.embed(terms)
        for seed in SEEDS:
            features = clustering.features(terms, vectors, seed)
            labels = clustering.cluster(features, k, random_state=seed)
            assigner = fit_assigner(embedding, labels, k, common_component(embedding), seed)
            predictions = {"clusters": labels, "classifier": assigner.probabilities(embedding).argmax(axis=1)}
            for method, predicted in predictions.items():
                row = {name: round(float(f(themes, predicted)), 4) for name, f in MEASURES.items()}
                found.append({"question": question, "answers": len(rows), "k": k, "seed": seed, "method": method} | row)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--model", default=catalogue.DEFAULT_MODEL)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    with threadpool_limits(1):
        rows = measure(Path(arguments.data), arguments.model)
    means: dict[tuple[str, str], list[float]] = {}
    for method in ("clusters", "classifier"):
        chosen = [row for row in rows if row["method"] == method]
        for name in MEASURES:
            by_seed = [np.mean([row[name] for row in chosen if row["seed"] == seed]) for seed in SEEDS]
            means[method, name] = [round(float(np.mean(by_seed)), 3), round(float(np.std(by_seed)), 3)]
            print(f"{method:<11}{name}  {np.mean(by_seed):.3f} ± {np.std(by_seed):.3f} (over seeds)")
    if arguments.record:
        folder = catalogue.locate(arguments.model)
        figures = {
            f"{name} with human themes within a question, {method}": f"{mean:.3f} ± {spread:.3f}"
            for (method, name), (mean, spread) in means.items()
        }
        made = replace(bundle.load(folder), figures=figures)
        bundle.save(made, folder, model_card(made))
    results = Path(__file__).parent / "results" / "topics.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(
        json.dumps({"mean_and_spread": {" ".join(key): value for key, value in means.items()}, "rows": rows}, indent=1)
        + "\n",
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
