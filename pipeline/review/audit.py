"""Audits: a random sample of answers that people judge without seeing the machine's themes, kept in WORKSPACE/audits.

A file holds ids, weights and the machine's themes when the sample was drawn, no text; it is never written again.
Verdicts are decisions of the log whose note starts with « audit:<audit_id> ».
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline import errors
from pipeline.errors import Problem
from pipeline.figures import BASE_STATES, dataset_connection, rows_of
from pipeline.review import decisions as log
from pipeline.review.audit_sample import Kind, Text, draw_strata
from pipeline.review.decisions import Decision
from pipeline.review.parameters import AUDITS, audit_files
from pipeline.review.verdicts import Verdicts, answer_verdicts
from pipeline.stage import stale_stages
from pipeline.workspace import Workspace, write_bytes

_STRICT: Final = ConfigDict(frozen=True, strict=True, extra="ignore")
_CLOSE: Final = 1e-6
_MORE_OF_AN_ID: Final = re.compile("[0-9a-z-]")


class Stratum(BaseModel):
    """A stratum: how many texts and answers it holds, and how many texts were drawn."""

    model_config = _STRICT

    stratum_id: int
    kind: Kind
    question_id: str | None
    theme_id: str | None
    texts: int = Field(ge=1)
    answers: int = Field(ge=1)
    drawn: int = Field(ge=1)


class QuestionTotals(BaseModel):
    """The readable texts and answers of a question."""

    model_config = _STRICT

    question_id: str
    texts: int = Field(ge=1)
    answers: int = Field(ge=1)


class ThemeTotals(BaseModel):
    """The texts and answers to a question that the machine gave a theme or a sub-theme of it."""

    model_config = _STRICT

    question_id: str
    theme_id: str
    label: str
    texts: int = Field(ge=1)
    answers: int = Field(ge=1)


class AuditedAnswer(BaseModel):
    """An answer to look at. It stands for ``copies`` answers, and its stratum for ``weight`` texts like it."""

    model_config = _STRICT

    answer_id: str = Field(min_length=1)
    question_id: str
    stratum_id: int
    copies: int = Field(ge=1)
    inclusion_probability: float = Field(gt=0, le=1)
    weight: float = Field(ge=1)
    theme_id: str | None
    topics: tuple[str, ...] = Field(strict=False)


class Audit(BaseModel):
    """A sample, with all that its estimates need of the population that it was drawn from.

    ``answers`` are in random order: the first of them are a sample too. ``parents`` gives the theme of each sub-theme.
    """

    model_config = _STRICT

    audit_id: str = Field(pattern="^[0-9a-z-]{1,60}$")
    number: int = Field(ge=1)
    size: int = Field(ge=1)
    seed: int
    models: tuple[str, ...] = Field(strict=False)
    topics_fingerprint: str
    strata: tuple[Stratum, ...] = Field(strict=False)
    questions: tuple[QuestionTotals, ...] = Field(strict=False)
    themes: tuple[ThemeTotals, ...] = Field(strict=False)
    parents: dict[str, str]
    answers: tuple[AuditedAnswer, ...] = Field(strict=False)

    @property
    def population(self) -> int:
        """The readable answers of the dataset when it was drawn."""
        return sum(question.answers for question in self.questions)

    @property
    def texts(self) -> int:
        """The texts of the population, copies counted once."""
        return sum(question.texts for question in self.questions)

    @property
    def note(self) -> str:
        """What the note of a verdict starts with."""
        return f"audit:{self.audit_id}"

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        strata = {stratum.stratum_id: stratum for stratum in self.strata}
        questions = {question.question_id for question in self.questions}
        drawn = Counter(answer.stratum_id for answer in self.answers)
        if len(strata) != len(self.strata) or drawn != {key: one.drawn for key, one in strata.items()}:
            raise ValueError("the strata are not those of the answers")
        if len({answer.answer_id for answer in self.answers}) != len(self.answers):
            raise ValueError("an answer is there twice")
        told = {answer.question_id for answer in self.answers} | {theme.question_id for theme in self.themes}
        if told - questions:
            raise ValueError("a question is not told of")
        if sum(stratum.texts for stratum in self.strata) != self.texts:
            raise ValueError("the strata do not add up to the questions")
        for answer in self.answers:
            one = strata[answer.stratum_id]
            if one.drawn > one.texts or abs(answer.weight - one.texts / one.drawn) > _CLOSE * answer.weight:
                raise ValueError(f"the weight of {answer.answer_id} is not that of its stratum")
            if abs(answer.weight * answer.inclusion_probability - 1) > _CLOSE:
                raise ValueError(f"the weight of {answer.answer_id} is not the inverse of its probability")
        return self


@dataclass(frozen=True)
class Audits:
    """The audits of a workspace, the oldest first, and the files that could not be read."""

    audits: tuple[Audit, ...] = ()
    problems: tuple[Problem, ...] = ()


def draw(workspace: Workspace, size: int, seed: int = 0) -> Audit:
    """Draw a sample of answers from the dataset of a workspace, and keep it.

    The same size and seed on the same dataset give the audit that is there already; another seed, a new sample.

    Raises
    ------
    DoleancesError
        When the size is below 1 (E431), or there is no finished dataset (E432) or no readable answer in it (E433).
    """
    if size < 1:
        raise errors.usage("E431", size=size)
    if "dataset" in stale_stages(workspace):
        raise errors.usage("E432", path=workspace.path)
    texts, labels, parents, models = _population(workspace)
    if not texts:
        raise errors.usage("E433", path=workspace.path)
    there = read_audits(workspace).audits
    fingerprint = workspace.manifest["stages"]["topics"]["fingerprint"]
    number = len(audit_files(workspace)) + 1
    audit = sampled(
        texts, size, seed, labels=labels, parents=parents, models=models, fingerprint=fingerprint, number=number
    )
    same = [one for one in there if one.audit_id.partition("-")[2] == audit.audit_id.partition("-")[2]]
    if same:
        return same[0]
    content = json.dumps(audit.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    write_bytes(content.encode("utf-8"), workspace.path / AUDITS / f"{audit.audit_id}.json", workspace.path)
    return audit


def sampled(
    texts: Sequence[Text],
    size: int,
    seed: int,
    *,
    labels: Mapping[str, str] | None = None,
    parents: Mapping[str, str] | None = None,
    models: Sequence[str] = (),
    fingerprint: str = "",
    number: int = 1,
) -> Audit:
    """Return an audit of a population of texts, ordered by answer_id.

    Parameters
    ----------
    texts : sequence of Text
    size, seed : int
    labels : mapping
        The label of each theme.
    parents : mapping
        The theme of each sub-theme.
    models, fingerprint, number
        What is noted of the machine, and of the audit.
    """
    parents = dict(parents or {})
    strata, answers = [], []
    for stratum_id, found in enumerate(draw_strata(texts, size, seed)):
        strata.append(
            Stratum(
                stratum_id=stratum_id,
                kind=found.kind,
                question_id=found.question_id,
                theme_id=found.theme_id,
                texts=len(found.members),
                answers=sum(texts[place].copies for place in found.members),
                drawn=len(found.chosen),
            )
        )
        answers += [
            AuditedAnswer(
                answer_id=texts[place].answer_id,
                question_id=texts[place].question_id,
                stratum_id=stratum_id,
                copies=texts[place].copies,
                inclusion_probability=len(found.chosen) / len(found.members),
                weight=len(found.members) / len(found.chosen),
                theme_id=texts[place].theme_id,
                topics=texts[place].topics,
            )
            for place in found.chosen
        ]
    order = np.random.default_rng([seed, 1]).permutation(len(answers)).tolist()
    questions, themes = _totals(texts, labels or {}, parents)
    content = {
        "size": size,
        "seed": seed,
        "models": list(models),
        "topics_fingerprint": fingerprint,
        "strata": strata,
        "questions": questions,
        "themes": themes,
        "parents": parents,
        "answers": [answers[place] for place in order],
    }
    audit = Audit.model_validate({"audit_id": "new", "number": number} | content)
    key = log.digest(audit.model_dump(mode="json", exclude={"audit_id", "number"}))[:12]
    return audit.model_copy(update={"audit_id": f"{number}-{key}"})


def read_audits(workspace: Workspace) -> Audits:
    """Read the audits of a workspace; a file that cannot be read, or does not hold together, is told of (E430)."""
    audits: list[Audit] = []
    problems: list[Problem] = []
    for path in audit_files(workspace):
        try:
            audit = Audit.model_validate(json.loads(path.read_bytes()))
            if audit.audit_id != path.stem:
                raise ValueError(f"it says that it is {audit.audit_id}")
            audits.append(audit)
        except (OSError, ValueError, RecursionError, TypeError) as error:
            problems.append(errors.problem("E430", path=path, detail=_plain(error)))
    audits.sort(key=lambda one: (one.number, one.audit_id))
    return Audits(tuple(audits), tuple(problems))


def verdicts(audit: Audit, decisions: Iterable[Decision]) -> Verdicts:
    """Return what people say of the answers of an audit: ``{answer_id: {author: [topic_ids]}}``.

    Parameters
    ----------
    audit : Audit
    decisions : iterable of Decision
        The log, in order; those that were taken back do not count, and of several by one author the last does.
    """
    asked = {answer.answer_id for answer in audit.answers}
    return answer_verdicts(decisions, lambda one: one.target.answer_id in asked and _is_of(audit, one))


def next_answer(audit: Audit, decisions: Iterable[Decision], author: str) -> AuditedAnswer | None:
    """Return the first answer of the audit that an author has not judged; None when all are."""
    found = verdicts(audit, decisions)
    return next((one for one in audit.answers if author not in found.get(one.answer_id, {})), None)


def _is_of(audit: Audit, decision: Decision) -> bool:
    note = decision.note or ""
    rest = note.removeprefix(audit.note)
    return rest != note and not _MORE_OF_AN_ID.match(rest)


def _population(workspace: Workspace) -> tuple[list[Text], dict[str, str], dict[str, str], list[str]]:
    sql = f"""
        WITH texts AS (
            SELECT coalesce(duplicate_of, answer_id) AS key, min(answer_id) AS answer_id, count(*) AS copies
            FROM answers WHERE state IN {BASE_STATES} GROUP BY key
        )
        SELECT answer_id, question_id, theme_id, copies, [one.topic_id for one in topics] AS topics
        FROM texts JOIN answers USING (answer_id) ORDER BY answer_id
    """
    with dataset_connection(workspace.path / "dataset") as connection:
        texts = [Text(**row | {"topics": tuple(row["topics"])}) for row in rows_of(connection, sql)]
        topics = rows_of(connection, "SELECT topic_id, parent_id, label, model FROM topics ORDER BY topic_id")
    labels = {row["topic_id"]: row["label"] for row in topics}
    parents = {row["topic_id"]: row["parent_id"] for row in topics if row["parent_id"] is not None}
    return texts, labels, parents, sorted({row["model"] for row in topics})


def _totals(
    texts: Sequence[Text], labels: Mapping[str, str], parents: Mapping[str, str]
) -> tuple[list[QuestionTotals], list[ThemeTotals]]:
    whole: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    theme_texts: Counter[tuple[str, str]] = Counter()
    theme_answers: Counter[tuple[str, str]] = Counter()
    for text in texts:
        whole[text.question_id] += 1
        answers[text.question_id] += text.copies
        for theme in {parents.get(topic, topic) for topic in text.topics}:
            theme_texts[text.question_id, theme] += 1
            theme_answers[text.question_id, theme] += text.copies
    return (
        [QuestionTotals(question_id=key, texts=whole[key], answers=answers[key]) for key in sorted(whole)],
        [
            ThemeTotals(
                question_id=question_id,
                theme_id=theme_id,
                label=labels.get(theme_id, theme_id),
                texts=n,
                answers=theme_answers[question_id, theme_id],
            )
            for (question_id, theme_id), n in sorted(theme_texts.items())
        ],
    )


def _plain(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the whole'}: {first['msg']}"
    return f"not JSON ({error})" if isinstance(error, json.JSONDecodeError) else str(error)
