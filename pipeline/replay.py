"""The one command that makes a workspace again, as its manifest tells: for the report and the dataset card."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath
from typing import Any, Final

from pydantic import BaseModel

from pipeline.config import ColumnsConfig, Config
from pipeline.tables import REVIEWER

CONFIG_FILE: Final = "doleances.toml"

_ON_THE_COMMAND_LINE: Final = {
    "ingest": frozenset(ColumnsConfig.model_fields),
    "topics": frozenset({"topics", "method", "codebook", "model"}),
}
_SECRET: Final = frozenset({"salt"})
_STAGE_OF: Final = {"ingest": "ingest", "topics": "topics", "privacy": "dataset"}
"""The stage in whose parameters the settings of a section stand."""


def command(manifest: Mapping[str, Any], models: Iterable[str] = (), language: str = "fr") -> str:
    """Return the command that makes the workspace again from the same inputs.

    Parameters
    ----------
    manifest : mapping
        The manifest of the workspace.
    models : iterable of str
        The models of the themes, "name/version".
    language : str
        The language of the report, where the command is to make one again.
    """
    stages = manifest["stages"]
    names = [PurePath(str(entry["name"])).as_posix() for entry in manifest["inputs"]]
    shown = [shlex.quote(name) for name in names[:5]] + (["…"] if len(names) > 5 else [])
    options = _column_options(stages.get("ingest", {}).get("parameters", {}))
    settings = stages.get("topics", {}).get("parameters", {})
    if settings.get("topics", "auto") != "auto":
        options += ["--topics", str(settings["topics"])]
    if settings.get("model", "auto") == "none":
        options += ["--model", "none"]
    elif settings.get("model", "auto") != "auto":
        shipped = sorted(model for model in models if not model.startswith("local/") and model != REVIEWER)
        options += ["--model", shlex.quote(shipped[0].partition("/")[0])] if shipped else []
    if settings.get("method", "vectors") != "vectors":
        options += ["--method", str(settings["method"])]
    if settings.get("codebook"):
        options += ["--codebook", "…"]
    if language != "fr":
        options += ["--lang", language]
    if settings_file(manifest):
        options += ["--config", CONFIG_FILE]
    return " ".join(["doleances run", *shown, *options])


def by_people(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the files of people that a workspace is made of too, and the sum of each: decisions.jsonl and audits."""
    given = manifest["stages"].get("dataset", {}).get("parameters", {})
    found = {} if given.get("decisions") is None else {"decisions.jsonl": str(given["decisions"])}
    return found | {f"audits/{name}": str(sha256) for name, sha256 in sorted((given.get("audits") or {}).items())}


def has_history(manifest: Mapping[str, Any]) -> bool:
    """Say whether the themes come from retrains or a rollback, which one command does not make again."""
    return "retrained" in manifest["stages"].get("topics", {}).get("parameters", {})


def settings_file(manifest: Mapping[str, Any]) -> str:
    """Return the doleances.toml of the run: what differs from the defaults and is no option; empty when nothing does.

    Paths of a register or recogniser of one's own are not in the manifest, and secrets are never told.
    """
    defaults = Config()
    sections = []
    for section, stage in _STAGE_OF.items():
        given = manifest["stages"].get(stage, {}).get("parameters", {})
        hidden = _ON_THE_COMMAND_LINE.get(section, frozenset()) | _SECRET
        lines = _differing(getattr(defaults, section), given, hidden)
        if lines:
            sections.append("\n".join([f"[{section}]", *lines]))
    return "\n\n".join(sections)


def _differing(defaults: BaseModel, given: Mapping[str, Any], hidden: Collection[str]) -> list[str]:
    usual = defaults.model_dump(mode="json", by_alias=True)
    names = sorted(name for name in usual if name in given and name not in hidden)
    return [f"{name} = {_toml(given[name])}" for name in names if given[name] not in (None, usual[name])]


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items() if one is not None)
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    # What JSON writes of a text or a number is TOML, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _column_options(given: Mapping[str, Any]) -> list[str]:
    """Return the options that name columns of plain tables, as they were given."""
    options = []
    for name in sorted(name for name in given if name.endswith("_column")):
        values = given[name] if isinstance(given[name], list) else [given[name]]
        for value in values:
            if value is not None:
                options += [f"--{name.replace('_', '-')}", shlex.quote(value)]
    return options
