"""Decide which themes each question gets: its own, the model's, or none; and say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from pipeline.config import TopicsConfig
from pipeline.learning.takeover import Takeover
from pipeline.topics.bundle import Bundle

LEAST_ANSWERS: Final = 50
"""Distinct answers under which no themes are looked for, even where no model has any."""

ANSWERS_A_TOPIC: Final = 5
"""Distinct answers that one theme needs when a person says how many themes there are."""

Source = Literal["own", "model", "kept", "none"]
"""Themes fitted here, those of the shipped or named model, those of an earlier model of the workspace, or none."""


@dataclass(frozen=True)
class Choice:
    """Where the themes of a question come from, and why, in words for people."""

    source: Source
    reason: str


def choose(
    question_id: str, questionnaire: str | None, n_answers: int, model: Bundle | None, config: TopicsConfig
) -> Choice:
    """Decide for one question.

    Parameters
    ----------
    n_answers : int
        Its distinct open answers with a known word.
    model : Bundle or None
        The model whose themes may serve; None after ``--model none``.
    config : TopicsConfig
        ``model`` named by a person means that its themes are wanted; ``topics`` given as a number means that
        themes of the question's own are.
    """
    themes = model.themes_for(question_id, questionnaire) if model is not None else None
    named = config.model not in ("auto", "none")
    if isinstance(config.topics, int):
        needed = max(2, min(config.minimum_answers, ANSWERS_A_TOPIC * config.topics))
        if n_answers >= needed:
            return Choice("own", f"themes of their own, {config.topics} each as asked for")
    elif named and themes is not None:
        return Choice("model", "themes of the model asked for")
    else:
        needed = config.minimum_answers if themes is not None else min(LEAST_ANSWERS, config.minimum_answers)
        if n_answers >= needed:
            return Choice("own", f"themes of their own, for {needed} distinct answers or more")
    few = f"too few distinct answers for themes of their own ({needed} needed)"
    if themes is None or model is None:
        return Choice("none", f"unassigned, {few} and no model has any for them")
    where = "the question" if themes.question_id else "the questionnaire"
    return Choice("model", f"themes of {model.reference} for {where}, {few}")


def coded(n_proposed: int) -> Choice:
    """Return the choice of a question that the codebook has themes for, beside which some are proposed."""
    proposed = f", and {n_proposed} proposed for what fits none" if n_proposed else ""
    return Choice("own", f"themes of the codebook{proposed}")


def learned(choice: Choice, takeover: Takeover | None) -> Choice:
    """Return the choice of a question with what was learned from the answers that people reviewed."""
    if takeover is None:
        return choice
    used = "is used" if takeover.takes_over else "is not better"
    figures = f"F1 {takeover.current:.3f} → {takeover.learnt:.3f} by cross-validation"
    told = f"what {takeover.n_reviewed} reviewed answers teach {used} ({figures})"
    return replace(choice, reason=f"{choice.reason}; {told}")


def describe(choices: Mapping[str, tuple[Choice, int]]) -> list[str]:
    """Return what the run says of its choices, a line for the questions that share one.

    Parameters
    ----------
    choices : mapping
        The choice and the number of distinct answers of each question, by its name for people.
    """
    shared: dict[str, list[str]] = {}
    for name, (choice, n_answers) in choices.items():
        shared.setdefault(choice.reason, []).append(f"{name} ({n_answers:,})")
    return [f"{reason}: {', '.join(names)}" for reason, names in shared.items()]
