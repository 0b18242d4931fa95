"""Reinert's classification of whole answers and, twice, of their segments, against human themes within a question.

python tests/benchmarks/bench_reinert.py --data DATA
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from bisect import bisect_left
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipeline import catalogue
from pipeline.evaluation.topic_measures import agreement
from pipeline.tokenise.analysis import segment_texts
from pipeline.topics import bundle
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, fit_themes
from tests.benchmarks.topic_gold import Question, read_gold

RESULTS = Path(__file__).parent / "results" / "reinert.json"


def with_cuts(question: Question) -> list[Document]:
    """Return the answers with one theme, each with the places where its segments begin."""
    documents = [question.documents[i] for i in question.single]
    segmented = segment_texts([question.texts[i] for i in question.single])
    return [
        replace(document, cuts=tuple(bisect_left(document.starts, part["start"]) for part in parts[1:]))
        for document, parts in zip(documents, segmented, strict=True)
    ]


def measure(question: Question, vectors: bundle.WordVectors) -> dict[str, object]:
    """Return the figures of both ways on one question."""
    cut = with_cuts(question)
    whole = [replace(document, cuts=()) for document in cut]
    embedding = vectors.embed([document.terms for document in whole])
    row: dict[str, object] = {"question": question.key, "split": question.split, "answers": len(cut)}
    row["segments an answer"] = round(float(np.mean([len(document.segments()) for document in cut])), 2)
    for name, documents in (("whole answers", whole), ("segments, twice", cut)):
        start = time.process_time()
        themes = fit_themes(
            documents,
            vectors,
            questionnaire=None,
            question_id=question.key,
            model="bench",
            method="reinert",
            n_topics=len(question.kept),
            divided=False,
        )
        seconds = time.process_time() - start
        labels = assign(themes.assigner, embedding, 0.0) if themes is not None else np.full(len(cut), -1)
        figures = agreement(question.gold, labels)
        row[name] = {key: round(value, 4) for key, value in figures.items()} | {
            "themes": len(themes.topics) if themes else 0,
            "CPU seconds": round(seconds, 2),
        }
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    vectors = bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors
    rows = []
    with threadpool_limits(1):
        for question in read_gold(Path(arguments.data)):
            rows.append(measure(question, vectors))
            print(rows[-1], flush=True)
    means = {
        f"{split}, {way}": round(float(np.mean([row[way]["AMI"] for row in rows if row["split"] == split])), 4)  # type: ignore[index]
        for split in ("tuned", "reported")
        for way in ("whole answers", "segments, twice")
    }
    print(means)
    RESULTS.write_text(json.dumps({"mean AMI": means, "questions": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
