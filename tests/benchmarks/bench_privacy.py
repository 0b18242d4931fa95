"""Masks: recall and precision on the planted cases, and what is masked in real answers.

    python tests/benchmarks/bench_privacy.py --data DATA [--answers 20000] [--shown 60] [--seed 3]

The cases are tests/data/privacy_cases.jsonl; DATA/answers/*.csv.gz holds the real answers (column `answer`), of which
a sample is masked as the dataset masks them. Masks drawn at random are printed with the words around them, to judge
by eye; they are not written anywhere. Results: results/privacy.json.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.bench_language import sample

RESULTS = Path(__file__).parent / "results" / "privacy.json"
CASES = Path(__file__).parents[1] / "data" / "privacy_cases.jsonl"
AROUND = 50


def planted() -> dict[str, Any]:
    """Return the figures of each split, way of reading and treatment of public figures."""
    from pipeline.evaluation.privacy import evaluate_privacy, load_cases, masker

    found: dict[str, Any] = {}
    for split in ("test", "dev"):
        cases = load_cases(CASES, split)
        for read, keep in ((True, True), (False, True), (True, False), (False, False)):
            result = evaluate_privacy(cases, masker(read=read, keep_public=keep), keep_public=keep)
            name = f"{'read' if read else 'not read'} by the recogniser, public figures {'kept' if keep else 'masked'}"
            found.setdefault(split, {})[name] = result.to_dict()
            print(f"{split}, {name}: {result}\n", flush=True)
    return found


def real(texts: list[str], shown: int, seed: int) -> dict[str, Any]:
    """Mask real answers, count the masks by kind, and print some."""
    from pipeline.evaluation.privacy import masker
    from pipeline.privacy import KINDS

    counts: dict[str, Any] = {"answers": len(texts), "words": sum(len(text.split()) for text in texts)}
    masker(read=False)(texts[:50])  # reads the lists of names and of French words
    started = time.process_time()
    masker(read=False)(texts)
    counts["words_a_cpu_second_without_the_recogniser"] = round(counts["words"] / (time.process_time() - started))
    for name, read in (("read", True), ("not_read", False)):
        found = masker(read=read)(texts)
        kinds = Counter(KINDS[mask.mask] for masks in found for mask in masks)
        counts[name] = {"masks": kinds.total(), "by_kind": dict(sorted(kinds.items()))}
        if read:
            show(texts, found, shown, seed)
    return counts


def show(texts: list[str], found: list[Any], shown: int, seed: int) -> None:
    """Print masks drawn at random, with the words around them."""
    places = [(text, mask) for text, masks in zip(texts, found, strict=True) for mask in masks]
    for text, mask in random.Random(seed).sample(places, min(shown, len(places))):
        before, after = text[max(0, mask.start - AROUND) : mask.start], text[mask.end : mask.end + AROUND]
        print(f"{mask.mask}\t{' '.join(before.split())} ⟦{text[mask.start : mask.end]}⟧ {' '.join(after.split())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--shown", type=int, default=60)
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    if given.data is None:
        parser.error("give the data folder with --data or DOLEANCES_BENCH_DATA")
    result = {
        "planted": planted(),
        "real": real(sample(given.data, given.answers, given.seed), given.shown, given.seed),
    }
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
