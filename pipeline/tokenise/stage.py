"""The tokenise stage: one partition of answers in, one partition of segments out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from typing import Final

import pyarrow as pa

from pipeline import executor, language, tables
from pipeline.config import Config
from pipeline.stage import Stage, Summary, stage_run
from pipeline.tokenise.detection import language_of
from pipeline.tokenise.segmentation import Segment, segments_of
from pipeline.workspace import Workspace

STAGE: Final = Stage("tokenise", reads=("ingest",), writes=("segments",))

BATCH_SIZE: Final = 256  # texts a batch: the fastest of 32, 256 and 1000


def run(
    workspace: Workspace, config: Config, *, force: bool = False, progress: executor.Progress | None = None
) -> Summary:
    """Cut every open answer into segments and write the table `segments`, a partition for each of `answers`."""
    with stage_run(
        STAGE, workspace, {"versions": language.versions() | {"py3langid": version("py3langid")}}, force=force
    ) as stage:
        if not stage.skipped:
            todo = [i for i in range(len(workspace.parts("answers"))) if not stage.partition_done(i)]
            for _ in executor.map_items(partial(_partition, str(workspace.path)), todo, config.execution, progress):
                pass
            stage.summary.counts = {"segments": workspace.count("segments")}
    return stage.summary


def _partition(path: str, index: int) -> None:
    workspace = Workspace(path)
    answers = workspace.read_part("answers", index, ["answer_id", "text", "state"])
    workspace.write_part("segments", index, tokenise(answers))


def tokenise(answers: pa.Table) -> pa.Table:
    """Return the segments of the answers whose state is pending.

    Parameters
    ----------
    answers : pyarrow.Table
        Rows of the table `answers`; the columns answer_id, text and state are read.

    Returns
    -------
    pyarrow.Table
        Rows of the table `segments`, in the order of the answers.
    """
    pending = answers.filter(pa.compute.equal(answers["state"], "pending"))
    texts: list[str] = pending["text"].to_pylist()
    distinct = list(dict.fromkeys(texts))
    analysed = dict(zip(distinct, segment_texts(distinct), strict=True))
    languages = {text: language_of(text) for text in distinct}
    columns: dict[str, list[object]] = {name: [] for name in tables.SCHEMAS["segments"].names}
    for answer_id, text in zip(pending["answer_id"].to_pylist(), texts, strict=True):
        for number, segment in enumerate(analysed[text]):
            columns["segment_id"].append(f"s{answer_id[1:]}-{number}")
            columns["answer_id"].append(answer_id)
            columns["start"].append(segment.start)
            columns["end"].append(segment.end)
            columns["tokens"].append(segment.tokens)
            columns["language"].append(languages[text])
    return pa.table(columns, schema=tables.SCHEMAS["segments"])


def segment_texts(texts: list[str]) -> Iterator[list[Segment]]:
    """Yield the segments of each text; offsets count characters of that text."""
    nlp = language.analyser()
    cut = [(number, offset, piece) for number, text in enumerate(texts) for offset, piece in language.pieces(text)]
    with nlp.memory_zone():
        documents = nlp.pipe((language.plain(piece) for _, _, piece in cut), batch_size=BATCH_SIZE)
        current, segments = 0, list[Segment]()
        for (number, offset, piece), document in zip(cut, documents, strict=True):
            while current < number:
                yield segments
                current, segments = current + 1, []
            segments.extend(segments_of(document, piece, offset))
        if texts:
            yield segments
