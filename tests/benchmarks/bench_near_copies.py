"""How fast near copies are found among 400,000 answers, and how many planted ones are: time, memory, precision, recall.

    python tests/benchmarks/bench_near_copies.py --data DATA [--output FILE] [--tuning]
    python tests/benchmarks/bench_near_copies.py --data DATA [--pairs 100 [--least-words 15]] [--groups]

DATA (or DOLEANCES_BENCH_DATA) holds answers/{organisation,transition,democratie,fiscalite}.csv.gz: question_no,
question_id, question, answer. The constants of pipeline/ingest/near_copies.py were chosen on organisation and
transition (--tuning measures quality there; the curve of THRESHOLD is always drawn there); quality is reported on
democratie and fiscalite.

Planted copies: for each question, answers drawn at random are copied one to three times with one word in ten edited
(at least one; drawn evenly: replaced by a word of another answer, deleted, inserted, swapped with the next, or one
letter wrong) and shuffled among the answers that are real. They are grouped as ingest does: normalised, each text
once, texts below MINIMUM_WORDS left out.

Recall: share of planted copies whose group holds their source; a copy that fell below MINIMUM_WORDS is a miss.
Precision: share of the pairs (text, first of its group) that are copies: both of one source, or three words in four in
common and in the same order (difflib ratio of the words >= 0.75; the share at 0.6 is given too). Precision of real
pairs: the same on the answers as they are, nothing planted, by words of the shorter text: nobody knows which of them
were copied. --pairs prints such pairs, drawn at random, to be read; --groups prints the groups that ingest would call
coordinated if every answer were by another author.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import resource
import sys
import time
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.config import IngestConfig
from pipeline.ingest import near_copies
from pipeline.ingest.normalising import normalise_texts

TUNING, HELD_OUT = ("organisation", "transition"), ("democratie", "fiscalite")
BANDS = ((0, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50+"))
CURVE_BANDS = ((0, "10-14"), (15, "15-19"), (20, "20+"))  # copies are coordinated from 15 words on
THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.625, 0.65, 0.7)
SEEDS = (0, 1, 2)
SOURCES = 400
LARGEST = 150_000
AT_ONCE = 1000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def answers(data: Path, themes: Sequence[str]) -> dict[str, list[str]]:
    """Return the answers to each question."""
    found: dict[str, list[str]] = defaultdict(list)
    for theme in themes:
        with gzip.open(data / "answers" / f"{theme}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[f"{theme} {row['question_id']}"].append(row["answer"])
    return dict(found)


def distinct(texts: list[str]) -> list[str]:
    """Return each normalised text once, in order of receipt."""
    return list(
        dict.fromkeys(text.decode("ascii", "replace") for text in normalise_texts(pa.array(texts, pa.string())))
    )


def length(text: str) -> int:
    return text.count(" ") + 1


def band(words: int, bands: Sequence[tuple[int, str]] = BANDS) -> str:
    return [name for least, name in bands if words >= least][-1]


def group(texts: Sequence[str], minimum: int = near_copies.MINIMUM_WORDS) -> np.ndarray:
    """Return the place of the first text of the group of each, as ingest finds it: by a thousand, short ones alone."""
    return groups_at(texts, (near_copies.THRESHOLD,), minimum)[0]


def groups_at(texts: Sequence[str], thresholds: Sequence[float], minimum: int) -> list[np.ndarray]:
    """Return the same for each of some thresholds; the texts are signed once."""
    long = np.flatnonzero(np.array([length(text) for text in texts]) >= minimum)
    signed = [
        near_copies.signatures([texts[place] for place in long[start : start + AT_ONCE]])
        for start in range(0, len(long), AT_ONCE)
    ]
    shipped, found = near_copies.THRESHOLD, []
    for threshold in thresholds:
        first = np.arange(len(texts))
        if signed:
            near_copies.THRESHOLD = threshold  # type: ignore[misc]
            first[long] = long[near_copies.group(np.concatenate(signed))]
        found.append(first)
    near_copies.THRESHOLD = shipped  # type: ignore[misc]
    return found


def with_source(origin: np.ndarray, copied: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return for each text whether its group holds the text that it comes from."""
    source = np.empty(len(origin), np.int64)
    source[origin[~copied]] = np.flatnonzero(~copied)
    return groups == groups[source[origin]]


