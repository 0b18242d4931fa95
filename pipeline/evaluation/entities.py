"""How well organisations are recognised: strict spans against a gold file, with a bootstrap interval over answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from pipeline import errors

RESAMPLES: Final = 2000


class Recogniser(Protocol):
    """Anything that finds organisations: ``predict(texts)`` gives a list of spans (start, end) for each text."""

    def predict(self, texts: list[str]) -> list[list[Any]]: ...


@dataclass(frozen=True)
class GoldAnswer:
    """One answer with the spans that name organisations, and those that a careful person could decide either way."""

    text: str
    spans: frozenset[tuple[int, int]]
    borderline: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Score:
    """A share, with the limits of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


@dataclass(frozen=True)
class EntityEvaluation:
    """The figures of a recogniser on a gold file. A span counts when its start and its end are right."""

    answers: int
    gold_spans: int
    predicted_spans: int
    correct_spans: int
    precision: Score
    recall: Score
    f1: Score

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dictionaries and numbers."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"ORG, strict spans, {self.answers} answers, {self.gold_spans} gold spans (95 % intervals over answers)\n"
            f"precision {self.precision}\nrecall    {self.recall}\nF1        {self.f1}"
        )


def evaluate_entities(gold_path: Path | str, recogniser: Recogniser, *, seed: int = 0) -> EntityEvaluation:
    """Compare what a recogniser finds with a gold file.

    Parameters
    ----------
    gold_path : path
        JSON lines: ``{"text": …, "spans": [[start, end, "ORG"], …], "borderline": [[start, end], …]}``. A prediction
        that overlaps a borderline span and is no gold span counts neither as right nor as wrong.
    recogniser : Recogniser
        For example `pipeline.OrganisationRecogniser()`.
    seed : int
        Of the bootstrap.

    Raises
    ------
    DoleancesError
        E101 when the file is missing, E306 with the line that cannot be read.
    """
    answers = load_gold(gold_path)
    predictions = recogniser.predict([answer.text for answer in answers])
    pairs = zip(answers, predictions, strict=True)
    counts = np.array([_count(answer, spans) for answer, spans in pairs], dtype=np.int64).reshape(-1, 3)
    gold, predicted, correct = (int(number) for number in counts.sum(axis=0))
    random = np.random.default_rng(seed)
    # One resample at a time in memory, whatever the size of the file.
    drawn = (random.integers(0, len(answers), len(answers)) for _ in range(RESAMPLES))
    resampled = _shares(np.array([counts[rows].sum(axis=0) for rows in drawn]))
    point = _shares(counts.sum(axis=0)[None, :])[0]
    low, high = np.quantile(resampled, [0.025, 0.975], axis=0)
    precision, recall, f1 = (
        Score(round(float(point[i]), 4), round(float(low[i]), 4), round(float(high[i]), 4)) for i in range(3)
    )
    return EntityEvaluation(len(answers), gold, predicted, correct, precision, recall, f1)


def load_gold(path: Path | str) -> list[GoldAnswer]:
    """Read a gold file; blank lines are skipped."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise errors.usage("E101", path=path) from None
    except OSError as error:
        raise errors.usage("E111", path=path, detail=error.strerror) from None
    answers = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            try:
                answers.append(_gold_answer(json.loads(line.decode("utf-8"))))
            except (ValueError, RecursionError) as error:
                raise errors.usage("E306", path=path, line=number, detail=error) from None
    if not answers:
        raise errors.usage("E306", path=path, line=1, detail="no answer in the file")
    return answers


def _gold_answer(content: Any) -> GoldAnswer:
    if not isinstance(content, dict) or not isinstance(content.get("text"), str):
        raise ValueError("an object with a text is needed")
    text = content["text"]
    spans = list(_spans(content.get("spans"), text, "spans"))
    return GoldAnswer(text, frozenset(spans), tuple(_spans(content.get("borderline", []), text, "borderline")))


def _spans(found: Any, text: str, name: str) -> Iterator[tuple[int, int]]:
    if not isinstance(found, list):
        raise ValueError(f"{name} must be a list")
    for span in found:
        if not isinstance(span, list) or len(span) < 2 or not all(type(offset) is int for offset in span[:2]):
            raise ValueError(f"{name}: a span is [start, end, label], not {span}")
        start, end = span[:2]
        if not 0 <= start < end <= len(text):
            raise ValueError(f"{name}: [{start}, {end}] is outside the text of {len(text)} characters")
        if len(span) < 3 or span[2] == "ORG":
            yield start, end


def _count(answer: GoldAnswer, found: list[Any]) -> tuple[int, int, int]:
    predicted = {(span.start, span.end) for span in found}
    correct = len(predicted & answer.spans)
    wrong = [
        span
        for span in predicted - answer.spans
        if not any(span[0] < end and start < span[1] for start, end in answer.borderline)
    ]
    return len(answer.spans), correct + len(wrong), correct


def _shares(counts: Any) -> Any:
    """Return precision, recall and F1 of rows of (gold, predicted, correct); what has no denominator counts as 0."""
    gold, predicted, correct = (counts[:, i].astype(np.float64) for i in range(3))
    pairs = ((correct, predicted), (correct, gold), (2 * correct, gold + predicted))
    return np.column_stack([np.divide(up, down, out=np.zeros_like(up), where=down > 0) for up, down in pairs])
