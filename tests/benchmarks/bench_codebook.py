"""How far the themes of a codebook follow people who gave them, from the names of the themes alone: no labelled answer.

    python tests/benchmarks/bench_codebook.py --data DATA [--seeds 0 1 2] [--model NAME|PATH] [--output FILE]

DATA (or DOLEANCES_BENCH_DATA) as in README.md. The codebook of a question of Entendre la France is the names of its
human themes with 15 answers or more, and nothing else. Measured are the answers with a term and at least one of these
themes. TUNED questions were looked at when constants were chosen; the others are reported apart. On ISSUE, GOAL is
wanted of sample-F1.

classifier: `codebook_themes`, a theme from TopicsConfig.minimum_score on. stage: `themes_of_question`, the same joined
with the themes that are proposed for what fits none; these are no theme here. cosine: the plain score of the names,
without the classifier that it teaches, by the rule that chooses what is taught. By whole answers, or by segments as the
dataset has it: the best theme of each. all: every theme to every answer, what sample-F1 is worth.

The best theme is right or wrong on answers with exactly one: of whole answers the highest, however low; by segments
that of the longest part, none being wrong. Half of the codebook (every other theme) is tried too, with the first seed,
where many answers have no theme: `half F1` then counts all answers, and is 1 where none is given to an answer that has
none; `strangers` is the share of those that get one. Writes results/codebook.json, or --output.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.config import TopicsConfig
from pipeline.evaluation import topic_gold
from pipeline.evaluation import topic_measures as measures
from pipeline.evaluation.texts import cut
from pipeline.tokenise.analysis import segment_texts
from pipeline.topics import bundle, codebook_fitting
from pipeline.topics.codebook import Codebook, CodebookEntry
from pipeline.topics.coding import analyse, themes_of_question
from pipeline.topics.documents import Document, terms_asked
from pipeline.topics.fitting import distinct
from pipeline.topics.vectors import Floats, WordVectors, common_component, remove_component
from tests.benchmarks.topic_gold import ENTENDRE, FILES, TUNED

RESULTS: Final = Path(__file__).parent / "results" / "codebook.json"
ISSUE: Final = ("FI8", "DC11", "DC12", "TE11", "TE12", "TE13")
GOAL: Final = 0.45
LEAST_ANSWERS: Final = 15
FIGURES: Final = {
    "sample_f1": "sample-F1",
    "sample_f1_several": "of several",
    "accuracy_one_theme": "one theme",
    "unassigned": "unassigned",
    "themes_an_answer": "an answer",
    "half_f1": "half F1",
    "strangers": "strangers",
}
Fits = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Coded:
    """The answers to one question with a term, the themes that people gave each, and the names in the codebook."""

    name: str
    wording: str
    texts: tuple[str, ...]
    documents: tuple[Document, ...]
    themes: tuple[tuple[str, ...], ...]
    parts: tuple[Document, ...]
    owners: Ints
    names: tuple[str, ...]

    @property
    def entries(self) -> tuple[CodebookEntry, ...]:
        return tuple(CodebookEntry(line, name) for line, name in enumerate(self.names, 2))

    @cached_property
    def gold(self) -> Fits:
        """Whether each answer has each theme of the codebook, shape (n_answers, n_themes)."""
        return np.asarray([[name in given for name in self.names] for given in self.themes], dtype=bool)

    @property
    def split(self) -> str:
        return "tuned" if f"{ENTENDRE}/{self.name}" in TUNED else "reported"


@dataclass(frozen=True)
class Given:
    """Which themes each answer got, shape (n_answers, n_themes), and the best of each, -1 for none."""

    fits: Fits
    best: Ints


def read_questions(data: Path) -> list[Coded]:
    """Return the questions of Entendre la France with two themes of LEAST_ANSWERS answers or more."""
    lines = topic_gold.read_gold(data / "gold_themes" / FILES[ENTENDRE])
    wordings = {line.question: line.question_text or "" for line in lines}
    found = []
    for question in topic_gold.questions_of(lines):
        kept = [i for i, document in enumerate(question.documents) if document.terms]
        texts, documents, themes = (
            tuple(of[i] for i in kept) for of in (question.texts, question.documents, question.themes)
        )
        counts = Counter(theme for given in themes for theme in set(given))
        names = tuple(sorted(theme for theme, n in counts.items() if n >= LEAST_ANSWERS))
        if len(names) >= 2:
            parts, owners = segments(texts, documents)
            wording = wordings[question.name]
            found.append(Coded(question.name, wording, texts, documents, themes, parts, owners, names))
    return found


def segments(texts: Sequence[str], documents: Sequence[Document]) -> tuple[tuple[Document, ...], Ints]:
    """Return the segments with a term of all answers, and the place of the answer that each is of."""
    parts: list[Document] = []
    owners: list[int] = []
    for i, found in enumerate(segment_texts(list(texts))):
        inside = cut(documents[i], [segment["start"] for segment in found])
        parts += inside
        owners += [i] * len(inside)
    return tuple(parts), np.asarray(owners, dtype=np.int64)


def by_whole(fits: Fits, scores: Floats) -> Given:
    """Return the themes that fit, and the best one however low its score."""
    return Given(fits, np.where(scores.max(axis=1) > 0, scores.argmax(axis=1), -1))


def by_segments(question: Coded, scores: Floats, level: float) -> Given:
    """Return the best theme of each segment from `level` on, and that of the longest part of each answer.

    Columns of `scores` after the themes of the codebook are of other themes, which a segment may have instead.
    """
    best = scores.argmax(axis=1)
    told = (scores.max(axis=1) >= level) & (best < len(question.names))
    lengths = np.zeros(question.gold.shape)
    sizes = np.asarray([len(part.text) for part in question.parts])
    np.add.at(lengths, (question.owners[told], best[told]), sizes[told])
    return Given(lengths > 0, np.where(lengths.any(axis=1), lengths.argmax(axis=1), -1))


def near(scores: Floats, level: float) -> Fits:
    """Return the themes from `level` on that are among the best of a text and nearly as good as its best."""
    fits = (scores >= level) & (scores >= codebook_fitting.NEXT_BEST * scores.max(axis=1, keepdims=True))
    worse = np.argsort(-scores, axis=1, kind="stable")[:, codebook_fitting.MOST_THEMES :]
    np.put_along_axis(fits, worse, False, axis=1)
    return fits


def embedded(question: Coded, vectors: WordVectors) -> tuple[Floats, Floats]:
    """Return the vectors of the answers and of their segments."""
    whole, inside = (vectors.embed([d.terms for d in part]) for part in (question.documents, question.parts))
    return whole, inside


def by_cosine(question: Coded, vectors: WordVectors) -> dict[str, Given]:
    """Return what the plain score of the names gives."""
    themes = vectors.embed(codebook_fitting.theme_words(question.entries, analyse))
    component = common_component(vectors.embed([d.terms for d in distinct(question.documents, vectors)]))
    bare = remove_component(themes, component)
    whole, inside = (
        (texts @ themes.T + remove_component(texts, component) @ bare.T) / 2 for texts in embedded(question, vectors)
    )
    level = codebook_fitting.chance_level(whole)
    return {
        "cosine, whole answers": by_whole(near(whole, level), whole),
        "cosine, segments": by_segments(question, inside, level),
    }


def by_classifiers(question: Coded, vectors: WordVectors, seed: int) -> dict[str, Given]:
    """Return what the classifier gives that is taught by the names, and that of the stage."""
    settings = TopicsConfig(seed=seed)
    of_question: dict[str, Any] = {"questionnaire": None, "question_id": question.name, "model": "bench"}
    alone, _, _ = codebook_fitting.codebook_themes(
        question.entries, question.documents, vectors, analyse, random_state=seed, **of_question
    )
    of_question["asked"] = terms_asked({question.name: question.wording})[question.name]
    codebook = Codebook(Path("names.csv"), question.entries)
    joined = themes_of_question(codebook, question.documents, vectors, settings, number=1, **of_question)
    assert joined is not None  # every question here has entries
    found = {}
    for name, themes in (("classifier", alone), ("stage", joined)):
        whole, inside = (themes.assigner.probabilities(texts) for texts in embedded(question, vectors))
        whole = whole[:, : len(question.names)]
        found[f"{name}, whole answers"] = by_whole(whole >= settings.minimum_score, whole)
        found[f"{name}, segments"] = by_segments(question, inside, settings.minimum_score)
    return found


def every_way(question: Coded, vectors: WordVectors, seed: int) -> dict[str, Given]:
    """Return what each way of giving themes gives."""
    everything = Given(np.ones_like(question.gold), np.full(len(question.texts), -1))
    return {**by_classifiers(question, vectors, seed), **by_cosine(question, vectors), "all": everything}


def answers_f1(given: Given, question: Coded) -> npt.NDArray[np.float64]:
    """Return the F1 of each answer, 1 where it has no theme and got none."""
    sets = [[set(np.flatnonzero(row).tolist()) for row in table] for table in (given.fits, question.gold)]
    return np.asarray(measures.answer_f1(*sets))


def figures(given: Given, question: Coded) -> Row:
    """Return the figures of one way."""
    number = question.gold.sum(axis=1)
    some = number > 0
    alone = some & np.asarray([len(set(themes)) == 1 for themes in question.themes])
    f1 = answers_f1(given, question)
    return {
        "themes": len(question.names),
        "answers": int(some.sum()),
        "answers_one_theme": int(alone.sum()),
        "sample_f1": round(float(f1[some].mean()), 4),
        "sample_f1_several": round(float(f1[number > 1].mean()), 4),
        "accuracy_one_theme": round(float((given.best == question.gold.argmax(axis=1))[alone].mean()), 4),
        "unassigned": round(float((~given.fits[some].any(axis=1)).mean()), 4),
        "themes_an_answer": round(float(given.fits[some].sum(axis=1).mean()), 4),
    }


def half_figures(question: Coded, vectors: WordVectors, seed: int) -> dict[str, Row]:
    """Return the figures of each way with half of the codebook, the mean of both halves."""
    found: dict[str, list[tuple[float, float]]] = {}
    for first in (0, 1):
        half = replace(question, names=question.names[first::2])
        none = ~half.gold.any(axis=1)
        for way, given in every_way(half, vectors, seed).items():
            pair = (float(answers_f1(given, half).mean()), float(given.fits[none].any(axis=1).mean()))
            found.setdefault(way, []).append(pair)
    means = {way: np.mean(pairs, axis=0) for way, pairs in found.items()}
    return {way: {"half_f1": round(float(a), 4), "strangers": round(float(b), 4)} for way, (a, b) in means.items()}


def measure(questions: Sequence[Coded], vectors: WordVectors, seeds: Sequence[int]) -> list[Row]:
    """Return a row a question, way and seed; halves are measured with the first seed and told with each."""
    rows = []
    for question in questions:
        print(f"{question.name} …", file=sys.stderr, flush=True)
        halves = half_figures(question, vectors, seeds[0])
        for seed in seeds:
            for way, given in every_way(question, vectors, seed).items():
                key = {"question": question.name, "split": question.split, "way": way, "seed": seed}
                rows.append(key | figures(given, question) | halves[way])
    return rows


def summary(rows: Sequence[Row]) -> Row:
    """Return mean and spread over seeds of each way, on the tuned questions, the others, and those of the issue."""
    groups = {
        "tuned": [row for row in rows if row["split"] == "tuned"],
        "reported": [row for row in rows if row["split"] == "reported"],
        "issue": [row for row in rows if row["question"] in ISSUE],
    }
    ways = list(dict.fromkeys(row["way"] for row in rows))
    return {
        group: {
            way: {name: measures.mean_and_spread([r for r in mine if r["way"] == way], name) for name in FIGURES}
            for way in ways
        }
        for group, mine in groups.items()
        if mine
    }


def show(rows: Sequence[Row], means: Row) -> None:
    """Print the figures of each question (mean of seeds), then the means."""
    head = "".join(title.rjust(12) for title in FIGURES.values())
    for name in dict.fromkeys(row["question"] for row in rows):
        mine = [row for row in rows if row["question"] == name]
        one = mine[0]
        counts = f"{one['themes']} themes, {one['answers']} answers, {one['answers_one_theme']} with one"
        print(f"\n{name} ({one['split']}): {counts}\n{'':26}{head}")
        for way in dict.fromkeys(row["way"] for row in mine):
            cells = (np.mean([row[figure] for row in mine if row["way"] == way]) for figure in FIGURES)
            print(f"{way:<26}" + "".join(f"{cell:12.3f}" for cell in cells))
    for group, ways in means.items():
        count = len(ISSUE) if group == "issue" else len({row["question"] for row in rows if row["split"] == group})
        print(f"\nmean of {count} questions, {group} (± over seeds of sample-F1)\n{'':26}{head}")
        for way, found in ways.items():
            cells = "".join(f"{mean:12.3f}" for mean, _ in found.values())
            print(f"{way:<26}{cells}  ± {found['sample_f1'][1]:.3f}")
    for way in ("stage, segments", "stage, whole answers"):
        best = means["issue"][way]["sample_f1"][0]
        print(f"sample-F1 wanted on {', '.join(ISSUE)}: {GOAL}; {way}: {best:.3f} ({best - GOAL:+.3f})")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--model", default=catalogue.DEFAULT_MODEL)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    vectors = bundle.load(catalogue.locate(arguments.model)).vectors
    with threadpool_limits(1):
        rows = measure(read_questions(Path(arguments.data)), vectors, arguments.seeds)
    means = summary(rows)
    show(rows, means)
    found = {"goal": {"questions": ISSUE, "sample_f1": GOAL}, "mean_and_spread": means, "rows": rows}
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
