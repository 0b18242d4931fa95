"""The same form in two files counts once; a later export adds only what is new, and says so."""

import pytest
from ingest_inputs import METADATA, answers, csv_text, headers, organisation_csv, questionnaire, rows, run, table_bytes

from pipeline import ingest, ledger
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.workspace import Workspace

WIDTH = len(questionnaire().questions)


def export(tmp_path, name, said, **about):
    """Write an official CSV with a row for each (reference, first answer, other metadata)."""
    people = [{"reference": reference, "authorId": f"author-{reference}"} | about for reference, _ in said]
    cells = [[text, *[""] * (WIDTH - 1)] for _, text in said]
    path = tmp_path / f"{name}.csv"
    path.write_text(csv_text(headers(questionnaire().questions), cells, people=people), encoding="utf-8")
    return path


def said(tmp_path):
    return [answer["text"] for answer in answers(tmp_path) if answer["question_id"] == "q-169"]


def of_file(tmp_path, name):
    return next(row for row in rows(tmp_path, "files") if row["source_file"] == name)


def test_the_same_file_under_another_name_adds_nothing_and_is_said(tmp_path):
    one = export(tmp_path, "one", [("4-1", "un"), ("4-2", "deux")])
    copy = tmp_path / "copy.csv"
    copy.write_bytes(one.read_bytes())
    summary = run(tmp_path, one, copy)
    assert said(tmp_path) == ["un", "deux"]
    assert summary.counts["already_received_contributions"] == 2
    assert summary.counts["already_received"] == 2 * WIDTH
    assert any(note.startswith("N109") for note in summary.notes)
    again = of_file(tmp_path, "copy.csv")
    assert (again["contributions"], again["already_received"]) == (0, 2 * WIDTH)


