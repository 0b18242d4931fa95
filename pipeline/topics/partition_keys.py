"""What the documents and the assignments of a partition were made from, as hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import language
from pipeline.contents import content_of
from pipeline.learning.assigner import ReviewedAssigner
from pipeline.partition_cache import PartitionCache, sum_of_part
from pipeline.resources import resource
from pipeline.topics.theme_files import ThemeSet
from pipeline.workspace import Workspace, sha256_of


@dataclass(frozen=True)
class Memory:
    """What the stage keeps of partitions, and what results depend on beside tables and models (`program`)."""

    cache: PartitionCache
    program: str


def program(revision: int) -> str:
    """Return what results depend on beside tables and models: the revision of the stage, versions and word lists."""
    stop_words = sha256_of(resource("seeds", "stop_words", "french.txt"))
    return json.dumps([revision, language.versions(), stop_words], sort_keys=True)


def documents_key(workspace: Workspace, index: int, program: str) -> str:
    """Return the hash of what the documents of a partition are made from."""
    columns = {"answers": ("answer_id", "question_id", "text", "state")}
    parts = (sum_of_part(workspace, "segments", index), _people(workspace, index))
    return content_of(workspace, index, columns, program, *parts)


def _people(workspace: Workspace, index: int) -> str:
    if not workspace.part_path("mentions", index).is_file():
        return ""
    return content_of(workspace, index, {"mentions": ("answer_id", "start", "end", "label")})


def assignments_key(documents: str, signatures: Mapping[str, str], minimum: tuple[float, float]) -> str:
    """Return the hash of what the assignments of a partition are made from.

    Parameters
    ----------
    documents : str
        Its `documents_key`.
    signatures : mapping
        `signature` of the themes of each question, with the sum of the word vectors.
    minimum : tuple of float
        Probabilities under which no theme is given.
    """
    content = json.dumps([documents, sorted(signatures.items()), minimum])
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def signature(themes: ThemeSet) -> str:
    """Return the hash of what decides which themes of a question a segment gets: not of their names."""
    digest = hashlib.sha256()
    ids = [[topic.topic_id, topic.parent_id] for topic in themes.all_topics]
    _add(digest, [themes.key, themes.question_id, ids])
    for part in (themes.assigner, themes.subtopic_assigner):
        if part is not None:
            for array in (part.component, part.coefficients, part.intercepts):
                _add(digest, array)
    if themes.subtopic_assigner is not None:
        _add(digest, list(themes.subtopic_assigner.parent_of))
    if themes.learned is not None:
        _add_learned(digest, themes.learned)
    return digest.hexdigest()


def _add_learned(digest: hashlib._Hash, learned: ReviewedAssigner) -> None:
    features, expectation = learned.features, learned.expectation
    _add(digest, [learned.theme_ids, features.words, features.characters, learned.rule, learned.allow_none])
    for array in (
        features.word_weights,
        features.character_weights,
        features.component,
        expectation.names,
        expectation.columns,
        expectation.assigner.component,
        expectation.assigner.coefficients,
        expectation.assigner.intercepts,
        learned.coefficients,
        learned.intercepts,
    ):
        _add(digest, array)


def _add(digest: hashlib._Hash, value: Any) -> None:
    """Add an array, with its shape and type, or what JSON can say."""
    if hasattr(value, "tobytes"):
        digest.update(json.dumps([value.shape, str(value.dtype)]).encode("utf-8"))
        digest.update(value.tobytes())
    else:
        digest.update(json.dumps(value).encode("utf-8", "surrogatepass"))
