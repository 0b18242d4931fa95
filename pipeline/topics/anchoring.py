"""The earlier model that a workspace holds on to, after `doleances retrain` or `doleances models rollback`.

``manifest["retrained"]`` says which one, and whether its themes are taken as they are (``use``) or kept and added to
(``extend``). It is a parameter of the topics stage: the same inputs and the same history give the same themes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow.compute as pc

from pipeline import bundles, catalogue, errors, storage
from pipeline.config import TopicsConfig
from pipeline.learning.lessons import Lessons, lessons_from_json
from pipeline.workspace import Workspace, sha256_of

KEY: Final = "retrained"
UPSTREAM: Final = ("ingest", "tokenise", "entities")

Mode = Literal["extend", "use"]


@dataclass(frozen=True)
class Anchor:
    """The earlier model, and what is done with its themes.

    Parameters
    ----------
    mode : str
        "extend": they are kept and added to; "use": they are taken as they are.
    parent : str
        Name and version of the model.
    parent_sum : str
        SHA-256 of its model.json.
    answers : str or None
        File of the workspace that holds the answers it was made from (column answer_id, question_id).
    answers_sum : str or None
        SHA-256 of that file.
    protected : tuple of str
        Themes that people named in decisions: never merged nor retired by the machine.
    lessons_file, lessons_sum : str or None
        File of the workspace with what people decided (`learning.lessons`), and its SHA-256.
    codebook : str or None
        SHA-256 of the codebook that the model began with: its themes are in the model.
    """

    mode: Mode
    parent: str
    parent_sum: str
    answers: str | None = None
    answers_sum: str | None = None
    protected: tuple[str, ...] = ()
    lessons_file: str | None = None
    lessons_sum: str | None = None
    codebook: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What results depend on."""
        return {
            "lessons_sum": self.lessons_sum,
            "mode": self.mode,
            "parent": self.parent,
            "parent_sum": self.parent_sum,
            "answers_sum": self.answers_sum,
            "protected": list(self.protected),
        }

    def lessons(self, workspace: Workspace) -> Lessons | None:
        """Return what people decided; None where nobody gathered it."""
        if self.lessons_file is None:
            return None
        return lessons_from_json((workspace.path / self.lessons_file).read_bytes())

    def earlier(self, workspace: Workspace, question_id: str) -> frozenset[str] | None:
        """Return the answers to a question that the model was made from; None where nobody noted them."""
        if self.answers is None:
            return None
        table = storage.read_table(
            workspace.path / self.answers,
            columns=["answer_id", "question_id"],
            filters=[("question_id", "in", [question_id])],
        )
        return frozenset(pc.unique(table["answer_id"]).to_pylist())


def hold_on(
    workspace: Workspace,
    mode: Mode,
    parent: str,
    *,
    answers: str | None = None,
    protected: tuple[str, ...] = (),
    lessons: str | None = None,
) -> None:
    """Note in the manifest which model the topics stage holds on to from now on; the caller saves it.

    Raises
    ------
    DoleancesError
        E440 when the model is not there.
    """
    folder = folder_of(workspace, parent)
    workspace.manifest[KEY] = {
        "mode": mode,
        "parent": parent,
        "parent_sum": sha256_of(folder / "model.json"),
        "answers": answers,
        "answers_sum": None if answers is None else sha256_of(workspace.path / answers),
        "protected": sorted(protected),
        "lessons": lessons,
        "lessons_sum": None if lessons is None else sha256_of(workspace.path / lessons),
        "codebook": codebook_of(workspace),
        "reads": _reads(workspace),
    }


def folder_of(workspace: Workspace, reference: str) -> Path:
    """Return the folder of a model by its name and version: one of the workspace, or one that ships.

    Raises
    ------
    DoleancesError
        E440 when there is none.
    """
    folder = workspace.path / "models" / reference
    if (folder / "model.json").is_file():
        return folder
    name, _, version = reference.partition("/")
    try:
        shipped = catalogue.locate(name)
    except errors.DoleancesError:
        shipped = None
    if shipped is None or str(bundles.read_manifest(shipped)["version"]) != version:
        raise errors.usage("E440", name=reference, path=workspace.path / "models")
    return shipped


def applies(settings: TopicsConfig) -> bool:
    """Say whether settings leave it to the workspace which themes there are: no model or number is named."""
    return settings.model == "auto" and settings.topics == "auto"


def anchor_of(workspace: Workspace, settings: TopicsConfig) -> Anchor | None:
    """Return the model that the topics stage holds on to, None where there is none.

    Where contributions changed since, by a run and not by a retrain, it is the current model that is added to.
    """
    record: Mapping[str, Any] | None = workspace.manifest.get(KEY)
    if record is None or not applies(settings):
        return None
    codebook = record.get("codebook")
    if settings.codebook is not None and sha256_of(Path(settings.codebook)) != codebook:
        return None  # other themes than those that the model began with
    _check_files(workspace, record)
    if record["mode"] == "extend" and record["reads"] != _reads(workspace):
        current = record["parent"]
        if codebook_of(workspace) == codebook:  # else the current model has the themes of another codebook
            current = workspace.manifest.get("model", current)
        protected = tuple(record["protected"])
        hold_on(workspace, "extend", current, protected=protected, lessons=record.get("lessons"))
        workspace.manifest[KEY]["codebook"] = codebook
        workspace.save_manifest()
        record = workspace.manifest[KEY]
    found = sha256_of(folder_of(workspace, record["parent"]) / "model.json")
    if found != record["parent_sum"]:
        raise errors.usage("E441", name=record["parent"], path=workspace.path / "models" / record["parent"])
    return Anchor(
        record["mode"],
        record["parent"],
        record["parent_sum"],
        record["answers"],
        record["answers_sum"],
        tuple(record["protected"]),
        record.get("lessons"),
        record.get("lessons_sum"),
        codebook,
    )


def codebook_of(workspace: Workspace) -> str | None:
    """Return the SHA-256 of the codebook that the topics stage ran with, None where there was none."""
    parameters: Mapping[str, Any] = workspace.manifest["stages"].get("topics", {}).get("parameters", {})
    return parameters.get("codebook")


def same_codebook(workspace: Workspace, settings: TopicsConfig) -> bool:
    """Say whether settings name no codebook, or the one that the topics stage ran with."""
    return settings.codebook is None or sha256_of(Path(settings.codebook)) == codebook_of(workspace)


def _check_files(workspace: Workspace, record: Mapping[str, Any]) -> None:
    for name in ("answers", "lessons"):
        if record.get(name) is not None:
            path = workspace.path / record[name]
            if not path.is_file() or sha256_of(path) != record[f"{name}_sum"]:
                raise errors.usage("E447", path=path)


def _reads(workspace: Workspace) -> dict[str, str]:
    stages = workspace.manifest["stages"]
    return {name: stages[name]["fingerprint"] for name in UPSTREAM if name in stages}
