"""How well organisations are recognised: strict spans against a gold file, with a bootstrap interval over answers.

Precision, recall and F1 count spans over all answers (micro); their intervals are percentiles of 2,000 resamples of the
answers (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pipeline.entities.gold import GoldAnswer, load_gold
from pipeline.evaluation.entity_errors import Mistake, leads_to, mistakes_in
from pipeline.evaluation.intervals import Score, percentile_scores, precision_recall_f1, resamples


class Recogniser(Protocol):
    """Anything that finds organisations: ``predict(texts)`` gives a list of spans (start, end) for each text."""

    def predict(self, texts: list[str]) -> list[list[Any]]: ...


@dataclass(frozen=True)
class EntityEvaluation:
    """The figures of a recogniser on a gold file. A span counts when its start and its end are right.

    ``linking`` is the share of the right spans that lead to the right organisation, None where the gold file names
    none; ``mistakes`` are the spans that are wrong or missed, by kind.
    """

    answers: int
    gold_spans: int
    predicted_spans: int
    correct_spans: int
    precision: Score
    recall: Score
    f1: Score
    linked_spans: int
    linking: float | None
    mistakes: tuple[Mistake, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain dictionaries and numbers."""
        return asdict(self)

    @property
    def mistakes_by_kind(self) -> dict[str, int]:
        """How many mistakes there are of each kind, most frequent first."""
        counts = Counter(mistake.kind for mistake in self.mistakes)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def __str__(self) -> str:
        lines = [
            f"ORG, strict spans, {self.answers} answers, {self.gold_spans} gold spans (95 % intervals over answers)",
            f"precision {self.precision}",
            f"recall    {self.recall}",
            f"F1        {self.f1}",
        ]
        if self.linking is not None:
            lines.append(
                f"linking   {self.linking:.3f} of {self.linked_spans} right spans lead to the right organisation"
            )
        lines += [f"  {count:4d} {kind}" for kind, count in self.mistakes_by_kind.items()]
        return "\n".join(lines)


def evaluate_entities(gold_path: Path | str, recogniser: Recogniser, *, seed: int = 0) -> EntityEvaluation:
    """Compare what a recogniser finds with a gold file.

    Parameters
    ----------
    gold_path : path
        JSON lines: ``{"text": …, "spans": [[start, end, "ORG"], …], "borderline": [[start, end], …]}``; a span may
        say which organisation it names: ``[start, end, "ORG", organisation_id]``. A prediction that overlaps a
        borderline span and is no gold span counts neither as right nor as wrong.
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
    sums = np.array([counts[places].sum(axis=0) for places in resamples(len(answers), seed)])
    point = precision_recall_f1(counts.sum(axis=0)[None, :])[0]
    precision, recall, f1 = percentile_scores(point, precision_recall_f1(sums))
    links = [
        leads_to(span.organisation_id, answer.organisation_ids[span.start, span.end])
        for answer, spans in zip(answers, predictions, strict=True)
        for span in spans
        if (span.start, span.end) in answer.organisation_ids
    ]
    mistakes = tuple(
        mistake
        for number, (answer, spans) in enumerate(zip(answers, predictions, strict=True), 1)
        for mistake in mistakes_in(number, answer, spans)
    )
    linking = round(sum(links) / len(links), 4) if links else None
    return EntityEvaluation(
        len(answers), gold, predicted, correct, precision, recall, f1, len(links), linking, mistakes
    )


def _count(answer: GoldAnswer, found: list[Any]) -> tuple[int, int, int]:
    predicted = {(span.start, span.end) for span in found}
    correct = len(predicted & answer.spans)
    wrong = [
        span
        for span in predicted - answer.spans
        if not any(span[0] < end and start < span[1] for start, end in answer.borderline)
    ]
    return len(answer.spans), correct + len(wrong), correct