def edited(text: str, source: random.Random, words_of_others: list[str], share: float) -> str:
    words = text.split(" ")
    for _ in range(max(1, round(len(words) * share))):
        place, other = source.randrange(len(words)), source.choice(words_of_others)
        kind = source.choice(("replace", "delete", "insert", "swap", "letter"))
        if kind == "replace":
            words[place] = other
        elif kind == "delete" and len(words) > 1:
            del words[place]
        elif kind == "insert":
            words.insert(place, other)
        elif kind == "swap":
            words[place : place + 2] = words[place : place + 2][::-1]
        else:
            word, letter = words[place], source.randrange(len(words[place]))
            words[place] = word[:letter] + source.choice(LETTERS) + word[letter + source.randrange(2) :]
    return " ".join(words)


def planted(
    texts: list[str], source: random.Random, share: float, minimum: int, below: int
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return texts with copies among them, the place in ``texts`` that each comes from, and which are copies."""
    others = [word for text in source.sample(texts, min(len(texts), 2000)) for word in text.split(" ")]
    able = [place for place, text in enumerate(texts) if minimum <= length(text) < below]
    known, found = set(texts), [(text, place, False) for place, text in enumerate(texts)]
    for place in source.sample(able, min(SOURCES, len(able))):
        for _ in range(source.choice((1, 1, 2, 3))):
            copy = edited(texts[place], source, others, share)
            if copy not in known:  # the same words as another text: an exact copy, which is found elsewhere
                known.add(copy)
                found.append((copy, place, True))
    source.shuffle(found)
    return (
        [text for text, _, _ in found],
        np.array([place for _, place, _ in found]),
        np.array([x for _, _, x in found]),
    )


@cache
def likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(" "), other.split(" "), autojunk=False).ratio()


def real_pairs(questions: dict[str, list[str]], minimum: int, below: int) -> list[tuple[str, str, float]]:
    """Return (first of the group, text, likeness) of the answers that are grouped, when nothing is planted."""
    found = []
    for texts in questions.values():
        chosen = [text for text in texts if minimum <= length(text) < below]
        for text, first in zip(chosen, group(chosen, minimum).tolist(), strict=True):
            if text != chosen[first]:
                found.append((chosen[first], text, likeness(chosen[first], text)))
    return found


def quality(
    questions: dict[str, list[str]], seed: int, share: float, minimum: int, below: int
) -> tuple[dict[str, list[int]], list[int]]:
    """Return copies found, planted and too short by length of source, and pairs: grouped, alike at 0.75, at 0.6."""
    source = random.Random(seed)
    recall = {name: [0, 0, 0] for _, name in BANDS}
    pairs = [0, 0, 0]
    for texts in questions.values():
        mixed, origin, copied = planted(texts, source, share, minimum, below)
        groups = group(mixed, minimum)
        held = with_source(origin, copied, groups)
        for place in np.flatnonzero(copied).tolist():
            name = band(length(texts[origin[place]]))
            recall[name][0] += bool(held[place])
            recall[name][1] += 1
            recall[name][2] += length(mixed[place]) < minimum
        for place in np.flatnonzero(groups != np.arange(len(mixed))).tolist():
            first = groups[place]
            alike = 1.0 if origin[place] == origin[first] else likeness(mixed[first], mixed[place])
            pairs = [pairs[0] + 1, pairs[1] + (alike >= 0.75), pairs[2] + (alike >= 0.6)]
    return recall, pairs


def spread(values: Sequence[float]) -> list[float]:
    return [round(float(np.mean(values)), 4), round(float(np.std(values)), 4)]


def measure_quality(
    questions: dict[str, list[str]], share: float, minimum: int = near_copies.MINIMUM_WORDS, below: int = 1 << 30
) -> dict[str, object]:
    """Return mean and spread over seeds of recall, by length of the source, and of precision."""
    runs = [quality(questions, seed, share, minimum, below) for seed in SEEDS]
    recall = {
        name: {
            "recall": spread([run[name][0] / run[name][1] for run, _ in runs]),
            "planted": sum(run[name][1] for run, _ in runs),
            "fell_below_the_minimum": sum(run[name][2] for run, _ in runs),
        }
        for _, name in BANDS
        if runs[0][0][name][1]
    }
    whole = [[sum(counts) for counts in zip(*run.values(), strict=True)] for run, _ in runs]
    return {
        "recall": spread([found / planted for found, planted, _ in whole]),
        "by_words_of_the_source": recall,
        "precision": spread([pairs[1] / pairs[0] for _, pairs in runs]),
        "precision_at_0.6": spread([pairs[2] / pairs[0] for _, pairs in runs]),
        "pairs": runs[0][1][0],
    }


def measure_curve(questions: dict[str, list[str]]) -> dict[str, dict[str, object]]:
    """Return, for each of `THRESHOLDS`, recall on planted copies and real pairs, by words of the shorter text."""
    minimum = near_copies.MINIMUM_WORDS
    found: dict[float, dict[str, list[list[int]]]] = {
        threshold: {name: [[0, 0] for _ in SEEDS] for _, name in CURVE_BANDS} for threshold in THRESHOLDS
    }
    for run, seed in enumerate(SEEDS):
        source = random.Random(seed)
        for texts in questions.values():
            mixed, origin, copied = planted(texts, source, 0.1, minimum, 1 << 30)
            names = [band(length(texts[place]), CURVE_BANDS) for place in origin.tolist()]
            for threshold, groups in zip(THRESHOLDS, groups_at(mixed, THRESHOLDS, minimum), strict=True):
                held = with_source(origin, copied, groups)
                for place in np.flatnonzero(copied).tolist():
                    counts = found[threshold][names[place]][run]
                    counts[0] += bool(held[place])
                    counts[1] += 1
    alike: dict[float, dict[str, list[float]]] = {threshold: defaultdict(list) for threshold in THRESHOLDS}
    for texts in questions.values():
        for threshold, groups in zip(THRESHOLDS, groups_at(texts, THRESHOLDS, minimum), strict=True):
            for place in np.flatnonzero(groups != np.arange(len(texts))).tolist():
                one, other = texts[groups[place]], texts[place]
                name = band(min(length(one), length(other)), CURVE_BANDS)
                alike[threshold][name].append(likeness(one, other))
    return {
        str(threshold): {
            name: {"recall": spread([held / planted for held, planted in found[threshold][name]])}
            | _precision(alike[threshold][name])
            for _, name in CURVE_BANDS
        }
        for threshold in THRESHOLDS
    }


def large_groups(received: dict[str, list[str]]) -> list[list[tuple[int, str]]]:
    """Return (answers, text) of each group that is coordinated if every answer is by another author."""
    config, found = IngestConfig(), []
    for texts in received.values():
        times = Counter(
            text.decode("ascii", "replace") for text in normalise_texts(pa.array(texts, pa.string()))
        )  # in order of receipt
        members: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for (text, number), first in zip(times.items(), group(list(times)).tolist(), strict=True):
            members[first].append((number, text))
        found += [
            rows
            for rows in members.values()
            if length(rows[0][1]) >= config.coordinated_words
            and sum(number for number, _ in rows) >= config.coordinated_authors
        ]
    return found


def measure_large_groups(received: dict[str, list[str]]) -> dict[str, object]:
    """Return how many groups could be coordinated, and in how many of them enough answers are themselves long."""
    config, groups = IngestConfig(), large_groups(received)
    long = [sum(number for number, text in rows if length(text) >= config.coordinated_words) for rows in groups]
    return {
        "groups": len(groups),
        "word_for_word": sum(len(rows) == 1 for rows in groups),
        "answers": sum(number for rows in groups for number, _ in rows),
        "groups_with_enough_long_answers": sum(number >= config.coordinated_authors for number in long),
    }


def measure_time(data: Path) -> tuple[dict[str, object], dict[str, list[str]]]:
    """Return seconds for all answers, step by step, and the distinct texts of each question."""
    received = answers(data, HELD_OUT + TUNING)
    clock = [(time.perf_counter(), time.process_time())]
    texts = {question: distinct(found) for question, found in received.items()}
    clock.append((time.perf_counter(), time.process_time()))
    compared = {
        question: [text for text in found if length(text) >= near_copies.MINIMUM_WORDS]
        for question, found in texts.items()
    }
    signed = {
        question: np.concatenate(
            [near_copies.signatures(found[start : start + AT_ONCE]) for start in range(0, len(found), AT_ONCE)]
        )
        for question, found in compared.items()
    }
    clock.append((time.perf_counter(), time.process_time()))
    groups = [near_copies.group(found) for found in signed.values()]
    clock.append((time.perf_counter(), time.process_time()))
    seconds = {
        step: {"wall": round(after[0] - before[0], 2), "processor": round(after[1] - before[1], 2)}
        for step, before, after in zip(("normalise", "signatures", "group"), clock, clock[1:], strict=False)
    }
    return {
        "answers": sum(map(len, received.values())),
        "questions": len(received),
        "distinct_texts": sum(map(len, texts.values())),
        "texts_compared": sum(map(len, compared.values())),
        "texts_grouped": sum(int((found != np.arange(len(found))).sum()) for found in groups),
        "seconds": seconds,
        "seconds_in_all": {of: round(sum(step[of] for step in seconds.values()), 2) for of in ("wall", "processor")},
    }, texts


def measure_largest(texts: Sequence[str]) -> dict[str, object]:
    """Return seconds and memory beyond the signatures for one question with very many texts: real, or all copies."""
    pool = [text for text in texts if length(text) >= near_copies.MINIMUM_WORDS][:LARGEST]
    source = random.Random(0)
    long = next(text for text in pool if length(text) >= 40)
    cases = {
        "answers to many questions": pool,
        "copies of one text": [edited(long, source, pool[0].split(" "), 0.1) for _ in range(LARGEST)],
        "a chain": [" ".join(str(word) for word in range(place, place + 30)) for place in range(0, LARGEST * 3, 3)],
    }
    found = {}
    for name, case in cases.items():
        signed = near_copies.signatures(case)
        start = time.process_time()
        near_copies.group(signed)
        seconds = time.process_time() - start
        tracemalloc.start()
        near_copies.group(signed)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[name] = {"texts": len(case), "processor_seconds": round(seconds, 2), "extra_megabytes": peak // 1_000_000}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--output", type=Path)
    parser.add_argument("--tuning", action="store_true", help="measure quality where the constants were chosen")
    parser.add_argument("--pairs", type=int, default=0, help="print so many pairs of real answers, and do nothing else")
    parser.add_argument("--least-words", type=int, default=0, help="of the shorter text of a pair that is printed")
    parser.add_argument(
        "--groups", action="store_true", help="print groups that could be coordinated, and nothing else"
    )
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "answers").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds answers/")
        return 2
    csv.field_size_limit(1 << 30)
    themes = TUNING if arguments.tuning else HELD_OUT
    if arguments.groups:
        for number, rows in enumerate(large_groups(answers(Path(arguments.data), themes)), 1):
            print(f"{number}", *(f"  {times} × {text}" for times, text in rows), sep="\n")
        return 0
    speed, texts = measure_time(Path(arguments.data))
    chosen = {question: found for question, found in texts.items() if question.startswith(themes)}
    real = real_pairs(chosen, near_copies.MINIMUM_WORDS, 1 << 30)
    if arguments.pairs:
        able = [pair for pair in real if min(length(pair[0]), length(pair[1])) >= arguments.least_words]
        for first, text, alike in random.Random(0).sample(able, min(arguments.pairs, len(able))):
            print(f"{alike:.2f}\n  {first}\n  {text}")
        return 0
    short = real_pairs(chosen, 5, near_copies.MINIMUM_WORDS)
    found = {
        "time": speed,
        "peak_megabytes_of_the_process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "one_large_question": measure_largest([text for found in texts.values() for text in found]),
        "quality_on": list(themes),
        "one_word_in_ten": measure_quality(chosen, 0.1),
        "one_word_in_five": measure_quality(chosen, 0.2),
        "real_pairs": _real(real),
        "groups_that_could_be_coordinated": measure_large_groups(answers(Path(arguments.data), themes)),
        "if_texts_of_5_to_9_words_took_part": {
            "one_word_in_ten": measure_quality(chosen, 0.1, 5, near_copies.MINIMUM_WORDS),
            "real_pairs_of_5_to_9_words": _real(short),
        },
        "thresholds_on_organisation_and_transition": measure_curve(
            {question: found for question, found in texts.items() if question.startswith(TUNING)}
        ),
        "constants": {
            name: getattr(near_copies, name) for name in ("MINIMUM_WORDS", "PERMUTATIONS", "ROWS", "THRESHOLD")
        },
    }
    written = json.dumps(found, indent=1) + "\n"
    print(written, end="")
    if arguments.output:
        arguments.output.write_text(written, encoding="utf-8")
    return 0


def _real(pairs: list[tuple[str, str, float]]) -> dict[str, object]:
    bands: dict[str, list[float]] = defaultdict(list)
    for first, text, alike in pairs:
        shorter = min(length(first), length(text))
        bands["all"].append(alike)
        bands[band(shorter)].append(alike)
        if shorter >= IngestConfig().coordinated_words:
            bands["long enough to be coordinated"].append(alike)
    return {name: _precision(alike) for name, alike in sorted(bands.items())}


def _precision(alike: list[float]) -> dict[str, object]:
    return {
        "pairs": len(alike),
        "precision": round(float((np.array(alike) >= 0.75).mean()), 4) if alike else None,
        "precision_at_0.6": round(float((np.array(alike) >= 0.6).mean()), 4) if alike else None,
    }


if __name__ == "__main__":
    sys.exit(main())
