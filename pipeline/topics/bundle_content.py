"""What the files of a topic model must hold beside their sums, shapes and types of arrays: else they are refused.

A model that someone changed by hand, sums and all, is told of here in one line, and not by a stage that fails on it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Entry(BaseModel):
    # Keys that are not named here are for whoever reads them.
    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class _Event(_Entry):
    event: str
    topic_id: str | None
    model: str


class _Topic(_Entry):
    topic_id: str = Field(min_length=1)
    label: str
    definition: str
    terms: list[str]
    term_scores: list[float]
    n_answers: int = Field(ge=0)
    lineage: list[_Event]
    against: list[str]
    parent_id: str | None
    status: str
    stability: float | None


class _Takeover(_Entry):
    n_reviewed: int = Field(ge=0)
    current: float
    learnt: float
    lower: float


class _Set(_Entry):
    questionnaire: str | None
    question_id: str | None
    topics: list[_Topic]
    subtopics: list[_Topic]
    gone: list[_Topic]
    curve: list[tuple[int, float]]
    sought: int | None = None
    taught: list[_Topic] = []
    learned: bool = False
    takeover: _Takeover | None = None


_SETS: Final = TypeAdapter(list[_Set])


def check_themes(content: bytes) -> None:
    """Check what stands in topics.json.

    Raises
    ------
    ValueError
        When something is of another type, a set or an id stands there twice, or a theme is under one that is not there.
    """
    try:
        sets = _SETS.validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ": ".join(("topics.json", ".".join(map(str, first["loc"]))) if first["loc"] else ("topics.json",))
        raise ValueError(f"{where}: {first['msg']}") from None
    keys = [(one.question_id, None if one.question_id else one.questionnaire) for one in sets]
    if len(set(keys)) < len(keys):
        raise ValueError("topics.json: a question has its themes twice")
    for one in sets:
        themes = [topic.topic_id for topic in one.topics]
        ids = [*themes, *(topic.topic_id for topic in (*one.subtopics, *one.taught))]
        if len(set(ids)) < len(ids):
            raise ValueError("topics.json: two themes of a question have one topic_id")
        for topic in (*one.topics, *one.subtopics, *one.taught):
            if topic.parent_id is not None and topic.parent_id not in themes:
                raise ValueError(f"topics.json: parent_id {topic.parent_id} is no theme of the question")


def check_words(vocabulary: Sequence[str], frequencies: npt.NDArray[np.floating[Any]]) -> None:
    """Check the words that have a vector, and their shares of all words.

    Raises
    ------
    ValueError
        When there is none, one is empty or stands there twice, or the shares are none.
    """
    if not vocabulary or "" in vocabulary or len(set(vocabulary)) < len(vocabulary):
        raise ValueError("vocabulary.txt does not hold words that are all different")
    if not ((frequencies >= 0) & (frequencies <= 1)).all() or not frequencies.any():
        raise ValueError("frequencies.npy does not hold shares of all words")


def check_archive(name: str, file: IO[bytes]) -> None:
    """Check that nothing in an archive of arrays is larger than the archive.

    Raises
    ------
    ValueError
        When it is no archive, or one that is packed: `numpy.savez` packs nothing, and what is packed may have any size.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            packed = [entry for entry in archive.infolist() if entry.compress_type != zipfile.ZIP_STORED]
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} is no archive of arrays: {error}") from None
    if packed:
        raise ValueError(f"{name} is packed, which no model is")
    file.seek(0)
