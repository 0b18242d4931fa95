"""Texts on which an analysis raises: found, left out, and told, so that they stop nothing else.

A stage that reads texts calls `analyse_each`, then `write_rejected` before it writes its own partition, and gives
`problems` to its summary. The dataset stage gives those answers the state ``rejected``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import errors, lease, storage, tables
from pipeline.workspace import Workspace, write_parquet

Result = TypeVar("Result")

READERS: Final = ("tokenise", "entities")
"""The stages that may find a text which they cannot analyse."""

_HARMLESS: Final = "Il faut plus de trains."
_NOT_OF_THE_TEXT: Final = (MemoryError, OSError, ImportError, errors.DoleancesError)
"""What says nothing against a text: the same one may pass when the run goes on."""
_LONGEST: Final = 200


def analyse_each(
    function: Callable[[list[str]], Iterable[Result]], texts: Sequence[str]
) -> tuple[list[Result | None], dict[int, str]]:
    """Apply `function` to texts, all at once where none of them makes it raise.

    Parameters
    ----------
    function : callable
        Takes texts and gives one result a text, in order; a text's result depends on that text alone.
    texts : sequence of str
        What it is applied to.

    Returns
    -------
    results : list
        One for each text, in order; None where the function fails on the text.
    failures : dict
        Why, in a few words, by the place of the text.

    Raises
    ------
    Exception
        As `analyse_blocks`.
    """
    blocks, failures = analyse_blocks(lambda block: list(function(block)), texts)
    results: list[Result | None] = [None] * len(texts)
    for block, found in blocks:
        for place, result in zip(block, found, strict=True):
            results[place] = result
    return results, failures


def analyse_blocks(
    function: Callable[[list[str]], Result], texts: Sequence[str]
) -> tuple[list[tuple[range, Result]], dict[int, str]]:
    """Apply `function` to all texts at once, and where it raises to halves of them, until what it fails on is alone.

    Parameters
    ----------
    function : callable
        Takes texts, at least one, and gives one result for all of them, for example a table.
    texts : sequence of str
        What it is applied to.

    Returns
    -------
    blocks : list of (range, result)
        Places of texts that the function took together, and what it gave, in order; one block when it never raised.
    failures : dict
        Why it fails on a text, in a few words, by the place of the text.

    Raises
    ------
    Exception
        What `function` raises on a harmless text too, and what is no fault of a text: no memory, a file that is gone.
    """
    blocks: list[tuple[range, Result]] = []
    failures: dict[int, str] = {}
    waiting = [range(len(texts))] if texts else []
    while waiting:
        block = waiting.pop()
        try:
            blocks.append((block, function(list(texts[block.start : block.stop]))))
        except _NOT_OF_THE_TEXT:
            raise
        except Exception as error:
            if len(block) == len(texts):
                function([_HARMLESS])  # an analyser that fails on anything must not reject everything
            if len(block) == 1:
                failures[block.start] = errors.one_line(f"{type(error).__name__}: {error}", _LONGEST)
            else:
                half = len(block) // 2
                waiting += [block[half:], block[:half]]  # the first half is taken first
    return blocks, failures


def write_rejected(workspace: Workspace, stage: str, index: int, reasons: Mapping[str, str]) -> None:
    """Write the answers of a partition that a stage could not analyse into its own part of the table `rejected`.

    Parameters
    ----------
    stage : str
        Its name.
    index : int
        The partition.
    reasons : mapping
        Why, by answer_id. There is no part when there are none.
    """
    path = workspace.rejected_path(stage, index)
    if not reasons:
        lease.remove(path)
        return
    forms = workspace.read_part("contributions", index, ["contribution_id", "source_file", "source_row"])
    # What the id of an answer has between its letter and that of its question is the key of its contribution.
    places = {row["contribution_id"][2:]: (row["source_file"], row["source_row"]) for row in forms.to_pylist()}
    rows: list[dict[str, object]] = []
    for answer_id, reason in reasons.items():
        file, row = places[answer_id[2:18]]
        told = errors.problem("E140", path=file, row=row, answer=answer_id, stage=stage, detail=reason)
        rows.append({"rejected_id": f"r{answer_id[1:]}-{stage}", "file": file, "reason": str(told)})
    write_parquet(tables.from_rows("rejected", rows), path, workspace.path)


def rejected_by(workspace: Workspace, index: int, stages: Sequence[str] = READERS) -> dict[str, str]:
    """Return which of `stages` could not analyse an answer of a partition, by answer_id."""
    found = {}
    for stage in reversed(stages):  # of two, the first stays
        path = workspace.rejected_path(stage, index)
        if path.is_file():
            ids = storage.read_table(path, columns=["rejected_id"], partitioning=None)["rejected_id"].to_pylist()
            found.update({f"a{rejected_id[1:].removesuffix(f'-{stage}')}": stage for rejected_id in ids})
    return found


def without_rejected(workspace: Workspace, index: int, rows: pa.Table, before: str | None = None) -> pa.Table:
    """Return the rows, which have an answer_id, of the answers of a partition that no stage has failed on.

    A stage that reads texts asks for the stages `before` it: what it said itself, in a run that was killed before the
    partition was whole, is to be said again.
    """
    failed = rejected_by(workspace, index, READERS if before is None else READERS[: READERS.index(before)])
    if not failed:
        return rows
    return rows.filter(pc.invert(pc.is_in(rows["answer_id"], pa.array(sorted(failed), pa.string()))))


def problems(workspace: Workspace, stage: str) -> list[str]:
    """Return what a stage could not analyse, a line each, for its summary; parts of an earlier run count too."""
    found: list[str] = []
    for path in workspace.rejected_parts(stage):
        found += storage.read_table(path, columns=["reason"], partitioning=None)["reason"].to_pylist()
    return found
