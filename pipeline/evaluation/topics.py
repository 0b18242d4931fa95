"""How well themes that are found afresh follow those that people gave, question by question, over seeds.

Within a question the answers with exactly one theme count, and themes that alone have enough of them. Copies of a text
are fitted once and count again when agreement is measured. All answers with a known word are given to a theme here:
what stays unassigned is measured by `assignments`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline import catalogue, errors
from pipeline.config import TopicsConfig
from pipeline.evaluation import topic_measures as measures
from pipeline.evaluation.texts import cut
from pipeline.evaluation.topic_gold import LEAST_ANSWERS, Question, questions_of, read_gold
from pipeline.tokenise.analysis import segment_texts
from pipeline.topics.documents import Document
from pipeline.topics.estimator import TopicModel
from pipeline.topics.methods import Method

Row = dict[str, Any]
Number = int | Literal["gold", "auto"]

SEEDS: Final = (0, 1, 2)
LABELS: Final = "labels"
SEVERAL: Final = "several themes"
FIGURES: Final = (*measures.AGREEMENT, LABELS, SEVERAL)


@dataclass(frozen=True)
class Spread:
    """The mean of a figure over questions and seeds, and the standard deviation over seeds of its mean."""

    mean: float
    spread: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.spread:.3f}"


@dataclass(frozen=True)
class QuestionTopics:
    """The figures of one question.

    ``answers`` have one theme, which is one of ``themes``; ``several_answers`` have several of these;
    ``without_terms`` have one theme, and no word that means anything. ``rows`` are the figures of each seed, with the
    pairs of themes that were matched; ``figures`` their means.
    """

    question: str
    answers: int
    themes: int
    several_answers: int
    without_terms: int
    figures: dict[str, Spread]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class TopicEvaluation:
    """The figures of all questions of a gold file, and why others have none (``left_out``, by name).

    Figures: AMI, NMI and ARI of the best theme of each answer; ``labels``, the share of matched themes whose label has
    a content lemma of the human theme's name; ``several themes``, the sample-F1 of the themes of segments over answers
    with several.
    """

    model: str
    method: str
    topics: Number
    seeds: tuple[int, ...]
    least: int
    figures: dict[str, Spread]
    questions: tuple[QuestionTopics, ...]
    left_out: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dictionaries, lists and numbers."""
        return asdict(self)

    def __str__(self) -> str:
        seeds = ", ".join(map(str, self.seeds))
        lines = [
            f"themes of {self.model} by {self.method}, as many as {self.topics}, against those of people; "
            f"mean and spread over seeds {seeds}"
        ]
        for found in self.questions:
            beside = f", {found.several_answers} with several" if found.several_answers else ""
            beside += f", {found.without_terms} without a word left out" if found.without_terms else ""
            lines.append(f"{found.question}: {found.answers} answers, {found.themes} themes{beside}")
            lines.append(f"  {_told(found.figures)}")
        lines.append(f"mean of {_counted(len(self.questions), 'question')}")
        lines.append(f"  {_told(self.figures)}")
        lines += [f"left out: {name}: {reason}" for name, reason in self.left_out.items()]
        return "\n".join(lines)


def _told(figures: dict[str, Spread]) -> str:
    return ", ".join(f"{name} {figures[name]}" for name in FIGURES if name in figures)


