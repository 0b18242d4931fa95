"""Sets of themes as files: arrays in one .npz, what people read in topics.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from pipeline import storage
from pipeline.learning.assigner import ReviewedAssigner
from pipeline.learning.files import read_reviewed, write_reviewed
from pipeline.learning.takeover import Takeover
from pipeline.topics.assigner import Assigner
from pipeline.topics.model_files import checked_array, write_json
from pipeline.topics.subtopics import SubtopicAssigner, no_subtopics
from pipeline.topics.vectors import Floats

_ARRAYS: Final = ("component", "coefficients", "intercepts")
_SUBTOPICS: Final = "subtopics."
LEARNED: Final = "learned"
"""Folder of what was learned from decisions, by question."""


@dataclass(frozen=True)
class Topic:
    """A theme of a model.

    ``n_answers`` counts the answers it was found in; ``against`` are words that are rarer in it than chance would have;
    ``status`` is "proposed" (by a machine) or "reviewed" (people wrote it); ``stability`` says how well it is found
    again among samples of its answers (`stability.topic_stability`), None where nobody knows.
    """

    topic_id: str
    label: str
    definition: str
    terms: tuple[str, ...]
    term_scores: tuple[float, ...]
    n_answers: int
    lineage: tuple[dict[str, Any], ...] = ()
    against: tuple[str, ...] = ()
    parent_id: str | None = None
    status: str = "proposed"
    stability: float | None = None


@dataclass(frozen=True)
class ThemeSet:
    """The themes of one question, or across the questions of one questionnaire (``question_id`` None).

    ``subtopics`` are the parts of some of `topics`, in the order of these. ``curve`` is how stable each number of
    themes that was tried is, where the number was chosen by it, and ``sought`` the number that was chosen (there are
    fewer themes where tiny ones were merged). ``gone`` are themes and sub-themes of earlier fits that
    were merged or retired: what became of them is the last event of their lineage. ``taught`` are themes that people
    made and that were `learned` from the answers that they reviewed; ``takeover`` is how well, None where too few were.
    """

    questionnaire: str | None
    question_id: str | None
    topics: tuple[Topic, ...]
    assigner: Assigner
    subtopics: tuple[Topic, ...] = ()
    subtopic_assigner: SubtopicAssigner | None = None
    curve: tuple[tuple[int, float], ...] = ()
    gone: tuple[Topic, ...] = ()
    sought: int | None = None
    taught: tuple[Topic, ...] = ()
    learned: ReviewedAssigner | None = None
    takeover: Takeover | None = None

    @property
    def key(self) -> str:
        return self.question_id or f"questionnaire:{self.questionnaire}"

    @property
    def all_topics(self) -> tuple[Topic, ...]:
        """Themes, sub-themes, and the themes that people made."""
        return (*self.topics, *self.subtopics, *self.taught)

    def subtopics_of(self, embedding: Floats, topic: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """Return the sub-theme of each text, -1 where its theme has none (`SubtopicAssigner.choose`)."""
        if self.subtopic_assigner is None:
            return np.full(len(topic), -1, dtype=np.int64)
        return self.subtopic_assigner.choose(embedding, topic)


def write_sets(sets: Iterable[ThemeSet], folder: Path) -> None:
    """Write assigners.npz, topics.json and what was learned in `folder`; the same themes give the same bytes."""
    found = list(sets)
    arrays = {f"{themes.key}.{name}": getattr(themes.assigner, name) for themes in found for name in _ARRAYS}
    for themes in found:
        subtopics = themes.subtopic_assigner or no_subtopics(themes.assigner.component)
        arrays |= {f"{themes.key}.{_SUBTOPICS}{name}": getattr(subtopics, name) for name in _ARRAYS[1:]}
    with (folder / "assigners.npz").open("wb") as file:
        np.savez(file, **arrays)
    for themes in found:
        if themes.learned is not None:
            place = folder / LEARNED / themes.key
            place.mkdir(parents=True)
            write_reviewed(themes.learned, place)
    write_json(folder / "topics.json", [_set_to_json(themes) for themes in found])


def read_sets(folder: Path, n_dimensions: int) -> dict[str, ThemeSet]:
    """Read what `write_sets` wrote, by key.

    Raises
    ------
    ValueError, KeyError, TypeError, OSError
        When an array has another shape or type, or something is missing.
    """
    sets: dict[str, ThemeSet] = {}
    with np.load(storage.read_bytes(folder / "assigners.npz"), allow_pickle=False) as arrays:
        for entry in json.loads((folder / "topics.json").read_text(encoding="utf-8")):
            topics = tuple(_topic_from_json(topic) for topic in entry["topics"])
            curve = tuple((int(k), float(mean)) for k, mean in entry["curve"])
            subtopics = tuple(_topic_from_json(topic) for topic in entry["subtopics"])
            key = entry["question_id"] or f"questionnaire:{entry['questionnaire']}"
            n = len(topics)
            shapes = {"component": (n_dimensions,), "coefficients": (n, n_dimensions), "intercepts": (n,)}
            parts = {
                name: checked_array(arrays[f"{key}.{name}"], f"{key}.{name}", shape) for name, shape in shapes.items()
            }
            n_parts = len(subtopics)
            within = {
                name: checked_array(arrays[f"{key}.{_SUBTOPICS}{name}"], f"{key}.{_SUBTOPICS}{name}", shape)
                for name, shape in (("coefficients", (n_parts, n_dimensions)), ("intercepts", (n_parts,)))
            }
            ids = [topic.topic_id for topic in topics]
            within["parent_of"] = tuple(ids.index(str(topic.parent_id)) for topic in subtopics)
            gone = tuple(_topic_from_json(topic) for topic in entry["gone"])
            of = (entry["questionnaire"], entry["question_id"])
            assigner, inside = Assigner(**parts), SubtopicAssigner(parts["component"], **within)
            sought = None if entry["sought"] is None else int(entry["sought"])
            taught = tuple(_topic_from_json(topic) for topic in entry.get("taught", ()))
            takeover = None if entry.get("takeover") is None else Takeover(**entry["takeover"])
            learned = None
            if entry.get("learned"):
                learned = read_reviewed(folder / LEARNED / key, n_dimensions)
                _check_learned(learned, {topic.topic_id for topic in (*topics, *taught)}, key)
            sets[key] = ThemeSet(
                *of, topics, assigner, subtopics, inside, curve, gone, sought, taught, learned, takeover
            )
    return sets


def _set_to_json(themes: ThemeSet) -> dict[str, Any]:
    return {
        "questionnaire": themes.questionnaire,
        "question_id": themes.question_id,
        "topics": [asdict(topic) for topic in themes.topics],
        "subtopics": [asdict(topic) for topic in themes.subtopics],
        "gone": [asdict(topic) for topic in themes.gone],
        "curve": [list(point) for point in themes.curve],
        "sought": themes.sought,
        "taught": [asdict(topic) for topic in themes.taught],
        "learned": themes.learned is not None,
        "takeover": None if themes.takeover is None else asdict(themes.takeover),
    }


def _check_learned(learned: ReviewedAssigner, known: set[str], key: str) -> None:
    unknown = sorted(set(learned.theme_ids) - known)
    if unknown:
        raise ValueError(f"what was learned of {key} names {unknown[0]}, which is no theme of it")


def _topic_from_json(entry: dict[str, Any]) -> Topic:
    return Topic(
        topic_id=str(entry["topic_id"]),
        label=str(entry["label"]),
        definition=str(entry["definition"]),
        terms=tuple(map(str, entry["terms"])),
        term_scores=tuple(map(float, entry["term_scores"])),
        n_answers=int(entry["n_answers"]),
        lineage=tuple(entry["lineage"]),
        against=tuple(map(str, entry["against"])),
        parent_id=None if entry["parent_id"] is None else str(entry["parent_id"]),
        status=str(entry["status"]),
        stability=None if entry["stability"] is None else float(entry["stability"]),
    )
