"""What a person asked to be erased is nowhere any more, and what stays still holds."""

import json
import shutil

import pytest

import pipeline
from pipeline import ledger
from pipeline.config import Config
from pipeline.entities.corrected import CorrectedName, Corrections, read_corrections
from pipeline.errors import DoleancesError
from pipeline.forget import forget, settings_of
from pipeline.review import decisions as log
from pipeline.verify import verify
from pipeline.workspace import Workspace, sha256_of
from tests.entities.registers import write_register
from tests.forms import write_csv

SECRET = "Zanzibar"
OTHERS = "Il faut rouvrir la maternité de la vallée et garder les trains du soir pour tous les habitants"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forget")
    forms = [
        {1: f"{OTHERS}.", 2: "Oui"},
        {1: f"Le guichet de {SECRET} a fermé, je dois aller à la CAF de {SECRET}.", 2: "Non", 3: SECRET},
        {1: OTHERS, 2: "Oui"},
        {1: f"{OTHERS} !", 2: "Oui"},
    ]
    source = write_csv(folder / "forms.csv", forms)
    pipeline.run(source, folder / "workspace", Config().with_values("execution", workers=1))
    return folder


@pytest.fixture
def workspace(finished, tmp_path):
    shutil.copytree(finished / "workspace", tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


def erase(workspace, reference):
    from pipeline import dataset, report

    with workspace.lock():
        found = forget(workspace, reference)
        for room in (dataset, report):
            room.run(workspace, Config(), force=True)
    return found


def holding(workspace, word, *, exactly=False):
    """Return the files that hold a word, in capitals or not unless `exactly` so; Parquet read as text."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(workspace.path.rglob("*")):
        if path.is_file():
            content = str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text("utf-8")
            if word in content or (not exactly and word.lower() in content.lower()):
                found.append(path.name)
    return found


def test_no_word_of_it_is_left_anywhere_and_everything_holds(workspace):
    exports = workspace.path / "exports" / "csv"
    exports.mkdir(parents=True)
    (exports / "answers.csv").write_text(f"text\n{SECRET}\n", encoding="utf-8")
    before = holding(workspace, SECRET)
    assert len(before) >= 5 and "q-169.html" in before
    found = erase(workspace, "4-2")
    assert (found.contributions, found.answers) == (1, 33) and found.files == ("forms.csv",)
    assert holding(workspace, SECRET) == []
    assert verify(workspace) == []
    covered = ledger.coverage(workspace)
    assert (covered.contributions, covered.received) == (3, 99) and covered.received == sum(covered.states.values())


def test_words_of_it_leave_retrains_and_reviewed_tables_before_anything_is_made_again(workspace):
    assert SECRET in str(workspace.read("reviewed_mentions")["surface"].to_pylist())
    forms = workspace.read("contributions").to_pylist()
    key = next(row["contribution_id"] for row in forms if row["reference"] == "4-2")[2:]
    quotes = [
        {"answer_id": f"a-{key}-169", "text": f"Le guichet de {SECRET}"},
        {"answer_id": "a-0123456789abcdef-169", "text": OTHERS},
    ]
    changes = {"themes": [{"event": "created", "verbatims": quotes}], "moves": [{"answers": 2, "verbatims": quotes}]}
    record = workspace.path / "retrains" / "0001" / "diff.json"
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"questions": [changes]}, ensure_ascii=False), encoding="utf-8")
    taught = Corrections((CorrectedName(SECRET, "ORG", "local:x"), CorrectedName("Maison du Lac", "ORG", "local:y")))
    (record.parent / "names.json").write_bytes(taught.to_json())
    alias = log.Target(kind="organisation", id="o-x")
    log.append(
        workspace,
        [
            log.Decision(
                decision_id="d-x", at=log.now(), author="a", action="alias", target=alias, after="Maison du Lac"
            ),
        ],
    )
    workspace.manifest["corrected_names"] = {"path": "retrains/0001/names.json", "sha256": "old"}
    workspace.save_manifest()
    with workspace.lock():
        forget(workspace, "4-2")  # were it killed here, nothing would hold a word of it
    assert holding(workspace, SECRET) == []
    assert [name.surface for name in read_corrections(record.parent / "names.json").names] == ["Maison du Lac"]
    noted = Workspace(workspace.path).manifest["corrected_names"]
    assert noted["sha256"] == sha256_of(record.parent / "names.json")
    (question,) = json.loads(record.read_text("utf-8"))["questions"]
    assert all(change["verbatims"] == quotes[1:] for change in (*question["themes"], *question["moves"]))


def test_a_count_and_a_date_stay(workspace):
    erase(workspace, "4-2")
    (entry,) = json.loads(workspace.manifest_path.read_text("utf-8"))["forgotten"]
    assert entry["contributions"] == 1 and entry["answers"] == 33 and entry["done"] and len(entry["at"]) == 20
    assert "4-2" not in json.dumps(entry)
    assert workspace.read("files").to_pylist()[0]["forgotten_contributions"] == 1


def test_the_same_files_read_again_do_not_bring_it_back(finished, workspace):
    erase(workspace, "4-2")
    summaries = pipeline.run(finished / "forms.csv", workspace.path, Config().with_values("execution", workers=1))
    assert summaries[0].counts["contributions"] == 3 and summaries[0].counts["forgotten_contributions"] == 1
    assert holding(workspace, SECRET) == [] and verify(Workspace(workspace.path)) == []
    assert any(note.startswith("N114") for note in summaries[0].notes)


def test_no_earlier_version_of_it_comes_back_either(tmp_path):
    one = write_csv(tmp_path / "1.csv", [{1: f"{SECRET} d’abord"}, {1: OTHERS}])
    two = write_csv(tmp_path / "2.csv", [{1: f"{SECRET} ensuite"}])
    config = Config().with_values("execution", workers=1)
    pipeline.run([one, two], tmp_path / "w", config)
    assert Workspace(tmp_path / "w").count("superseded") == 1
    erase(Workspace(tmp_path / "w"), "4-1")
    assert holding(Workspace(tmp_path / "w"), SECRET) == []
    pipeline.run([one, two], tmp_path / "w", config)
    assert holding(Workspace(tmp_path / "w"), SECRET) == [] and verify(Workspace(tmp_path / "w")) == []


def test_quotes_of_an_earlier_version_leave_the_decisions_and_its_file_is_named(tmp_path):
    before = f"{SECRET} d’abord, et bien avant"
    one = write_csv(tmp_path / "1.csv", [{1: before}, {1: OTHERS}])
    two = write_csv(tmp_path / "2.csv", [{1: "Tout autre chose, bien après"}])
    pipeline.run([one, two], tmp_path / "w", Config().with_values("execution", workers=1))
    workspace = Workspace(tmp_path / "w")
    line = {"decision_id": "d-1", "action": "note", "target": {"kind": "topic", "id": "t-1"}, "note": f"voir {before}"}
    (workspace.path / "decisions.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    found = erase(workspace, "4-1")
    assert found.decisions == 1 and found.files == ("1.csv", "2.csv")
    assert holding(workspace, SECRET) == [] and verify(workspace) == []


def test_copies_of_an_erased_answer_point_at_the_first_that_is_left(workspace):
    erase(workspace, "4-1")
    answers = [row for row in workspace.read("answers").to_pylist() if row["question_id"] == "q-169"]
    assert [row["duplicate_of"] for row in answers] == [None, None, answers[1]["answer_id"]]
    (group,) = workspace.read("copy_groups").to_pylist()
    assert (group["n_answers"], group["answer_id"]) == (2, answers[1]["answer_id"])
    assert [row["copy_group_id"] for row in answers] == [None, group["copy_group_id"], group["copy_group_id"]]
    assert verify(workspace) == []


def test_quotes_of_it_leave_the_decisions_and_the_decisions_stay(workspace):
    answer = next(row for row in workspace.read("answers").to_pylist() if SECRET in (row["text"] or ""))
    target = {"kind": "segment", "answer_id": answer["answer_id"], "start": 0, "end": 9, "quote": answer["text"][:9]}
    theme = {"kind": "topic", "id": "t-1"}
    lines = [
        {"decision_id": "d-1", "author": "Anne", "action": "assign", "target": target, "after": "t-1", "undoes": None},
        {
            "decision_id": "d-2",
            "author": "Anne",
            "action": "note",
            "target": theme,
            "note": f"voir « {answer['text']} »",
        },
        {"decision_id": "d-3", "author": "Anne", "action": "rename", "target": theme, "before": "a", "after": "b"},
    ]
    path = workspace.path / "decisions.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    assert erase(workspace, "4-2").decisions == 2
    left = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert SECRET not in str(left) and [line["decision_id"] for line in left] == ["d-1", "d-2", "d-3"]
    assert left[0]["target"]["answer_id"] == answer["answer_id"] and left[0]["target"]["quote"] == "[effacé]"
    assert left[2] == lines[2]


def test_an_unknown_reference_changes_nothing(workspace):
    before = workspace.manifest_path.read_bytes()
    with workspace.lock(), pytest.raises(DoleancesError, match="E115"):
        forget(workspace, "4-99")
    assert workspace.manifest_path.read_bytes() == before


def test_what_was_cut_short_is_finished_by_the_next_call(workspace, monkeypatch):
    from pipeline import forget as room

    with monkeypatch.context() as patch, workspace.lock(), pytest.raises(KeyboardInterrupt):
        patch.setattr(room, "erase_from_tables", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        forget(workspace, "4-2")
    again = Workspace(workspace.path)
    erase(again, "4-2")
    assert holding(again, SECRET) == [] and verify(again) == []
    assert all(entry["done"] for entry in again.manifest["forgotten"])


def test_a_bare_number_that_several_people_have_erases_nobody_by_mistake(tmp_path):
    for name, text in (("lyon", "La piscine est trop petite pour nous"), ("paris", "Le marché est trop cher ici")):
        (tmp_path / f"{name}.csv").write_text(f"id;votre avis\n1;{text}\n", encoding="utf-8")
    from pipeline import ingest

    workspace = Workspace(tmp_path / "w")
    ingest.run(workspace, Config(), [tmp_path / "lyon.csv", tmp_path / "paris.csv"])
    with workspace.lock(), pytest.raises(DoleancesError, match="E116") as refused:
        forget(workspace, "1")
    ids = [row["contribution_id"] for row in workspace.read("contributions").to_pylist()]
    assert len(ids) == 2 and all(found in str(refused.value) for found in ids)
    with workspace.lock():
        assert forget(workspace, ids[0]).contributions == 1
    assert [row["contribution_id"] for row in workspace.read("contributions").to_pylist()] == ids[1:]


NAMED = (
    "Le comité des amis de Bièvre (CABI) travaille bien. Le comité des amis de Bièvre (CABI) aide Pôle emploi.",
    "Le comité des amis de Bièvre (CAB) fait du bon travail, la caisse locale aussi, et le service des copieurs Xerox.",
    "Le groupe Xerox répare, le comité des amis de Bièvre aussi.",
)
REGISTER = (
    "xerox;Xerox France;;Xerox|Rank Xerox;entreprise;;",
    "groupe;Groupe des groupes;GDG;;entreprise;;",
    "caisse;Caisse locale;;caisse locale;protection sociale;groupe;caisse-nationale",
    "caisse-nationale;Caisse nationale;;caisse nationale;protection sociale;ministere;",
    "ministere;Ministère des caisses;;;administration;;",
    "pole-emploi;Pôle emploi;;pole emplois;établissement public;;france-travail",
    "france-travail;France Travail;;;établissement public;;",
)


@pytest.fixture(scope="module")
def with_organisations(tmp_path_factory):
    """A workspace of three contributions up to the organisations, and its settings."""
    from pipeline import entities, ingest, tokenise

    folder = tmp_path_factory.mktemp("organisations")
    header = "organisation_id;name;acronym;aliases;kind;parent;successor"
    config = Config().with_values("execution", workers=1)
    config = config.with_values("entities", register=str(write_register(folder / "register", *REGISTER, header=header)))
    lines = [f'{number};"{text}"' for number, text in enumerate(NAMED, 1)]
    (folder / "forms.csv").write_text("\n".join(["id;votre avis", *lines]) + "\n", encoding="utf-8")
    made = Workspace(folder / "w")
    ingest.run(made, config, [folder / "forms.csv"])
    tokenise.run(made, config)
    entities.run(made, config)
    return folder / "w", config


def erased(with_organisations, tmp_path, *references):
    path, config = with_organisations
    workspace = Workspace(shutil.copytree(path, tmp_path / "w"))
    with workspace.lock():
        for reference in references:
            forget(workspace, reference)
    return workspace, config


def organisations(workspace):
    return {row["organisation_id"]: row for row in workspace.read("organisations").to_pylist()}


@pytest.mark.parametrize("references", ["1", "2", "3", "12", "13", "23"])
def test_organisations_are_as_if_it_had_never_been_sent(with_organisations, tmp_path, references):
    from pipeline.entities.naming import organisation_rows, surfaces_named
    from pipeline.entities.register import load_register, register_files
    from pipeline.tables import from_rows

    workspace, config = erased(with_organisations, tmp_path, *references)
    register = load_register(register_files(config.entities.register_path)).organisations
    expected = from_rows("organisations", organisation_rows(surfaces_named(workspace), register))
    assert workspace.read("organisations").to_pylist() == expected.to_pylist()


def test_an_acronym_that_only_the_erased_answer_wrote_is_gone(with_organisations, tmp_path):
    before = str(organisations(Workspace(with_organisations[0])))
    after = organisations(erased(with_organisations, tmp_path, "1")[0])
    assert "CABI" in before and "CABI" not in str(after)
    (local,) = [row for found, row in after.items() if found.startswith("o-x") and found != "o-xerox"]
    assert local["name"].endswith("amis de Bièvre") and local["acronym"] == "CAB"


def test_no_file_holds_an_acronym_that_only_the_erased_answer_wrote(tmp_path):
    source = write_csv(tmp_path / "forms.csv", [{1: text} for text in NAMED])
    pipeline.run(source, tmp_path / "w", Config().with_values("execution", workers=1))
    workspace = Workspace(tmp_path / "w")
    assert "organisations.parquet" in holding(workspace, "CABI", exactly=True)
    erase(workspace, "4-1")
    assert holding(workspace, "CABI", exactly=True) == [] and verify(workspace) == []  # themes speak of « cabinets »


def test_parents_and_successors_of_those_still_named_stay_and_the_others_go(with_organisations, tmp_path):
    before = organisations(Workspace(with_organisations[0]))
    relatives = {"o-groupe", "o-caisse-nationale", "o-ministere"}
    assert before.keys() >= relatives | {"o-france-travail"}
    after = organisations(erased(with_organisations, tmp_path, "1")[0])
    assert after.keys() >= relatives and "o-pole-emploi" not in after and "o-france-travail" not in after
    assert all(after[found] == before[found] and after[found]["n_mentions"] == 0 for found in relatives)


def test_an_organisation_of_the_register_keeps_what_the_register_says(with_organisations, tmp_path):
    after = organisations(erased(with_organisations, tmp_path, "2")[0])
    assert (after["o-xerox"]["name"], after["o-xerox"]["aliases"]) == ("Xerox France", ["Xerox", "Rank Xerox"])
    assert after["o-xerox"]["n_mentions"] == 1


def test_what_is_made_again_is_in_the_language_it_was_in(tmp_path):
    workspace = Workspace(tmp_path)
    assert settings_of(workspace).report.language == "fr"
    workspace.manifest["stages"]["report"] = {"parameters": {"language": "en", "verbatims": 3}}
    assert settings_of(workspace).report.model_dump() == {"language": "en", "verbatims": 3}
