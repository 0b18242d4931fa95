"""The entities stage: partitions of answers in, partitions of mentions out; then the organisations named."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import bundles, catalogue, errors, executor, language, poison, tables
from pipeline.config import Config
from pipeline.contents import content_of
from pipeline.entities.corrected import Corrections, read_corrections
from pipeline.entities.finder import knowledge
from pipeline.entities.finding import find_mentions
from pipeline.entities.folding import fold
from pipeline.entities.naming import organisation_rows, surfaces_named
from pipeline.entities.pairs import PairCounts, count_pairs
from pipeline.entities.register import register_files
from pipeline.entities.spelt_out import learn
from pipeline.entities.trained import KIND
from pipeline.stage import Stage, Summary, stage_run
from pipeline.workspace import Workspace, sha256_of

CORRECTED: Final = "corrected_names"
"""Where the manifest says which file holds what people taught of names, and its sum."""
STAGE: Final = Stage("entities", reads=("tokenise",), writes=("organisations", "mentions"), revision=4)


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Find the named entities of every open answer; write the tables `mentions` and `organisations`."""
    given = config.entities.register_path
    register = str(Path(given).absolute()) if given is not None else None
    parameters = {"register": register_files(register).sums(), "versions": language.versions()}
    trained = _trained(workspace, config)
    if trained is not None:
        parameters["recogniser"] = {"sha256": sha256_of(trained / bundles.MANIFEST)}
    names = corrected_names(workspace)
    if names is not None:
        parameters["corrected"] = {"sha256": sha256_of(names)}
    corrected = read_corrections(names)
    parts = range(len(workspace.parts("answers")))

    @cache
    def learned() -> dict[str, str]:
        counts = executor.reduce_items(partial(_pairs, str(workspace.path)), parts, config.execution)
        return learn(counts or PairCounts(), knowledge(register).matcher)

    def contents() -> list[str]:
        return [_content(workspace, index, learned(), corrected) for index in parts]

    kept = partial(stage_run, contents=contents, in_contents=("corrected",))
    with kept(STAGE, workspace, parameters, force=force) as stage:
        if not stage.skipped:
            matcher = knowledge(register).matcher
            todo = [i for i in parts if not stage.partition_done(i)]
            spelt_out = learned()
            task = partial(_partition, str(workspace.path), register, spelt_out, trained, names)
            done = len(parts) - len(todo)
            for _ in executor.map_items(task, todo, config.execution, progress, already=done):
                pass
            stage.summary.problems = poison.problems(workspace, STAGE.name)
            surfaces = surfaces_named(workspace)
            rows = organisation_rows(surfaces, matcher.register.organisations)
            workspace.write_part("organisations", 0, tables.from_rows("organisations", rows))
            stage.summary.counts = {
                "mentions": workspace.count("mentions"),
                "organisation_mentions": sum(count.total() for count in surfaces.values()),
                "organisations": len(surfaces),
            }
    return stage.summary


def _pairs(path: str, index: int) -> PairCounts:
    answers = _answers(Workspace(path), index, ["answer_id", "text", "state"])
    return count_pairs(pc.unique(answers.filter(pc.equal(answers["state"], "pending"))["text"]).to_pylist())


def _content(workspace: Workspace, index: int, learned: Mapping[str, str], corrected: Corrections) -> str:
    """Return the hash of what the mentions of a partition depend on; of what was learned, what may stand in it."""
    texts = workspace.read_part("answers", index, ["text", "state"])
    texts = texts.filter(pc.equal(texts["state"], "pending"))["text"]
    whole = "\n".join(texts.to_pylist())
    dotless = whole.replace(".", "")
    known = sorted((short, name) for short, name in learned.items() if short in dotless)
    taught = sorted(corrected.nothing), corrected.may_stand_in(fold(whole)) if corrected.names else []
    columns = {
        "answers": ("answer_id", "contribution_id", "text", "state"),
        "segments": ("segment_id", "answer_id", "start", "end"),
        "contributions": ("contribution_id", "author_type", "title"),
    }
    rejected = sorted(poison.rejected_by(workspace, index, ("tokenise",)))
    return content_of(workspace, index, columns, known, taught, rejected)


def corrected_names(workspace: Workspace, *, check: bool = True) -> Path | None:
    """Return the file of what people taught of names, as the last retrain gathered it; None where there is none.

    Raises
    ------
    DoleancesError
        E448 when it is not there as it was; without `check` it is None then.
    """
    record = workspace.manifest.get(CORRECTED)
    if record is None:
        return None
    path = workspace.path / str(record["path"])
    if path.is_file() and sha256_of(path) == record["sha256"]:
        return path
    if check:
        raise errors.usage("E448", path=path)
    return None


def _trained(workspace: Workspace, config: Config) -> Path | None:
    """Return the folder of the recogniser that is configured, once it is known to be whole."""
    if config.entities.recogniser is None:
        return None
    folder = catalogue.locate(config.entities.recogniser, workspace.path)
    bundles.read_manifest(folder, KIND)
    return folder


def _partition(
    path: str,
    register: str | None,
    spelt_out: Mapping[str, str],
    trained: Path | None,
    names: Path | None,
    index: int,
) -> executor.Amount:
    workspace = Workspace(path)
    answers = _answers(workspace, index, ["answer_id", "contribution_id", "text", "state"])
    segments = workspace.read_part("segments", index, ["segment_id", "answer_id", "start", "end"])
    contributions = workspace.read_part("contributions", index, ["contribution_id", "author_type", "title"])
    known = (register, spelt_out, trained, _read_once(names, None if names is None else sha256_of(names)))
    mentions, failures = find_mentions(answers, segments, contributions, *known)
    poison.write_rejected(workspace, STAGE.name, index, failures)
    workspace.write_part("mentions", index, mentions)
    return executor.Amount(pc.sum(pc.equal(answers["state"], "pending")).as_py() or 0, "answers")


@lru_cache(maxsize=2)
def _read_once(names: Path | None, _sum: str | None) -> Corrections:
    return read_corrections(names)


def _answers(workspace: Workspace, index: int, columns: list[str]) -> pa.Table:
    answers = workspace.read_part("answers", index, columns)
    return poison.without_rejected(workspace, index, answers, before=STAGE.name)
