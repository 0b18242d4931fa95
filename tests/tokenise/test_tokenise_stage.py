"""The stage: a partition of answers in, a partition of segments out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline import tokenise as room
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.tokenise.stage import tokenise
from pipeline.workspace import Workspace
from tests.workspaces import mark_done


def answers(*cells: tuple[str, str]) -> pa.Table:
    rows = [
        {"answer_id": f"a-{number}", "contribution_id": "c-1", "question_id": "q-1", "text": text, "state": state}
        for number, (text, state) in enumerate(cells)
    ]
    return tables.from_rows("answers", rows)


def by_answer(segments: pa.Table) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in segments.to_pylist():
        found.setdefault(row["answer_id"], []).append({k: v for k, v in row.items() if not k.endswith("_id")})
    return found


def test_only_answers_that_are_pending_are_cut() -> None:
    cells = [("Une phrase.", state) for state in tables.INGEST_STATES]
    found = by_answer(tokenise(answers(*cells)))
    assert list(found) == [f"a-{tables.INGEST_STATES.index('pending')}"]


def test_segments_keep_the_order_of_the_answers_and_have_ids_of_their_own() -> None:
    table = tokenise(
        answers(
            ("Une phrase. Deux phrases ici, ou bien trois.", "pending"),
            ("x", "closed"),
            ("La gare\nLa poste", "pending"),
        )
    )
    assert table.schema.equals(tables.SCHEMAS["segments"])
    ids = table["segment_id"].to_pylist()
    assert len(set(ids)) == len(ids) == 4
    assert table["answer_id"].to_pylist() == ["a-0", "a-0", "a-2", "a-2"]


def test_a_text_that_stands_there_twice_gets_the_same_segments_twice() -> None:
    text = "Plus de trains. Moins de voitures."
    found = by_answer(tokenise(answers((text, "pending"), ("Autre chose", "pending"), (text, "pending"))))
    assert found["a-0"] == found["a-2"]


TEXTS = st.lists(st.sampled_from(["Une phrase. Deux.", "RAS", "1. a\n2. b", "😀 e\u0301", "L’État", "  "]), max_size=6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS)
def test_answers_cut_together_give_what_each_gives_alone(texts: list[str]) -> None:
    together = by_answer(tokenise(answers(*((text, "pending") for text in texts))))
    for number, text in enumerate(texts):
        alone = by_answer(tokenise(answers((text, "pending"))))
        assert together.get(f"a-{number}") == alone.get("a-0")


def test_a_partition_without_an_open_answer_gives_an_empty_one() -> None:
    assert tokenise(answers(("", "empty"))).num_rows == 0
    assert tokenise(tables.empty("answers")).schema.equals(tables.SCHEMAS["segments"])


@pytest.fixture
def ingested(tmp_path: Path) -> Path:
    workspace = Workspace(tmp_path)
    for index in range(3):
        cells = [(f"Réponse {index}.{number}. Elle a deux phrases à cet endroit.", "pending") for number in range(4)]
        workspace.write_part("answers", index, answers(*cells))
    mark_done(workspace)
    del workspace.manifest["stages"]["tokenise"]
    workspace.save_manifest()
    return tmp_path


def test_the_stage_writes_a_partition_for_each_of_answers_and_then_does_nothing(ingested: Path) -> None:
    first = room.run(Workspace(ingested), Config().with_values("execution", workers=1))
    assert not first.skipped and first.counts["segments"] == Workspace(ingested).count("segments") > 12
    assert len(Workspace(ingested).parts("segments")) == 3
    assert room.run(Workspace(ingested), Config().with_values("execution", workers=2)).skipped


def test_a_missing_partition_is_made_again_with_the_same_bytes(ingested: Path) -> None:
    config = Config().with_values("execution", workers=1)
    room.run(Workspace(ingested), config)
    before = [path.read_bytes() for path in Workspace(ingested).parts("segments")]
    Workspace(ingested).part_path("segments", 1).unlink()
    assert not room.run(Workspace(ingested), config).skipped
    assert [path.read_bytes() for path in Workspace(ingested).parts("segments")] == before


def test_the_stage_needs_ingest(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E202"):
        room.run(Workspace(tmp_path), Config())
