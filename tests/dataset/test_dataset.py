"""The dataset stage on a small workspace: columns, quotes, themes, resume, and the same bytes every time."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import dataset, executor, ledger
from pipeline.config import Config
from pipeline.dataset.labelling import themes_of
from pipeline.dataset.schemas import FILES
from pipeline.dataset.writers import ROW_GROUP, write_streaming
from pipeline.workspace import Workspace
from tests.campaigns import campaign
from tests.workspaces import HOSTILE, Builder, small

CONFIG = Config().with_values("execution", workers=1)
CONTRACT = [
    *("contribution_id", "question_id", "question", "text", "state", "topic_id", "topic_label", "topics"),
    *("organisations", "departement", "author_type", "published_at"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = small(tmp_path_factory.mktemp("small"))
    dataset.run(workspace, CONFIG)
    return workspace


def rows(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    return pq.read_table(workspace.path / "dataset" / f"{name}.parquet").to_pylist()


def sums(workspace: Workspace) -> dict[str, str]:
    return {
        path.relative_to(workspace.path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("dataset", "tables/outcomes")
        for path in sorted((workspace.path / folder).iterdir())
    }


def test_answers_hold_the_columns_of_the_contract_and_every_row_in_order(made: Workspace) -> None:
    table = pq.read_table(made.path / "dataset" / "answers.parquet")
    assert table.column_names[1 : 1 + len(CONTRACT)] == CONTRACT
    assert table["answer_id"].to_pylist() == made.read("answers")["answer_id"].to_pylist()
    assert table["state"].to_pylist() == made.read("outcomes")["state"].to_pylist()
    for name, schema in FILES.items():
        columns = pq.read_schema(made.path / "dataset" / f"{name}.parquet")
        assert [(c.name, c.nullable) for c in columns] == [(c.name, c.nullable) for c in schema]
    assert {path.stem for path in (made.path / "dataset").glob("*.parquet")} == set(FILES)


def test_conditions_regions_and_copies_come_after_the_other_columns(tmp_path: Path) -> None:
    workspace = campaign(tmp_path)
    dataset.run(workspace, CONFIG)
    names = pq.read_schema(workspace.path / "dataset" / "answers.parquet").names
    assert names[-6:] == ["weight", "routed", "region", "copy_group_id", "theme_id", "theme_label"]
    answers = [row for row in rows(workspace, "answers") if row["question_id"] == "q-2"]
    assert [row["routed"] for row in answers] == [True] * 5 + [False, None, True, False, False]
    assert [row["copy_group_id"] for row in answers] == ["g-0000000000000001-2"] * 4 + [None] * 6
    assert {row["region"] for row in answers} == {"Auvergne-Rhône-Alpes"}
    assert rows(workspace, "copy_groups") == workspace.read("copy_groups").to_pylist()
    card = (workspace.path / "dataset" / "README.md").read_text("utf-8")
    for told in (
        "`copy_groups.parquet`",
        "`routed` dit",
        "- contributions reçues une fois de plus, comptées une seule fois\u00a0: 102",
        "- réponses à une question qui n’était pas posée\u00a0: 2",
        "- textes coordonnés\u00a0: 1",
    ):
        assert told in card


def test_an_older_workspace_has_a_file_of_copies_without_rows(made: Workspace) -> None:
    assert not made.parts("copy_groups")
    assert rows(made, "copy_groups") == []
    assert "textes coordonnés\u00a0:" not in (made.path / "dataset" / "README.md").read_text("utf-8")


def test_every_quote_is_an_exact_substring_of_the_text_of_its_layer(made: Workspace) -> None:
    texts = {row["answer_id"]: row["text"] for row in rows(made, "answers")}
    for segment in rows(made, "segments"):
        assert texts[segment["answer_id"]][segment["start"] : segment["end"]] == segment["text"] != ""
    for mention in rows(made, "mentions"):
        assert texts[mention["answer_id"]][mention["start"] : mention["end"]] == mention["surface"] != ""


def test_nothing_private_leaves_the_tables(made: Workspace) -> None:
    for path in (made.path / "dataset").iterdir():
        content = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text("utf-8")
        for private in ("Jeanne", "Martin", "jeanne.martin", "06 12 34", str(made.path)):
            assert private not in content, path.name


def test_a_mention_of_a_private_person_stays_as_a_row_under_its_mask(made: Workspace) -> None:
    surfaces = [mention["surface"] for mention in rows(made, "mentions") if mention["label"] == "PER"]
    assert surfaces == ["[nom]", "[nom]", "Emmanuel Macron"]


def test_hostile_text_and_public_words_go_through_unchanged(made: Workspace) -> None:
    assert HOSTILE in [row["text"] for row in rows(made, "answers")]


def test_without_masking_texts_are_those_of_the_tables(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    dataset.run(workspace, CONFIG.with_values("privacy", mask=False))
    assert [row["text"] for row in rows(workspace, "answers")] == workspace.read("answers")["text"].to_pylist()
    assert "ne sont pas masquées" in (workspace.path / "dataset" / "README.md").read_text("utf-8")


def test_moderated_and_unreadable_texts_are_withheld_and_the_card_says_so(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    form = build.contribution(1, trashed=True)
    build.answer(form, "q-1", "Bertholin est un voleur, il habite ici.", "trashed")
    build.answer(build.contribution(2, trashed=True), "q-1", None, "trashed")
    build.answer(build.contribution(3), "q-1", "\ufffd\ufffd Bertholin", "rejected")
    workspace = build.write()
    dataset.run(workspace, CONFIG)
    assert [row["text"] for row in rows(workspace, "answers")] == ["[texte modéré]", None, "[texte illisible]"]
    card = (workspace.path / "dataset" / "README.md").read_text("utf-8")
    assert "`[texte modéré]` ou `[texte illisible]`" in card


def test_a_duplicate_is_masked_as_what_it_copies_and_by_first_names_where_it_differs(tmp_path: Path) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    build.question(2, "Et encore ?")
    text = "Selon monsieur bertholin, tout ferme."  # nothing but the recogniser can tell that name
    first = build.answer(build.contribution(1), "q-1", text, cuts=[25])
    build.mention(first, "bertholin", "PER")
    build.new_partition()
    build.answer(build.contribution(2), "q-1", text, "duplicate", duplicate_of=first)
    build.answer(build.contribution(3), "q-1", "Jean Bertholin, tout ferme.", "duplicate", duplicate_of=first)
    build.answer(build.contribution(4), "q-1", "Jean Bertholin", "duplicate", duplicate_of="a-of-nothing")
    workspace = build.write()
    dataset.run(workspace, CONFIG)
    assert [row["text"] for row in rows(workspace, "answers")] == [
        "Selon monsieur [nom], tout ferme.",
        "Selon monsieur [nom], tout ferme.",
        "[nom], tout ferme.",
        "[nom]",
    ]


def test_themes_count_their_segments_in_the_dataset_and_unused_ones_of_a_shipped_model_are_left_out(
    tmp_path: Path,
) -> None:
    build = Builder(tmp_path)
    build.question(1, "Quoi ?")
    for topic_id, model in (("t-a", "shipped/1"), ("t-b", "shipped/1"), ("t-own", "local/x")):
        build.topic(topic_id, topic_id, "q-1", model, n_segments=7)
    build.topic("t-parent", "Parent", "q-1", "shipped/1")
    build.topic("t-child", "Enfant", "q-1", "shipped/1", parent_id="t-parent")
    build.answer(build.contribution(1), "q-1", "Des trains. Des gares.", cuts=[11], themes=["t-a", "t-a"])
    build.answer(build.contribution(2), "q-1", "RAS", themes=["t-b"])
    build.new_partition()
    build.answer(build.contribution(3), "q-1", "Encore des trains", themes=["t-a"])
    build.answer(build.contribution(4), "q-1", "Des cars aussi", themes=["t-child"])
    workspace = build.write()
    dataset.run(workspace, CONFIG)
    told = {row["topic_id"]: row["n_segments"] for row in rows(workspace, "topics")}
    assert told == {"t-a": 3, "t-own": 0, "t-parent": 1, "t-child": 1}


def test_themes_are_best_first_and_the_main_theme_is_what_most_of_the_answer_is_about(made: Workspace) -> None:
    answer = rows(made, "answers")[1]
    assert [theme["topic_id"] for theme in answer["topics"]] == ["t-health", "t-post"]
    assert [theme["label"] for theme in answer["topics"]] == ["Médecins", "Poste et transports"]
    assert [round(theme["score"], 4) for theme in answer["topics"]] == [0.9, 0.6]
    assert (answer["topic_id"], answer["topic_label"]) == ("t-post", "Poste et transports")


@pytest.mark.parametrize(
    ("segments", "themes", "main"),
    [
        ([("t-a", 0.5, 10), ("t-a", 0.7, 10), ("t-b", 0.9, 15)], ["t-b", "t-a"], "t-a"),
        ([("t-b", 0.5, 10), ("t-a", 0.5, 10)], ["t-a", "t-b"], "t-a"),
        ([("t-b", 0.6, 10), ("t-a", 0.5, 10)], ["t-b", "t-a"], "t-b"),
        ([("t-a", 0.9, 12), ("t-x1", 0.5, 10), ("t-x2", 0.6, 11)], ["t-a", "t-x2", "t-x1"], "t-x2"),
        ([("t-x1", 0.5, 10), ("t-x2", 0.6, 10), ("t-a", 0.9, 20)], ["t-a", "t-x2", "t-x1"], "t-a"),
        ([(None, None, 10)], [], None),
        ([], [], None),
    ],
)
def test_the_longest_theme_then_its_longest_sub_theme_is_the_main_one_and_ties_go_to_score_then_id(
    segments: list[tuple[str | None, float | None, int]], themes: list[str], main: str | None
) -> None:
    theme_of = {"t-a": "t-a", "t-b": "t-b", "t-x1": "t-x", "t-x2": "t-x"}
    found = themes_of(({"topic_id": t, "score": s, "start": 0, "end": n} for t, s, n in segments), theme_of)
    assert [theme["topic_id"] for theme in found[0]] == themes
    assert found[1] == main


def test_an_answer_that_says_nothing_keeps_no_theme(made: Workspace) -> None:
    answer = rows(made, "answers")[2]
    assert (answer["state"], answer["topics"], answer["topic_id"]) == ("uninformative", [], None)
    assert all(s["topic_id"] is None for s in rows(made, "segments") if s["answer_id"] == answer["answer_id"])


def test_organisations_of_an_answer_are_named_once(made: Workspace) -> None:
    named = {row["answer_id"]: row["organisations"] for row in rows(made, "answers")}
    assert named["a-0000000000000001-2"] == [{"organisation_id": "o-caf", "name": "Caisse d'allocations familiales"}]
    assert named["a-0000000000000004-3"] == [{"organisation_id": "o-x0123456789ab", "name": "Les Amis du Lot"}]


def test_the_summary_and_the_card_reconcile_with_the_ledger(made: Workspace) -> None:
    covered = ledger.coverage(made)
    counts = made.manifest["stages"]["dataset"]["summary"]["counts"]
    assert covered.settled
    assert counts.pop("received") == covered.received == sum(counts.values())
    card = (made.path / "dataset" / "README.md").read_text("utf-8")
    assert f"| **reçues** | **{covered.received}** |" in card
    assert "0" * 64 in card


def test_a_second_run_does_nothing(made: Workspace) -> None:
    before = sums(made)
    assert dataset.run(made, CONFIG).skipped
    assert sums(made) == before


def test_workers_and_repetition_give_the_same_bytes(tmp_path: Path, made: Workspace) -> None:
    other = small(tmp_path)
    dataset.run(other, CONFIG.with_values("execution", workers=2))
    assert sums(other) == sums(made)
    dataset.run(other, CONFIG, force=True)
    assert sums(other) == sums(made)


def test_a_killed_run_goes_on_from_the_last_whole_partition(
    tmp_path: Path, made: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = small(tmp_path)
    everything = executor.map_items
    with monkeypatch.context() as patch:
        patch.setattr(executor, "map_items", lambda task, items, *rest: _die_after_one(everything, task, items, *rest))
        with pytest.raises(KeyboardInterrupt):
            dataset.run(workspace, CONFIG)
    assert not (workspace.path / "dataset").exists()
    asked: list[int] = []

    def note(task: Any, items: Any, *rest: Any) -> Any:
        asked.extend(items)
        return everything(task, items, *rest)

    monkeypatch.setattr(executor, "map_items", note)
    dataset.run(Workspace(workspace.path), CONFIG)
    assert asked == [1]
    assert sums(workspace) == sums(made)
    assert not (workspace.path / "staging" / "dataset").exists()


@pytest.mark.parametrize("lost", ["segments", "mentions", "outcomes"])
def test_a_partition_is_whole_only_with_all_its_files(
    tmp_path: Path, made: Workspace, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    workspace = small(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(dataset.stage, "write_streaming", _die_on_answers(dataset.stage.write_streaming))
        with pytest.raises(KeyboardInterrupt):
            dataset.run(workspace, CONFIG)
    folder = workspace.path / ("tables" if lost == "outcomes" else "staging/dataset") / lost
    shutil.rmtree(folder)
    dataset.run(Workspace(workspace.path), CONFIG)
    assert sums(workspace) == sums(made)


def _die_on_answers(write: Any) -> Any:
    def dying(parts: Any, schema: pa.Schema, path: Path, root: Path) -> int:
        if path.name == "answers.parquet":
            raise KeyboardInterrupt
        return int(write(parts, schema, path, root))

    return dying


def _die_after_one(everything: Any, task: Any, items: Any, *rest: Any) -> Any:
    yield next(iter(everything(task, items, *rest)))
    raise KeyboardInterrupt


def test_a_file_does_not_depend_on_how_its_rows_were_cut(tmp_path: Path) -> None:
    schema = pa.schema([pa.field("n", pa.int64())])
    whole = pa.table({"n": range(ROW_GROUP * 2 + 7)}, schema=schema)
    for name, size in (("a", ROW_GROUP * 3), ("b", 1000), ("c", ROW_GROUP + 1)):
        parts = (whole.slice(start, size) for start in range(0, whole.num_rows, size))
        assert write_streaming(parts, schema, tmp_path / f"{name}.parquet", tmp_path) == whole.num_rows
    first = (tmp_path / "a.parquet").read_bytes()
    assert (tmp_path / "b.parquet").read_bytes() == (tmp_path / "c.parquet").read_bytes() == first
    assert write_streaming(iter(()), schema, tmp_path / "none.parquet", tmp_path) == 0
    assert pq.read_table(tmp_path / "none.parquet").schema == schema
