"""The stage as a whole: several files, ids, copies, resuming, determinism, and inputs that cannot be read."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from ingest_inputs import (
    answers,
    csv_text,
    headers,
    organisation_csv,
    organisation_json,
    questionnaire,
    rows,
    run,
    table_bytes,
    text_form,
)

from pipeline import ingest, tables
from pipeline.config import Config
from pipeline.errors import DoleancesError
from pipeline.ingest import settling
from pipeline.workspace import Workspace


@pytest.fixture
def mixed(tmp_path):
    """A folder with the three layouts, a sub-folder, a hidden file, and 30 forms."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / ".hidden.csv").write_text("not read", encoding="utf-8")
    forms = [{1: f"idée {number % 7}", 2: "Oui" if number % 2 else "Non", 3: "x"} for number in range(20)]
    (folder / "b.csv").write_text(organisation_csv(forms), encoding="utf-8")
    (folder / "sub" / "a.dat").write_text(organisation_json(forms[:9], reference=""), encoding="utf-8")
    (folder / "a.txt").write_text(text_form({1: "Idée 3 !", 2: "Oui"}), encoding="utf-8")
    return folder


def test_the_three_layouts_mix_in_one_run_whatever_their_names(tmp_path, mixed):
    summary = run(tmp_path, mixed)
    assert [row["source_file"] for row in rows(tmp_path, "contributions")] == ["a.txt"] + ["b.csv"] * 20 + [
        "sub/a.dat"
    ] * 9
    assert summary.counts["files"] == 3 and summary.counts["contributions"] == 30
    assert summary.counts["answers"] == 30 * 33 == len(answers(tmp_path))
    found = [answer["state"] for answer in answers(tmp_path)]
    assert {state: summary.counts[state] for state in tables.INGEST_STATES} == {
        state: found.count(state) for state in tables.INGEST_STATES
    }
    inputs = Workspace(tmp_path / "workspace").manifest["inputs"]
    assert [entry["name"] for entry in inputs] == ["a.txt", "b.csv", "sub/a.dat"]
    assert all(len(entry["sha256"]) == 64 for entry in inputs)


def test_no_absolute_path_enters_the_tables(tmp_path, mixed):
    (mixed / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    run(tmp_path, mixed, tmp_path / "missing")
    for table in ("contributions", "rejected"):
        assert str(tmp_path) not in str(rows(tmp_path, table))


def test_partitions_hold_the_given_number_of_contributions_and_their_answers(tmp_path, mixed):
    run(tmp_path, mixed, partition_size=8)
    workspace = Workspace(tmp_path / "workspace")
    sizes = [workspace.read_part("contributions", part).num_rows for part in range(4)]
    assert sizes == [8, 8, 8, 6]
    for part in range(4):
        identifiers = workspace.read_part("contributions", part)["contribution_id"].to_pylist()
        found = list(dict.fromkeys(workspace.read_part("answers", part)["contribution_id"].to_pylist()))
        assert found == identifiers
    numbers = {row["question_id"]: row["number"] for row in rows(tmp_path, "questions")}
    assert [numbers[answer["question_id"]] for answer in answers(tmp_path)] == list(range(1, 34)) * 30


def test_workers_and_partitions_do_not_change_what_is_found(tmp_path, mixed, monkeypatch):
    monkeypatch.setattr(settling, "_WORTH_A_POOL", 0)
    run(tmp_path, mixed, name="one", partition_size=8)
    run(tmp_path, mixed, name="two", partition_size=8, workers=2)
    assert table_bytes(tmp_path, "one") == table_bytes(tmp_path, "two")
    run(tmp_path, mixed, name="three", partition_size=1000)
    assert answers(tmp_path, "one") == answers(tmp_path, "three")


def test_a_second_run_does_nothing_and_force_gives_the_same_bytes(tmp_path, mixed):
    assert not run(tmp_path, mixed).skipped
    before = table_bytes(tmp_path)
    again = run(tmp_path, mixed)
    assert again.skipped and again.counts["answers"] == 990
    ingest.run(Workspace(tmp_path / "workspace"), Config(), [mixed], force=True)
    assert table_bytes(tmp_path) == before


def test_a_changed_input_is_read_again(tmp_path, mixed):
    run(tmp_path, mixed)
    (mixed / "a.txt").unlink()
    assert run(tmp_path, mixed).counts["contributions"] == 29


KILLED = """
import os, signal, sys
from pathlib import Path
from pipeline import ingest, workspace
from pipeline.config import Config

writes = int(sys.argv[3])
write = workspace.write_bytes

def dying(content, path, root):
    global writes
    writes -= 1
    if writes < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    write(content, path, root)

workspace.write_bytes = dying
from pipeline.ingest import authors, collecting, staging
authors.write_bytes = collecting.write_bytes = dying
stage = staging.write

def dying_too(place, name, index, content):
    global writes
    writes -= 1
    if writes < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    stage(place, name, index, content)

staging.write = dying_too
config = Config().with_values("ingest", partition_size=8).with_values("execution", workers=1)
ingest.run(workspace.Workspace(sys.argv[1]), config, [Path(sys.argv[2])])
"""


@pytest.mark.parametrize("writes", [1, 6, 14, 17, 23, 31, 35, 38])
def test_a_run_killed_at_any_write_resumes_to_the_same_bytes(tmp_path, mixed, writes):
    run(tmp_path, mixed, name="whole", partition_size=8)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "workspace"), str(mixed), str(writes)]
    ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not run(tmp_path, mixed, partition_size=8).skipped
    assert table_bytes(tmp_path) == table_bytes(tmp_path, "whole")
    assert not list((tmp_path / "workspace" / "staging").rglob("*.*"))


