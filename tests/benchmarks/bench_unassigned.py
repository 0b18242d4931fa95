"""Whether a classifier of themes knows what it has no theme for: answers to its question against answers to others.

    python tests/benchmarks/bench_unassigned.py --data DATA [--part questions|questionnaires]

DATA (or DOLEANCES_BENCH_DATA) as in README.md. Results: results/unassigned.json.

questions: for each tuned question, themes are found among its distinct answers and the classifier is learned on four
fifths of them, with and without texts of chance; the others, and 3,000 answers to all questions of DATA/answers, are
then given to it.

questionnaires: themes across the questions of a questionnaire, as the shipped model has them for questions without
themes of their own. They are fitted with every fourth question left out (twice, other ones). Answers to the left-out
questions, to the fitted ones (`known`; not those fitted on) and to other questionnaires are then given to them: the
share that gets a theme, by least score, of whole answers, of segments, and of answers with a segment that gets one.
`agreement`: of answers to the left-out questions that get a theme, the AMI of it with themes fitted on the answers to
that question alone, beside that of the other fit, which knew the question. `recommended`: the least score tried at
which at most WRONG of the answers to other questionnaires get a theme. These are not all on another subject, and the
word vectors were learned from all answers: of a question that is new, more words are unknown.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import adjusted_mutual_info_score, roc_auc_score
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from pipeline import catalogue
from pipeline.config import TopicsConfig
from pipeline.evaluation.texts import cut, documents_of
from pipeline.tokenise.analysis import segment_texts
from pipeline.topics import bundle
from pipeline.topics.assigner import Assigner, fit_assigner
from pipeline.topics.documents import Document
from pipeline.topics.fitting import assign, distinct, fit_question, known_lengths
from pipeline.topics.methods import group
from pipeline.topics.training import QUESTIONNAIRE_TOPICS
from pipeline.topics.vectors import Floats, WordVectors, common_component
from tests.benchmarks.topic_gold import answers, read_gold

RESULTS: Final = Path(__file__).parent / "results" / "unassigned.json"
MINIMUM: Final = 0.3
OTHERS: Final = 3000

FITTED: Final = ("democratie", "organisation")
"""Questionnaires of which themes are fitted; the others have too few questions to leave some out."""
FIRSTS: Final = (0, 2)  # of the questions left out, of which there is one in STEP
STEP: Final = 4
LEARNED: Final = (
    400  # distinct answers a question that themes are fitted on (of all, TopicsConfig.fit_sample are drawn)
)
TRIED: Final = 300  # other answers to it that themes are given to
ELSEWHERE: Final = 60  # of these where the question is one of another questionnaire
LEAST_SCORES: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
LEAST_COMPARED: Final = 50  # answers with a theme under which agreement is chance
WRONG: Final = 0.1
"""Share of answers to other questionnaires that may get a theme."""
Row = dict[str, Any]


def measure(terms: list[tuple[str, ...]], vectors: WordVectors, others: np.ndarray, k: int) -> dict[str, float]:
    """Return areas under the curve and shares with a theme, out of fold."""
    labels = group("vectors", terms, vectors, k).labels
    embedding = vectors.embed(terms)
    component = common_component(embedding)
    chance = vectors.embed_chance(known_lengths(terms, vectors))
    found: dict[str, float] = {}
    for name, background in (("without", None), ("with", chance)):
        own, elsewhere = np.zeros(len(terms)), []
        for learned, tried in KFold(5, shuffle=True, random_state=0).split(embedding):
            assigner = fit_assigner(embedding[learned], labels[learned], labels.max() + 1, component, chance=background)
            own[tried] = assigner.probabilities(embedding[tried]).max(axis=1)
            elsewhere.append(assigner.probabilities(others).max(axis=1))
        strange = np.mean(elsewhere, axis=0)
        truth = np.concatenate([np.ones(len(own)), np.zeros(len(strange))])
        found[f"area {name} chance"] = float(roc_auc_score(truth, np.concatenate([own, strange])))
        found[f"own with a theme, {name} chance"] = float((own >= MINIMUM).mean())
        found[f"others with a theme, {name} chance"] = float((strange >= MINIMUM).mean())
    return found


@dataclass(frozen=True)
class Answers:
    """Answers to one question that themes are fitted on, and others that themes are given to, with their segments."""

    learned: tuple[Document, ...]
    tried: tuple[Document, ...]
    whole: Floats
    parts: Floats
    owners: npt.NDArray[np.int64]

    def first(self, number: int) -> Answers:
        """Return the same with `number` answers to be given themes."""
        inside = self.owners < number
        return Answers(self.learned, self.tried[:number], self.whole[:number], self.parts[inside], self.owners[inside])


def read_answers(data: Path, vectors: WordVectors) -> dict[str, Answers]:
    """Return distinct answers to each question with a known word, drawn with a fixed seed."""
    texts: dict[str, dict[str, str]] = {}
    for question, text in answers(data):
        texts.setdefault(question, {}).setdefault(" ".join(text.lower().split()), text)
    found = {}
    for question in sorted(texts):
        drawn = list(texts[question].values())
        random.Random(0).shuffle(drawn)
        needed = LEARNED + TRIED
        # A third more than are needed, for those without a known word and those that differ in no term.
        made = distinct([d.keep(vectors.index) for d in documents_of(drawn[: needed + needed // 3])], vectors)
        learned, tried = made[:LEARNED], made[LEARNED : LEARNED + TRIED]
        parts, owners = [], []
        for i, segments in enumerate(segment_texts([document.text for document in tried])):
            inside = cut(tried[i], [segment["start"] for segment in segments])
            parts += [part.terms for part in inside]
            owners += [i] * len(inside)
        whole = vectors.embed([document.terms for document in tried])
        found[question] = Answers(tuple(learned), tuple(tried), whole, vectors.embed(parts), np.asarray(owners))
    return found


def fit(documents: Sequence[Document], vectors: WordVectors, n_topics: int | None) -> Assigner:
    """Return the classifier of the themes of some answers, as `training.train_model` fits them."""
    themes = fit_question(
        documents, vectors, TopicsConfig(), questionnaire="bench", question_id=None, model="bench", asked=(),
        n_topics=n_topics, divided=False,
    )  # fmt: skip
    assert themes is not None  # all answers have known words
    return themes.assigner


def shares(assigner: Assigner, of: Answers) -> Row:
    """Return the shares that get a theme, by least score."""
    whole = assigner.probabilities(of.whole).max(axis=1)
    parts = assigner.probabilities(of.parts).max(axis=1)
    best = np.zeros(len(of.tried))
    np.maximum.at(best, of.owners, parts)
    kinds = {"whole answers": whole, "segments": parts, "answers by segments": best}
    return {
        kind: {str(least): round(float((scores >= least).mean()), 4) for least in LEAST_SCORES}
        for kind, scores in kinds.items()
    }


def agreements(assigner: Assigner, own: Assigner, of: Answers) -> Row:
    """Return the AMI of two sets of themes over the answers with a theme of both, by least score of the first."""
    theirs = assign(own, of.whole, MINIMUM)
    found = {}
    for least in LEAST_SCORES:
        ours = assign(assigner, of.whole, least)
        both = (ours >= 0) & (theirs >= 0)
        if both.sum() >= LEAST_COMPARED:
            found[str(least)] = round(float(adjusted_mutual_info_score(theirs[both], ours[both])), 4)
    return found


def questionnaires(data: Path, vectors: WordVectors) -> Row:
    """Return what themes across a questionnaire give to answers they were not fitted on, by kind of question."""
    everything = read_answers(data, vectors)
    rows: list[Row] = []
    for questionnaire in FITTED:
        mine = [question for question in everything if question.startswith(questionnaire)]
        folds = [set(mine[first::STEP]) for first in FIRSTS]
        assigners = [
            fit([d for q in mine if q not in left for d in everything[q].learned], vectors, QUESTIONNAIRE_TOPICS)
            for left in folds
        ]
        for number, (left, assigner) in enumerate(zip(folds, assigners, strict=True)):
            for question, of in everything.items():
                elsewhere = question not in mine
                kind = "other questionnaire" if elsewhere else "left out" if question in left else "known"
                row: Row = {"themes of": questionnaire, "fit": number, "question": question, "kind": kind}
                row |= shares(assigner, of.first(ELSEWHERE) if elsewhere else of)
                if question in left:
                    own = fit([*of.learned, *of.tried], vectors, None)
                    known = next(a for a, others in zip(assigners, folds, strict=True) if question not in others)
                    row["agreement"] = {"left out": agreements(assigner, own, of), "known": agreements(known, own, of)}
                rows.append(row)
            print(f"themes of {questionnaire} without {len(left)} questions: done", flush=True)
    return {"mean": summary(rows), "rows": rows}


def summary(rows: Sequence[Row]) -> Row:
    """Return the means over questions of each kind, those of agreement over the same questions, and what they say."""
    kinds = ("known", "left out", "other questionnaire")
    ways = ("whole answers", "segments", "answers by segments")
    means: Row = {
        kind: {way: mean_by_score([row[way] for row in rows if row["kind"] == kind]) for way in ways} for kind in kinds
    }
    compared = [row["agreement"] for row in rows if "agreement" in row]
    means["agreement"] = {}
    for least in map(str, LEAST_SCORES):
        both = [(one["left out"][least], one["known"][least]) for one in compared
                if least in one["left out"] and least in one["known"]]  # fmt: skip
        if both:
            left, known = np.mean(both, axis=0)
            means["agreement"][least] = {
                "questions": len(both), "left out": round(float(left), 4), "known": round(float(known), 4)
            }  # fmt: skip
    fits = sorted({(row["themes of"], row["fit"]) for row in rows})
    means["fits, answers by segments of other questionnaires"] = {
        f"{name} {number}": mean_by_score([
            row["answers by segments"] for row in rows
            if (row["themes of"], row["fit"], row["kind"]) == (name, number, "other questionnaire")
        ])
        for name, number in fits
    }  # fmt: skip
    wrong = means["other questionnaire"]
    means["recommended"] = {
        way: next((least for least in map(str, LEAST_SCORES) if wrong[way][least] <= WRONG), None) for way in ways
    }
    return means


def mean_by_score(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return the mean of figures, by least score."""
    return {least: round(float(np.mean([one[least] for one in found])), 4) for least in map(str, LEAST_SCORES)}


