"""What corrected names teach: marked answers are corrected by their marks, others are read with what that taught.

    python tests/benchmarks/bench_names.py

Data: the marked answers of tests/data. The reviewer sees what is found in the answers of LESSONS, marks what is missed,
moves what has other boundaries and deletes what is no organisation, as their marks say; figures are of TESTS, before
and after. Twice: with the register that ships, and with an empty one, as for a consultation about organisations that no
register knows. Writes results/names.json, or --output.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline.entities.corrected import Corrections
from pipeline.entities.finder import recognise
from pipeline.entities.gold import GoldAnswer, load_gold
from pipeline.entities.register import register_files
from pipeline.entities.spans import Span
from pipeline.evaluation.entities import evaluate_entities
from pipeline.retrain.names import corrections_of
from pipeline.review.mentions import MentionEdit, ReviewedMentions

RESULTS: Final = Path(__file__).parent / "results" / "names.json"
GOLD: Final = Path(__file__).parents[1] / "data"
LESSONS: Final = ("gold_organisations_dev.jsonl", "gold_organisations_dev2.jsonl")
TESTS: Final = ("gold_organisations_test.jsonl", "seed_organisations.jsonl")


class Reader:
    """Finds organisations with a register and what was taught."""

    def __init__(self, register: str | None, corrections: Corrections) -> None:
        self.register, self.corrections = register, corrections

    def predict(self, texts: Iterable[str]) -> list[list[Span]]:
        """Return the organisations of each text."""
        found = recognise(list(texts), register=self.register, corrected=self.corrections)
        return [[span for span in spans if span.label == "ORG"] for spans in found]


def corrected(answer: GoldAnswer, found: list[Span]) -> tuple[MentionEdit, ...]:
    """Return what a reviewer changes."""
    edits = []
    places = {(span.start, span.end) for span in found}
    for start, end in sorted(answer.spans - places):
        edits.append(MentionEdit(start, end, "ORG", start, end, None, answer.text, "d"))
    for start, end in sorted(places - answer.spans):
        if not any(start < stop and begin < end for begin, stop in answer.borderline):
            edits.append(MentionEdit(start, end, None, start, end, None, answer.text, "d"))
    return tuple(edits)


def measure(register: str | None) -> dict[str, Any]:
    """Return the figures of TESTS before and after, and how many names were taught."""
    answers = [answer for name in LESSONS for answer in load_gold(GOLD / name)]
    found = Reader(register, Corrections()).predict([answer.text for answer in answers])
    edits = {
        str(place): corrected(answer, spans) for place, (answer, spans) in enumerate(zip(answers, found, strict=True))
    }
    taught = corrections_of(ReviewedMentions({key: made for key, made in edits.items() if made}))
    row: dict[str, Any] = {
        "answers": len(answers),
        "edits": sum(map(len, edits.values())),
        "names": len(taught.names),
        "nothing": len(taught.nothing),
    }
    for name in TESTS:
        for when, corrections in (("before", Corrections()), ("after", taught)):
            result = evaluate_entities(GOLD / name, Reader(register, corrections))
            row[f"{name}, {when}"] = {key: value for key, value in result.to_dict().items() if key != "mistakes"}
            print(f"{register or 'shipped'}, {name}, {when}: {result}", flush=True)
    return row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch) / "empty.csv"
        header = register_files().organisations.read_text(encoding="utf-8").split("\n")[0]
        empty.write_text(header + "\n", encoding="utf-8")
        rows = {"shipped register": measure(None), "empty register": measure(str(empty))}
    arguments.output.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
