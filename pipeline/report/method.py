"""How the report was made: inputs, versions, parameters, and the command that makes it again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from pipeline import replay
from pipeline.report.wording import STAGES

INPUTS_SHOWN: Final = 100
_NOT_SHOWN: Final = frozenset(  # shown apart, or of no use
    {"inputs", "unread", "salt", "templates", "versions", "audits", "decisions"}
)


@dataclass(frozen=True)
class Method:
    """What a reader needs to check the report or make it again."""

    inputs: tuple[tuple[str, str], ...]
    inputs_total: int
    versions: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    notes: tuple[str, ...]
    command: str
    by_people: tuple[tuple[str, str], ...] = ()
    """Files of people that the report is made of too, with their sums."""
    has_history: bool = False
    """Whether the themes come from retrains, which the command does not make again."""


def method(manifest: dict[str, Any], models: Iterable[str], language: str = "fr") -> Method:
    """Return the method as the manifest tells it, without times and folders.

    Parameters
    ----------
    manifest : dict
        The manifest of the workspace.
    models : iterable of str
        The models of the themes, "name/version".
    language : str
        The language of the report.
    """
    inputs = [(PurePath(str(entry["name"])).as_posix(), str(entry["sha256"])) for entry in manifest["inputs"]]
    stages = manifest["stages"]
    versions: dict[str, str] = {}
    parameters = []
    for name, title in STAGES.items():
        given = stages.get(name, {}).get("parameters", {})
        versions |= {key: str(value) for key, value in given.get("versions", {}).items()}
        shown = tuple(_flat({key: value for key, value in given.items() if key not in _NOT_SHOWN}))
        if shown:
            parameters.append((title, shown))
    return Method(
        inputs=tuple(inputs[:INPUTS_SHOWN]),
        inputs_total=len(inputs),
        versions=tuple(sorted(versions.items())),
        parameters=tuple(parameters),
        notes=tuple(stages.get("topics", {}).get("summary", {}).get("notes", ())),
        command=replay.command(manifest, models, language),
        by_people=tuple(replay.by_people(manifest).items()),
        has_history=replay.has_history(manifest),
    )


def _last(value: object) -> str:
    text = str(value)
    return PurePath(text).name if PurePath(text).is_absolute() else text


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in sorted(value.items()):
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, str):
        yield name, _last(value)
    else:
        yield name, json.dumps(value, ensure_ascii=False, sort_keys=True)