def questions(data: Path, vectors: WordVectors) -> tuple[Row, Row]:
    """Return the figures of each tuned question, with and without texts of chance, and their means."""
    texts = sorted({text for _, text in answers(data) if len(text.split()) > 5})
    drawn = documents_of(random.Random(0).sample(texts, OTHERS))
    others = vectors.embed([document.terms for document in drawn])
    others = others[others.any(axis=1)]
    rows = {}
    for question in read_gold(data):
        if question.split == "tuned":
            terms = [document.terms for document in distinct(question.documents, vectors)]
            rows[question.key] = measure(terms, vectors, others, len(question.kept))
            print(question.key, {name: round(value, 3) for name, value in rows[question.key].items()}, flush=True)
    means = {name: round(float(np.mean([row[name] for row in rows.values()])), 4) for name in next(iter(rows.values()))}
    return means, rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("DOLEANCES_BENCH_DATA"))
    parser.add_argument("--part", choices=("questions", "questionnaires"), help="measure this alone, keep the other")
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "gold_themes").is_dir():
        print("no benchmark data: give --data or set DOLEANCES_BENCH_DATA to a folder that holds gold_themes/")
        return 2
    data = Path(arguments.data)
    vectors = bundle.load(catalogue.locate(catalogue.DEFAULT_MODEL)).vectors
    found: Row = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    with threadpool_limits(1):
        if arguments.part != "questionnaires":
            found["mean"], found["questions"] = questions(data, vectors)
            print(json.dumps(found["mean"], indent=1))
        if arguments.part != "questions":
            found["questionnaires"] = questionnaires(data, vectors)
            print(json.dumps(found["questionnaires"]["mean"], indent=1))
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