def evaluate_topics(
    gold_path: Path | str,
    *,
    model: str = catalogue.DEFAULT_MODEL,
    method: Method = "vectors",
    topics: Number = "gold",
    seeds: Sequence[int] = SEEDS,
    least: int = LEAST_ANSWERS,
    workspace: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TopicEvaluation:
    """Find the themes of each question of a gold file, and compare them with those of people.

    Parameters
    ----------
    gold_path : path
        See `pipeline.evaluation.topic_gold`.
    model : str
        Name or path of the model whose word vectors are used.
    method : {"vectors", "reinert", "nmf"}
        How themes are found.
    topics : int, "gold" or "auto"
        Themes a question; gold: as many as people have, of those that count; auto: chosen from the answers.
    seeds : sequence of int
        Themes are found once with each.
    least : int
        Answers with no other theme that a human theme must have to count.
    workspace : path, optional
        Where models are looked for beside those that ship.
    progress : callable, optional
        Told how many fits of how many are done.

    Raises
    ------
    DoleancesError
        E101, E111 or E310 when the file cannot be read, E311 or E312 when it holds no question that can be measured,
        E301 to E303 when the model cannot be used.
    """
    lines = read_gold(gold_path)
    folder = str(catalogue.locate(model, workspace))
    questions = questions_of(lines, least)
    measurable = [question for question in questions if question.is_measurable]
    if not measurable:
        raise errors.usage("E311", path=gold_path, line=lines[-1].number, least=least)
    left_out = {
        question.name: f"{_counted(len(question.kept), 'theme')} with {least} answers"
        for question in questions
        if not question.is_measurable
    }
    found: list[QuestionTopics] = []
    done = 0
    # Sums of floats depend on how threads cut them.
    with threadpool_limits(1):
        for question in measurable:
            k = len(question.kept) if topics == "gold" else None if topics == "auto" else topics
            rows: list[Row] = []
            for seed in seeds:
                try:
                    rows.append(_measure(question, TopicModel(k, seed, minimum_score=0.0, model=folder, method=method)))
                except ValueError as error:  # fewer texts than themes, or texts that share no word
                    left_out[question.name] = str(error)
                    break
                finally:
                    done += 1
                    if progress is not None:
                        progress(done, len(measurable) * len(seeds))
            else:
                found.append(_of_question(question, rows))
    if not found:
        first = measurable[0].name
        raise errors.usage("E312", path=gold_path, question=first, detail=left_out[first])
    every = [row for question in found for row in question.rows]
    return TopicEvaluation(
        model, method, topics, tuple(seeds), least, _figures(every), tuple(found), dict(sorted(left_out.items()))
    )


def _of_question(question: Question, rows: list[Row]) -> QuestionTopics:
    return QuestionTopics(
        question.name,
        len(question.single),
        len(question.kept),
        len(question.several),
        question.without_terms,
        _figures(rows),
        tuple(rows),
    )


def _figures(rows: Sequence[Row]) -> dict[str, Spread]:
    """Return mean and spread of each figure, over the rows that have it."""
    having = {name: [row for row in rows if name in row] for name in FIGURES}
    return {name: Spread(*measures.mean_and_spread(some, name)) for name, some in having.items() if some}


def _measure(question: Question, model: TopicModel) -> Row:
    """Return the figures of one seed."""
    model.fit([question.texts[i] for i in question.single])
    labels = _best(model, [question.documents[i] for i in question.single])
    quality = measures.label_quality([topic.label for topic in model.themes_.topics], labels, question)
    row: Row = {
        "question": question.name,
        "seed": model.random_state,
        "found": len(model.themes_.topics),
        **measures.agreement(question.gold, labels),
        LABELS: quality["share"],
        "pairs": quality["pairs"],
    }
    if question.several:
        row[SEVERAL] = _several(question, model.fit(question.texts))
    return row


def _several(question: Question, model: TopicModel) -> float:
    """Return the sample-F1 over answers with several themes, each of which has the themes of its segments."""
    best = _best(model, question.documents)
    number = {topic.topic_id: i for i, topic in enumerate(model.themes_.topics)}
    segmented = segment_texts([question.texts[i] for i in question.several])
    # A segment has a theme where the theme is as sure as in a run.
    model.set_params(minimum_score=TopicsConfig().minimum_score)
    given: list[set[int]] = [set() for _ in question.texts]
    for i, segments in zip(question.several, segmented, strict=True):
        parts = cut(question.documents[i], [segment["start"] for segment in segments])
        given[i] = {number[key] for key in model.predict_documents(parts) if key is not None} if parts else set()
    return measures.multi_theme(given, best, len(number), question)


def _best(model: TopicModel, documents: Sequence[Document]) -> measures.Ints:
    """Return the place of the best theme of each text among those of the model, -1 for a text without a known word."""
    number = {topic.topic_id: i for i, topic in enumerate(model.themes_.topics)}
    return np.asarray([number.get(key, -1) for key in model.predict_documents(documents)], dtype=np.int64)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
