"""What is learned from reviewed answers: sample-F1 by their number, and the minutes that a good order of review saves.

    python tests/benchmarks/bench_decisions.py --data DATA [--seeds 0 1 2 3] [--model NAME|PATH] [--questions NAME ...]

DATA (or DOLEANCES_BENCH_DATA) as in README.md. The people who gave themes to the answers of Entendre la France are the
reviewers. Of each question of ISSUE, the answers with a term and a theme that LEAST_ANSWERS or more have; TEST_ANSWERS
of them drawn with each seed are measured (100 where that leaves fewer than 200), the others can be reviewed. Nothing
was chosen on these questions: RULE, scales and weights were on FI9, DC13 and II3 of the same file and on DC13 and FI7
of the Grande annotation. Words and names of themes are known from the start, as they are in a workspace: vocabularies,
common component and the classifier of the names (`codebook_fitting`) read all answers, without their themes.

ours: `fit_reviewed`, answers reviewed in random order. active: the same in the order of `suggest`,
fitted again at each of SIZES.
plain: logistic regression on tf-idf of lemmas ⊕ text vectors (scikit-learn, C = 10), a theme from .5 on and the best in
any case. « all » reviews every answer that is not measured: what more reviews would bring.

Minutes: how many random reviews reach the F1 of so many active ones, by straight lines between the sizes, at
SECONDS_A_REVIEW each (an assumption: reading thirty words and confirming or changing two themes with the keyboard).
People: see `agreement`. Writes results/decisions.json, or --output.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.learning.assigner import Reviewed, ReviewedAssigner, Theme, fit_reviewed
from pipeline.learning.features import learn_features
from pipeline.learning.suggesting import suggest
from pipeline.learning.takeover import answers_f1, better_than
from pipeline.topics import bundle, codebook_fitting
from pipeline.topics.coding import analyse
from pipeline.topics.documents import Document
from pipeline.topics.vectors import Floats, WordVectors, remove_component
from tests.benchmarks.bench_codebook import ISSUE, Coded, read_questions
from tests.benchmarks.topic_gold import FILES, GRANDE

RESULTS: Final = Path(__file__).parent / "results" / "decisions.json"
GOALS: Final = {200: 0.72, 50: 0.62, 0: 0.45}
SIZES: Final = (0, 25, 50, 100, 150, 200)
ALL: Final = "all"

TEST_ANSWERS: Final = 150
LEAST_REVIEWABLE: Final = 200
SECONDS_A_REVIEW: Final = 20
TAKEOVER_SEED: Final = 0
Row = dict[str, Any]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    """The answers to one question that can be measured, and all that is known before any is reviewed."""

    name: str
    answers: tuple[Reviewed, ...]
    vectors: WordVectors
    embedding: Floats
    words: Any
    fit: partial[ReviewedAssigner]

    def gold(self, places: Ints) -> list[frozenset[str]]:
        return [self.answers[i].theme_ids for i in places]

    def documents(self, places: Ints) -> list[Document]:
        return [self.answers[i].document for i in places]

    def fitted(self, places: Ints) -> ReviewedAssigner:
        return self.fit([self.answers[i] for i in places])


def prepared(question: Coded, vectors: WordVectors) -> Task:
    """Learn what needs no reviewed answer."""
    parts: list[list[Document]] = [[] for _ in question.documents]
    for owner, part in zip(question.owners, question.parts, strict=True):
        parts[owner].append(part)
    cuts = [tuple(np.cumsum([len(part.terms) for part in inside])[:-1].tolist()) for inside in parts]
    documents = [replace(one, cuts=places) for one, places in zip(question.documents, cuts, strict=True)]
    of_question: dict[str, Any] = {"questionnaire": None, "question_id": question.name, "model": "bench"}
    named, _, _ = codebook_fitting.codebook_themes(
        question.entries, question.documents, vectors, analyse, random_state=0, **of_question
    )
    words = codebook_fitting.theme_words(question.entries, analyse)
    themes = [Theme(name, terms) for name, terms in zip(question.names, words, strict=True)]
    features = learn_features(documents, vectors)
    fit = partial(
        fit_reviewed,
        themes=themes,
        documents=documents,
        vectors=vectors,
        current=named.assigner,
        current_ids=question.names,
        features=features,
    )
    answers = tuple(
        Reviewed(one, frozenset(given) & frozenset(question.names))
        for one, given in zip(documents, question.themes, strict=True)
        if set(given) & set(question.names)
    )
    terms = [one.document.terms for one in answers]
    embedding = remove_component(vectors.embed(terms), features.component)
    tfidf = TfidfVectorizer(analyzer=lambda found: found, sublinear_tf=True, min_df=2).fit_transform(terms).toarray()
    return Task(question.name, answers, vectors, embedding, np.hstack([tfidf, embedding]), fit)


def split(task: Task, seed: int) -> tuple[Ints, Ints]:
    """Return the places of the answers that are measured, and of the others in random order."""
    order = np.random.default_rng(seed).permutation(len(task.answers))
    n = TEST_ANSWERS if len(order) - TEST_ANSWERS >= LEAST_REVIEWABLE else 100
    return order[:n], order[n:]


def plain(task: Task, seen: Ints, held: Ints) -> list[frozenset[str]]:
    """Return what the plain logistic regression gives."""
    names = sorted({name for one in task.answers for name in one.theme_ids})
    # Turning features so that answers fill the first axes changes no fit with this penalty, and is much faster.
    _, values, turned = np.linalg.svd(task.words[seen], full_matrices=False)
    kept = turned[values > values[0] * 1e-6]
    shares = np.zeros((len(held), len(names)))
    for column, name in enumerate(names):
        given = [name in task.answers[i].theme_ids for i in seen]
        if any(given) and not all(given):
            model = LogisticRegression(C=10, max_iter=500).fit(task.words[seen] @ kept.T, given)
            shares[:, column] = model.predict_proba(task.words[held] @ kept.T)[:, 1]
        else:
            shares[:, column] = np.mean(given)
    fits = (shares >= 0.5) | (shares == shares.max(axis=1, keepdims=True))
    return [frozenset(names[i] for i in np.flatnonzero(row)) for row in fits]


def measure(task: Task, seed: int) -> list[Row]:
    """Return a row a way and number of reviewed answers."""
    held, others = split(task, seed)
    documents, gold = task.documents(held), task.gold(held)
    rows: list[Row] = []

    def add(way: str, reviewed: int | str, given: Sequence[frozenset[str]], **more: Any) -> None:
        f1 = round(float(answers_f1(given, gold).mean()), 4)
        key = {"question": task.name, "seed": seed, "way": way, "reviewed": reviewed}
        rows.append(key | {"sample_f1": f1, "themes_an_answer": round(sum(map(len, given)) / len(given), 3)} | more)

    for size in (*[size for size in SIZES if size <= len(others)], ALL):
        seen = others[:size] if isinstance(size, int) else others
        add("ours", size, task.fitted(seen).predict(documents, task.vectors), answers=len(seen))
        if len(seen):
            add("plain", size, plain(task, seen, held), answers=len(seen))
    reviewed = np.zeros(len(others), dtype=bool)
    assigner = task.fitted(others[:0])
    for before, size in pairwise(size for size in SIZES if size <= len(others)):
        shares = assigner.probabilities(task.documents(others), task.vectors)
        reviewed[suggest(shares, task.embedding[others], reviewed, size - before, random_state=seed)] = True
        assigner = task.fitted(others[reviewed])
        add("active", size, assigner.predict(documents, task.vectors), answers=size)
    return rows


def takeovers(task: Task) -> list[Row]:
    """Return what `better_than` says where themes were given by names, and what is true of other answers."""
    held, others = split(task, TAKEOVER_SEED)
    names = task.fitted(others[:0])
    rows = []
    for size in (25, 100):
        seen = others[:size]
        found = better_than(
            names.predict(task.documents(seen), task.vectors), [task.answers[i] for i in seen], task.fit, task.vectors
        )
        true = [
            float(answers_f1(assigner.predict(task.documents(held), task.vectors), task.gold(held)).mean())
            for assigner in (names, task.fitted(seen))
        ]
        key = {"question": task.name, "reviewed": len(seen), "takes_over": found.takes_over}
        figures = {"current": found.current, "learnt": found.learnt, "lower": found.lower}
        rows.append(key | figures | {"current_held_out": round(true[0], 4), "learnt_held_out": round(true[1], 4)})
    return rows


def agreement(data: Path, draws: int = 20) -> list[Row]:
    """Return how well one volunteer of the Grande annotation foretells the tags that most of them gave.

    The file has the votes of each tag, not who gave them nor how many there were. The most votes that a tag of an
    answer has stands for their number, of answers where that is 3 or more; each volunteer gives each tag with the share
    of votes it has, independently. Both flatter people: the number is the least possible, so shares are the highest.
    """
    rows: list[Row] = []
    generator = np.random.default_rng(0)
    lines = (data / "gold_themes" / FILES[GRANDE]).read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    for question in sorted({line["question"] for line in found}):
        one_to_most, pairs = [], []
        votes_of = [line["tag_votes"] for line in found if line["question"] == question]
        several = [votes for votes in votes_of if max(votes.values(), default=0) >= 3]
        for votes in several:
            number = max(votes.values())
            tags = sorted(votes)
            shares = np.asarray([votes[tag] / number for tag in tags])
            most = [frozenset(tag for tag in tags if 2 * votes[tag] > number)] * draws
            first, second = (
                [frozenset(np.asarray(tags)[row].tolist()) for row in generator.random((draws, len(tags))) < shares]
                for _ in range(2)
            )
            one_to_most.append(answers_f1(first, most).mean())
            pairs.append(answers_f1(first, second).mean())
        figures = {"one_to_most": round(float(np.mean(one_to_most)), 4), "two": round(float(np.mean(pairs)), 4)}
        rows.append({"question": question, "answers": len(several)} | figures)
    return rows


def by_size(rows: Sequence[Row], way: str) -> dict[int | str, tuple[float, float]]:
    """Return the mean over questions and seeds, and the standard deviation over seeds of the mean over questions."""
    found: dict[int | str, tuple[float, float]] = {}
    for size in dict.fromkeys(row["reviewed"] for row in rows if row["way"] == way):
        mine = [row for row in rows if row["way"] == way and row["reviewed"] == size]
        means = [np.mean([r["sample_f1"] for r in mine if r["seed"] == s]) for s in sorted({r["seed"] for r in mine})]
        found[size] = (round(float(np.mean(means)), 4), round(float(np.std(means)), 4))
    return found


def minutes_saved(means: dict[str, dict[int | str, tuple[float, float]]]) -> list[Row]:
    """Return how many random reviews are worth so many active ones; None where the most that were tried are not."""
    sizes = [size for size in means["ours"] if isinstance(size, int)]
    curve = np.maximum.accumulate([means["ours"][size][0] for size in sizes])
    rows: list[Row] = []
    for size in (50, 100, 200):
        reached = means["active"][size][0]
        enough = reached <= curve[-1]
        random = round(float(np.interp(reached, curve, sizes)), 1) if enough else None
        saved = round((random - size) * SECONDS_A_REVIEW / 60, 1) if random is not None else None
        rows.append({"active": size, "sample_f1": reached, "random": random, "minutes_saved": saved})
    return rows


def show(rows: Sequence[Row], found: Row) -> None:
    """Print the means, the goals and the rest."""
    for way, means in found["mean_and_spread"].items():
        print(f"{way:8}" + "".join(f"  {size}: {mean:.3f} ± {spread:.3f}" for size, (mean, spread) in means.items()))
    for size in (200, ALL):
        mine = [row for row in rows if row["way"] == "ours" and row["reviewed"] == size]
        names = dict.fromkeys(row["question"] for row in mine)
        print(
            size, {name: round(np.mean([r["sample_f1"] for r in mine if r["question"] == name]), 3) for name in names}
        )
    for size, goal in GOALS.items():
        mean = found["mean_and_spread"]["ours"][size][0]
        print(f"{size} reviewed: {goal} wanted, {mean:.3f} ({mean - goal:+.3f})")
    for name in ("minutes_saved", "takeover", "people"):
        print(name, *found[name], sep="\n  ")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--model", default=catalogue.DEFAULT_MODEL)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--questions", nargs="+", default=ISSUE)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    data = Path(arguments.data)
    vectors = bundle.load(catalogue.locate(arguments.model)).vectors
    rows: list[Row] = []
    learned: list[Row] = []
    with threadpool_limits(1):
        for question in read_questions(data):
            if question.name in arguments.questions:
                task = prepared(question, vectors)
                for seed in arguments.seeds:
                    print(f"{question.name}, seed {seed} …", file=sys.stderr, flush=True)
                    rows += measure(task, seed)
                learned += takeovers(task)
    means = {way: by_size(rows, way) for way in ("ours", "active", "plain")}
    found: Row = {
        "goal": {"questions": arguments.questions, "sample_f1": GOALS},
        "seconds_a_review": SECONDS_A_REVIEW,
        "mean_and_spread": means,
        "minutes_saved": minutes_saved(means),
        "takeover": learned,
        "people": agreement(data),
        "rows": rows,
    }
    show(rows, found)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