class _Killed(Exception):
    pass


@pytest.mark.parametrize(
    "gone", ["cells", "keys", "marks", "plan", "copies", "collected", "contributions", "rejected", "superseded"]
)
@pytest.mark.parametrize("written", [1, 4])
def test_a_run_killed_while_files_are_removed_resumes_whatever_is_gone(tmp_path, mixed, monkeypatch, gone, written):
    run(tmp_path, mixed, name="whole", partition_size=8)
    write_part = Workspace.write_part

    def dying(self, table, index, content):
        write_part(self, table, index, content)
        if table == "answers" and index + 1 == written:
            raise _Killed

    with monkeypatch.context() as patch, pytest.raises(_Killed):
        patch.setattr(Workspace, "write_part", dying)
        run(tmp_path, mixed, partition_size=8)
    workspace = tmp_path / "workspace"
    places = [*(workspace / "staging").rglob(f"{gone}*.*"), *workspace.glob(f"tables/{gone}/*")]
    assert places
    for path in places[:1] if gone == "cells" else places:
        path.unlink()
    run(tmp_path, mixed, partition_size=8)
    assert table_bytes(tmp_path) == table_bytes(tmp_path, "whole")


def test_the_id_of_a_form_does_not_depend_on_the_other_files_of_the_run(tmp_path):
    (tmp_path / "z.txt").write_text(text_form({1: "Bonjour"}), encoding="utf-8")
    questions = questionnaire("transition").questions
    other = csv_text(headers(questions), [["x"] * len(questions)])
    (tmp_path / "a.csv").write_text(other, encoding="utf-8")
    run(tmp_path, tmp_path / "z.txt", name="only")
    run(tmp_path, tmp_path / "a.csv", tmp_path / "z.txt")
    (only,) = rows(tmp_path, "contributions", "only")
    assert rows(tmp_path, "contributions")[1]["contribution_id"] == only["contribution_id"]


PERSON = "Jean Dupont, 12 rue des Lilas 69008 Lyon, 06 12 34 56 78, jean@free.fr"


