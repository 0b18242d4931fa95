"""Lay the benchmark answers out as official exports, so that `doleances` reads them like any other file.

    python tests/benchmarks/answers_to_forms.py --data DATA OUT

DATA (or DOLEANCES_BENCH_DATA) holds answers/{organisation,democratie,transition,fiscalite}.csv.gz with the columns
question_no, question_id (official), question (wording) and answer. The i-th form of a questionnaire holds the i-th
answer to each of its questions: nobody filled those forms, only the answers are real. The shipped model is made so:

    python tests/benchmarks/answers_to_forms.py --data DATA /tmp/forms
    doleances ingest /tmp/forms --workspace /tmp/all && doleances tokenise --workspace /tmp/all
    doleances models train --workspace /tmp/all --name grand-debat-2019 --output models
"""

from __future__ import annotations

import argparse
import base64
import csv
import gzip
import os
import sys
from itertools import zip_longest
from pathlib import Path

DEBATES = {"democratie": "1", "transition": "2", "fiscalite": "3", "organisation": "4"}


def write_forms(source: Path, target: Path, debate: str) -> int:
    """Write the official CSV of one questionnaire and return its number of forms."""
    answers: dict[str, list[str]] = {}
    headers: dict[str, str] = {}
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            answers.setdefault(row["question_id"], []).append(row["answer"])
            coded = base64.b64encode(f"Question:{row['question_id']}".encode()).decode()
            headers[row["question_id"]] = f"Q{coded} - {row['question']}"
    forms = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["reference", "title", "createdAt", "authorId", *headers.values()])
        for values in zip_longest(*answers.values(), fillvalue=""):
            forms += 1
            writer.writerow([f"{debate}-{forms}", "Contribution", "", "", *values])
    return forms


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.data / "answers").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds answers/*.csv.gz")
        return 2
    arguments.out.mkdir(parents=True, exist_ok=True)
    for questionnaire, debate in DEBATES.items():
        source = arguments.data / "answers" / f"{questionnaire}.csv.gz"
        print(questionnaire, write_forms(source, arguments.out / f"{questionnaire}.csv", debate), "forms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