def test_a_later_export_adds_only_what_is_new_and_the_states_still_reconcile(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un"), ("4-2", "deux")])
    later = export(tmp_path, "2", [("4-1", "un"), ("4-2", "deux"), ("4-3", "trois")])
    run(tmp_path, one, later)
    assert said(tmp_path) == ["un", "deux", "trois"]
    assert [row["source_file"] for row in rows(tmp_path, "contributions")] == ["1.csv", "1.csv", "2.csv"]
    covered = ledger.coverage(Workspace(tmp_path / "workspace"))
    assert covered.received == sum(covered.states.values()) == 3 * WIDTH
    assert of_file(tmp_path, "2.csv")["already_received"] == 2 * WIDTH


def test_ids_are_those_of_the_later_export_alone(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un")])
    later = export(tmp_path, "2", [("4-1", "un"), ("4-3", "trois")])
    run(tmp_path, one, later)
    run(tmp_path, later, name="alone")
    found = [
        {row["contribution_id"] for row in rows(tmp_path, "contributions", name)} for name in ("workspace", "alone")
    ]
    assert found[0] == found[1]


def test_a_known_reference_with_other_words_replaces_the_earlier_which_is_kept(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un"), ("4-2", "deux")])
    later = export(tmp_path, "2", [("4-2", "deux, corrigé"), ("4-3", "trois")])
    summary = run(tmp_path, one, later)
    assert said(tmp_path) == ["un", "deux, corrigé", "trois"]
    assert summary.counts["superseded_contributions"] == 1 and any(note.startswith("N110") for note in summary.notes)
    (old,) = rows(tmp_path, "superseded")
    assert (old["source_file"], old["source_row"]) == ("1.csv", 2)
    assert (old["superseded_by_file"], old["superseded_by_row"]) == ("2.csv", 1)
    assert old["contribution_id"] in {row["contribution_id"] for row in rows(tmp_path, "contributions")}
    assert {answer["question_id"]: answer["text"] for answer in old["answers"]}["q-169"] == "deux"
    assert len(old["answers"]) == WIDTH
    assert of_file(tmp_path, "2.csv")["superseded_contributions"] == 1


def test_a_form_that_was_moderated_since_is_replaced_by_its_trashed_self(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un")])
    later = export(tmp_path, "2", [("4-1", "un")], trashed="true")
    run(tmp_path, one, later)
    assert {answer["state"] for answer in answers(tmp_path)} == {"trashed"}


def test_the_last_of_three_versions_stands(tmp_path):
    files = [export(tmp_path, str(number), [("4-1", text)]) for number, text in enumerate(("un", "deux", "un"))]
    run(tmp_path, *files)
    assert said(tmp_path) == ["un"]
    assert [row["superseded_by_file"] for row in rows(tmp_path, "superseded")] == ["1.csv", "2.csv"]


def test_without_references_content_and_occurrence_decide_across_files(tmp_path):
    blank = {"reference": "", "id": ""}
    one = export(tmp_path, "1", [("", "pareil"), ("", "pareil")], **blank)
    later = export(tmp_path, "2", [("", "pareil"), ("", "pareil"), ("", "pareil"), ("", "autre")], **blank)
    summary = run(tmp_path, one, later)
    assert said(tmp_path) == ["pareil", "pareil", "pareil", "autre"]
    assert summary.counts["already_received_contributions"] == 2


def test_a_question_more_in_the_later_export_does_not_make_old_forms_new(tmp_path):
    names = headers(questionnaire().questions)
    for name, more in (("1", []), ("2", ["Q9999 - Une question de plus ?"])):
        rows_ = [["un", *[""] * (WIDTH - 1 + len(more))]]
        (tmp_path / f"{name}.csv").write_text(csv_text([*names, *more], rows_), encoding="utf-8")
    summary = run(tmp_path, tmp_path / "1.csv", tmp_path / "2.csv")
    assert summary.counts["already_received_contributions"] == 1 and summary.counts["contributions"] == 1


@pytest.mark.parametrize(("agreeing", "kept"), [(0, 8), (3, 5)])
def test_bare_numbers_counted_anew_in_each_file_are_different_forms(tmp_path, agreeing, kept):
    first = [(str(number), f"Lyon {number}") for number in range(4)]
    second = [(ref, text if int(ref) < agreeing else f"Paris {ref}") for ref, text in first]
    files = [
        export(tmp_path, name, found, authorId="", publishedAt="") for name, found in (("a", first), ("b", second))
    ]
    summary = run(tmp_path, *files)
    assert summary.counts["contributions"] == (kept if not agreeing else 4)
    assert any(note.startswith("N111") for note in summary.notes) == (not agreeing)
    if agreeing:
        assert said(tmp_path)[-1] == "Paris 3" and len(rows(tmp_path, "superseded")) == 1


def test_a_replaced_form_leaves_no_trace_among_copies(tmp_path):
    one = export(tmp_path, "1", [("4-1", "le même texte"), ("4-2", "le même texte")])
    later = export(tmp_path, "2", [("4-1", "autre chose")])
    run(tmp_path, one, later)
    assert all(answer["duplicate_of"] is None and answer["copy_group_id"] is None for answer in answers(tmp_path))


def test_many_small_files_with_a_few_known_forms_fill_partitions_without_holes(tmp_path):
    first = [(f"4-{number}", f"idée {number}") for number in range(10)]
    one = export(tmp_path, "1", first)
    later = export(tmp_path, "2", [*first[3:], *((f"4-{number}", f"idée {number}") for number in range(20, 25))])
    run(tmp_path, one, later, partition_size=4)
    workspace = Workspace(tmp_path / "workspace")
    sizes = [workspace.read_part("contributions", index).num_rows for index in range(len(workspace.parts("answers")))]
    assert sizes == [4, 4, 4, 3]
    assert said(tmp_path) == [f"idée {number}" for number in (*range(10), *range(20, 25))]


def test_the_official_layout_is_what_these_files_are(tmp_path):
    run(tmp_path, export(tmp_path, "1", [("4-1", "un")]))
    assert of_file(tmp_path, "1.csv")["layout"] == "official CSV" and METADATA[1] == "reference"
    assert organisation_csv([]).startswith("id,reference")


def joining(tmp_path, *paths):
    return ingest.run(Workspace(tmp_path / "workspace"), Config(), paths, add=True)


def test_files_that_join_give_the_bytes_of_all_of_them_given_at_once(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un"), ("4-2", "deux")])
    later = export(tmp_path, "2", [("4-2", "deux"), ("4-3", "trois")])
    run(tmp_path, one)
    summary = joining(tmp_path, later)
    run(tmp_path, one, later, name="at_once")
    assert table_bytes(tmp_path) == table_bytes(tmp_path, "at_once")
    assert summary.counts["already_received_contributions"] == 1 and said(tmp_path) == ["un", "deux", "trois"]
    assert joining(tmp_path, later).skipped


def test_files_that_take_the_place_of_others_are_said_to(tmp_path):
    one, other = export(tmp_path, "1", [("4-1", "un")]), export(tmp_path, "2", [("4-2", "deux")])
    run(tmp_path, one)
    summary = run(tmp_path, other)
    assert said(tmp_path) == ["deux"]
    assert any(note.startswith("N115") and "1.csv" in note and "--add" in note for note in summary.notes)


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text("id,reference\n")])
def test_a_file_that_is_gone_or_changed_cannot_be_joined_and_nothing_is_lost(tmp_path, change):
    one, other = export(tmp_path, "1", [("4-1", "un")]), export(tmp_path, "2", [("4-2", "deux")])
    run(tmp_path, one)
    change(one)
    with pytest.raises(DoleancesError, match="E114"):
        joining(tmp_path, other)
    assert said(tmp_path) == ["un"]


def test_one_form_without_a_reference_does_not_make_the_others_of_its_file_look_changed(tmp_path):
    one = export(tmp_path, "1", [("4-1", "un"), ("4-2", "deux")])
    later = export(tmp_path, "2", [("4-1", "un"), ("4-2", "deux"), ("", "trois")], id="")
    summary = run(tmp_path, one, later)
    assert summary.counts["already_received_contributions"] == 2 and not rows(tmp_path, "superseded")


@pytest.mark.parametrize("order", [["deux", "un"], ["deux"], ["trois", "deux", "un"]])
def test_forms_that_share_a_reference_are_known_by_what_they_say_whatever_their_order(tmp_path, order):
    one = export(tmp_path, "1", [("4-1", "un"), ("4-1", "deux")])
    later = export(tmp_path, "2", [("4-1", text) for text in order])
    summary = run(tmp_path, one, later)
    assert said(tmp_path) == ["un", "deux", *(text for text in order if text == "trois")]
    assert summary.counts["already_received_contributions"] == len(set(order) & {"un", "deux"})
    assert not rows(tmp_path, "superseded")
    keys = [row["contribution_id"] for row in rows(tmp_path, "contributions")]
    assert len(keys) == len(set(keys))


def test_a_later_export_of_a_file_with_numbers_of_its_own_is_known_again(tmp_path):
    towns = {town: [(str(number), f"{town} {number}") for number in range(size)] for town, size in (("A", 4), ("B", 6))}
    files = [
        export(tmp_path, name, found, authorId="", publishedAt="")
        for name, found in (("1", towns["A"]), ("2", towns["B"]), ("3", [*towns["B"], ("6", "B 6")]), ("4", towns["A"]))
    ]
    summary = run(tmp_path, *files)
    assert said(tmp_path) == [text for _, text in (*towns["A"], *towns["B"])] + ["B 6"]
    assert summary.counts["already_received_contributions"] == 10 and not rows(tmp_path, "superseded")
    assert [note for note in summary.notes if note.startswith("N111")] == [
        note for note in summary.notes if "1.csv" in note and "2.csv" in note
    ]


def test_a_file_is_compared_with_all_versions_of_the_forms_that_it_continues(tmp_path):
    versions = [
        [(str(number), f"{number}, {version}" if number < 2 else f"{number}") for number in range(8)]
        for version in "abc"
    ]
    files = [export(tmp_path, str(number), found, authorId="", publishedAt="") for number, found in enumerate(versions)]
    summary = run(tmp_path, *files)
    assert said(tmp_path) == [*(str(number) for number in range(2, 8)), "0, c", "1, c"]
    assert summary.counts["superseded_contributions"] == 4


def test_replaced_forms_are_written_partition_by_partition_and_not_held_all_together(tmp_path):
    one = export(tmp_path, "1", [(f"4-{number}", f"avant {number}") for number in range(7)])
    later = export(tmp_path, "2", [(f"4-{number}", f"après {number}") for number in range(7)])
    run(tmp_path, one, later, partition_size=3)
    workspace = Workspace(tmp_path / "workspace")
    assert [workspace.read_part("superseded", index).num_rows for index in range(3)] == [3, 3, 1]
    old = rows(tmp_path, "superseded")
    told = [next(found["text"] for found in row["answers"] if found["question_id"] == "q-169") for row in old]
    assert told == [f"avant {number}" for number in range(7)]
    assert [(row["source_row"], row["superseded_by_row"]) for row in old] == [(n, n) for n in range(1, 8)]
    assert {row["superseded_by_file"] for row in old} == {"2.csv"} and all(len(row["answers"]) == WIDTH for row in old)


def test_a_file_with_other_questions_of_the_same_forms_does_not_replace_them(tmp_path):
    names, whole = headers(questionnaire().questions), []
    parts = {"open": slice(0, 16), "closed": slice(16, None), "closed again": slice(16, None)}
    for name, part in parts.items():
        path = tmp_path / f"{name}.csv"
        said_here = ["un", *[""] * (len(names[part]) - 1)]
        path.write_text(csv_text(names[part], [said_here], people=[{"reference": "4-1"}]), encoding="utf-8")
        whole.append(path)
    summary = run(tmp_path, *whole)
    assert len(answers(tmp_path)) == WIDTH and not rows(tmp_path, "superseded")
    assert summary.counts["already_received_contributions"] == 1
    assert any(note.startswith("N116 1 ") for note in summary.notes)
    ids = [row["contribution_id"] for row in rows(tmp_path, "contributions")]
    assert len(set(ids)) == len(ids) == 2
    full = export(tmp_path, "full", [("4-1", "deux")])
    run(tmp_path, *whole, full, name="joined")
    assert len(answers(tmp_path, "joined")) == WIDTH and len(rows(tmp_path, "contributions", "joined")) == 1