def personal_files():
    """Return files that cannot be read, or not whole, with the words of a person where the reader stumbles."""
    form = organisation_json([{1: "x"}])
    return {
        "a letter": ("lettre.txt", f"{PERSON}\nMonsieur,\n"),
        "a letter with a date": ("lettre.txt", f"{PERSON}\nDate de publication : 2019-03-07\n\nMonsieur,\n"),
        "a form whose title is a person": ("x.txt", text_form({}, title=PERSON)),
        "a title and a person": ("x.txt", text_form({}, title=f"Grand débat - {PERSON}")),
        "a person where a question is due": (
            "x.txt",
            text_form({}).replace(questionnaire().questions[9].wording, PERSON + " ?"),
        ),
        "a person before the first question": ("x.txt", text_form({}).replace("\n1. ", f"\n{PERSON}\n\n1. ", 1)),
        "broken JSON": ("x.json", form.replace("},", f"}} {PERSON}", 1)),
        "JSON that is cut": ("x.json", form[:-3] + f', "x": "{PERSON}'),
        "a broken row": ("x.csv", organisation_csv([{1: "x"}]) + f"{PERSON}\r\n"),
        "a quote that is not closed": ("x.csv", organisation_csv([{1: "x"}]) + f'a,"{PERSON}\r\n'),
    }


@pytest.mark.parametrize("kind", personal_files())
def test_no_word_of_a_file_enters_what_is_said_of_it(tmp_path, kind):
    name, content = personal_files()[kind]
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "good.txt").write_text(text_form({1: "Bonjour"}), encoding="utf-8")
    summary = run(tmp_path, tmp_path / name, tmp_path / "good.txt")
    assert len(rows(tmp_path, "rejected")) >= 1
    manifest = (tmp_path / "workspace" / "manifest.json").read_text(encoding="utf-8")
    said = f"{rows(tmp_path, 'rejected')} {summary} {rows(tmp_path, 'questions')} {manifest}"
    for word in ("Jean", "Dupont", "Lilas", "06 12", "free.fr"):
        assert word not in said


def test_only_files_of_which_something_is_read_count_among_the_layouts_recognised(tmp_path):
    (tmp_path / "a.txt").write_text(text_form({}, title="Grand débat - la mer"), encoding="utf-8")
    (tmp_path / "b.txt").write_text(text_form({}), encoding="utf-8")
    summary = run(tmp_path, tmp_path / "a.txt", tmp_path / "b.txt")
    assert summary.counts["files"] == 1
    assert any(note.startswith("N105") and "1 text form" in note for note in summary.notes)


def test_copies_point_to_the_first_answer_and_only_the_same_author_is_a_duplicate(tmp_path):
    forms = [{1: "Moins de normes"}, {1: "moins de NORMES !"}, {1: "Moins de normes."}, {3: "Moins de normes"}]
    people = [{"authorId": "A"}, {"authorId": "B"}, {"authorId": "A"}, {"authorId": "A"}]
    path = tmp_path / "x.csv"
    path.write_text(organisation_csv(forms, people=people), encoding="utf-8")
    run(tmp_path, path, partition_size=1)
    found = [answer for answer in answers(tmp_path) if answer["text"]]
    first = found[0]["answer_id"]
    assert [(answer["state"], answer["duplicate_of"]) for answer in found] == [
        ("pending", None),
        ("pending", first),
        ("duplicate", first),
        ("pending", None),
    ]


def test_forms_without_an_author_are_never_duplicates_of_one_person(tmp_path):
    for name, other in (("a", "Oui"), ("b", "Non")):
        (tmp_path / f"{name}.txt").write_text(text_form({1: "La même chose", 2: other}), encoding="utf-8")
    run(tmp_path, tmp_path / "a.txt", tmp_path / "b.txt")
    first, second = (answer for answer in answers(tmp_path) if answer["question_id"] == "q-169")
    assert first["state"] == second["state"] == "pending"
    assert second["duplicate_of"] == first["answer_id"]


def test_rows_of_one_file_that_say_the_same_are_never_merged(tmp_path):
    people = [{"reference": "", "id": "", "authorId": ""}] * 3
    names = headers(questionnaire().questions)
    content = csv_text(names, [["un", *[""] * (len(names) - 1)]] * 3, people=people)
    (tmp_path / "same.csv").write_text(content, encoding="utf-8")
    run(tmp_path, tmp_path / "same.csv")
    assert len({row["contribution_id"] for row in rows(tmp_path, "contributions")}) == 3
    assert len({answer["answer_id"] for answer in answers(tmp_path)}) == 3 * 33


def test_a_file_given_twice_is_read_once_and_said_aloud(tmp_path, mixed):
    summary = run(tmp_path, mixed, mixed / "a.txt")
    assert summary.counts["contributions"] == 30
    assert any(note.startswith("N104") for note in summary.notes)


def test_only_author_ids_depend_on_the_salt(tmp_path, mixed):
    run(tmp_path, mixed, name="derived")
    config = Config().with_values("privacy", salt="poivre")
    ingest.run(Workspace(tmp_path / "salted"), config, [mixed])
    assert answers(tmp_path, "derived") == answers(tmp_path, "salted")
    one, other = rows(tmp_path, "contributions", "derived"), rows(tmp_path, "contributions", "salted")
    assert all(a["author_id"] != b["author_id"] for a, b in zip(one, other, strict=True) if a["author_id"])
    assert (tmp_path / "salted" / "salt").read_text() == "poivre"
    assert "poivre" not in (tmp_path / "salted" / "manifest.json").read_text(encoding="utf-8")


def test_the_questions_of_each_questionnaire_met_are_listed_in_order(tmp_path, mixed):
    run(tmp_path, mixed)
    found = rows(tmp_path, "questions")
    assert [row["official_id"] for row in found] == [question.official_id for question in questionnaire().questions]
    assert (found[2]["depends_on"], found[2]["shown_if"]) == ("q-170", "Oui")


def bad_inputs(folder):
    folder.mkdir()
    (folder / "empty.csv").write_bytes(b"")
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "noise.csv").write_bytes(bytes(range(256)) * 40)
    (folder / "other.csv").write_text("<html>\n<p>nom,age</p>\n", encoding="utf-8")
    (folder / "other.json").write_text('{\n"a": 1}', encoding="utf-8")
    (folder / "prose.txt").write_text("Il était une fois.\n", encoding="utf-8")
    (folder / "unknown.txt").write_text(text_form({}, title="Grand débat - la mer"), encoding="utf-8")
    (folder / "cut.json").write_text(organisation_json([{1: "x"}])[:900], encoding="utf-8")
    return ["E105", "E108", "E103", "E103", "E104", "E104", "E104", "E106"]


def test_bad_files_get_one_plain_line_each_and_the_good_one_beside_them_is_read(tmp_path):
    codes = bad_inputs(tmp_path / "in")
    (tmp_path / "in" / "good.txt").write_text(text_form({1: "Bonjour"}), encoding="utf-8")
    summary = run(tmp_path, tmp_path / "in", tmp_path / "missing")
    assert sorted(line[:4] for line in summary.problems) == sorted([*codes, "E101"])
    assert all("\n" not in line for line in summary.problems)
    assert [row["source_file"] for row in rows(tmp_path, "contributions")] == ["good.txt"]
    assert sorted(row["reason"] for row in rows(tmp_path, "rejected"))[0].startswith("E101 missing: ")
    assert len(rows(tmp_path, "rejected")) == 9


def test_nothing_readable_says_why_for_each_file_and_leaves_the_workspace_as_it_was(tmp_path, mixed):
    run(tmp_path, mixed)
    before = table_bytes(tmp_path)
    codes = bad_inputs(tmp_path / "bad")
    (tmp_path / "hollow").mkdir()
    with pytest.raises(DoleancesError) as caught:
        run(tmp_path, tmp_path / "bad", tmp_path / "hollow", tmp_path / "missing")
    assert caught.value.problem.code == "E112" and caught.value.exit_code == 2
    assert sorted(line[:4] for line in caught.value.details) == sorted([*codes, "E102", "E101"])
    assert table_bytes(tmp_path) == before
    assert run(tmp_path, mixed).skipped


def test_no_path_at_all_is_wrong_usage(tmp_path):
    with pytest.raises(DoleancesError) as caught:
        run(tmp_path)
    assert caught.value.problem.code == "E113" and caught.value.exit_code == 2


def test_a_workspace_inside_the_folder_is_not_an_input(tmp_path):
    (tmp_path / "good.txt").write_text(text_form({1: "Bonjour"}), encoding="utf-8")
    run(tmp_path, tmp_path)
    assert run(tmp_path, tmp_path).skipped
