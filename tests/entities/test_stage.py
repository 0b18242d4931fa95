"""The stage: mentions beside their answers, organisations with their counts, nothing done twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.config import Config
from pipeline.entities import run
from pipeline.entities.linker import local_id
from pipeline.errors import DoleancesError
from pipeline.workspace import Workspace
from tests.entities.registers import write_register

TEXTS = [
    [
        ("La CAF du Rhône aide. LA POSTE ferme.", "pending"),
        ("La CAF", "closed"),
        ("la caf, avec le Collectif des Voisins du Port et Jeanne Martin", "pending"),
    ],
    [
        ("La CAF du Rhône aide. LA POSTE ferme.", "pending"),
        (None, "empty"),
        ("avec le collectif des Voisins, pole emploi", "pending"),
    ],
]


def _form(contribution_id: str, **more: object) -> dict[str, object]:
    form = {"contribution_id": contribution_id, "source_file": "a.csv", "source_row": 1, "questionnaire": "q"}
    return form | {"trashed": False} | more


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return _written(tmp_path / "workspace", TEXTS)


def one_part(path: Path, answers: list[tuple[str | None, str]]) -> Workspace:
    return _written(path, [answers])


def _written(path: Path, parts: Sequence[Sequence[tuple[str | None, str]]]) -> Workspace:
    made = Workspace(path)
    for index, part in enumerate(parts):
        answers, segments = [], []
        for number, (text, state) in enumerate(part):
            answer_id = f"a-{index}{number}"
            row = {"answer_id": answer_id, "contribution_id": "c-1", "question_id": "q-1", "text": text, "state": state}
            answers.append(row)
            if state == "pending" and text:
                cut = text.find(". ") + 1
                bounds = [(0, cut), (cut + 1, len(text))] if cut else [(0, len(text))]
                segments += [
                    {
                        "segment_id": f"s{answer_id[1:]}-{place}",
                        "answer_id": answer_id,
                        "start": start,
                        "end": end,
                        "tokens": [],
                        "language": "fr",
                    }
                    for place, (start, end) in enumerate(bounds)
                ]
        made.write_part("answers", index, tables.from_rows("answers", answers))
        made.write_part("segments", index, tables.from_rows("segments", segments))
        made.write_part("contributions", index, tables.from_rows("contributions", [_form("c-1")]))
    for name in ("ingest", "tokenise"):
        entry = {"status": "done", "fingerprint": name, "files": {}, "upstream": {}}
        made.manifest["stages"][name] = entry
    made.save_manifest()
    return made


def _settings(workers: int = 1, register: Path | None = None) -> Config:
    settings = Config().with_values("execution", workers=workers)
    return settings.with_values("entities", register=None if register is None else str(register))


def _bytes(workspace: Workspace) -> dict[str, bytes]:
    paths = sorted(path for name in ("mentions", "organisations") for path in workspace.parts(name))
    return {str(path.relative_to(workspace.path)): path.read_bytes() for path in paths}


def test_mentions_are_exact_quotes_of_pending_answers_in_their_segments(workspace: Workspace) -> None:
    run(workspace, _settings())
    texts = dict(zip(*(workspace.read("answers")[name].to_pylist() for name in ("answer_id", "text")), strict=True))
    rows = workspace.read("mentions").to_pylist()
    assert {row["answer_id"] for row in rows} == {"a-00", "a-02", "a-10", "a-12"}
    for row in rows:
        assert texts[row["answer_id"]][row["start"] : row["end"]] == row["surface"]
        assert (row["organisation_id"] is not None) == (row["label"] == "ORG")
        assert row["source"] in ("register", "model")
    first = [(row["mention_id"], row["segment_id"], row["surface"]) for row in rows if row["answer_id"] == "a-00"]
    assert first == [("m-00-3-15-ORG", "s-00-0", "CAF du Rhône"), ("m-00-22-30-ORG", "s-00-1", "LA POSTE")]
    assert [len(workspace.read_part("mentions", index)) > 0 for index in (0, 1)] == [True, True]


def test_organisations_are_those_named_with_their_counts(workspace: Workspace) -> None:
    summary = run(workspace, _settings())
    rows = {row["organisation_id"]: row for row in workspace.read("organisations").to_pylist()}
    assert list(rows) == sorted(rows)
    assert rows["o-caf"]["n_mentions"] == 3
    assert rows["o-caf"]["acronym"] == "CAF"
    assert rows["o-la-poste"]["n_mentions"] == 2
    assert sum(row["n_mentions"] for row in rows.values()) == summary.counts["organisation_mentions"]
    assert summary.counts["organisations"] == sum(row["n_mentions"] > 0 for row in rows.values())
    for identifier, row in rows.items():
        if identifier.startswith("o-x"):
            assert row["kind"] is None and row["name"] not in row["aliases"]


def test_a_second_run_does_nothing_and_does_not_load_spacy(workspace: Workspace) -> None:
    run(workspace, _settings())
    before = _bytes(workspace)
    code = (
        "import sys; from pipeline.config import Config; from pipeline.entities import run;"
        "from pipeline.workspace import Workspace;"
        f"summary = run(Workspace({str(workspace.path)!r}), Config());"
        "print(summary.skipped, 'spacy' in sys.modules, 'sklearn' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["True", "False", "False"]
    assert _bytes(workspace) == before


def test_a_run_that_was_cut_short_goes_on_to_the_same_bytes(workspace: Workspace) -> None:
    run(workspace, _settings())
    before = _bytes(workspace)
    workspace.part_path("mentions", 1).unlink()
    workspace.clear("organisations")
    workspace.manifest["stages"]["entities"]["status"] = "running"
    kept = workspace.part_path("mentions", 0).stat().st_mtime_ns
    run(workspace, _settings())
    assert _bytes(workspace) == before
    assert workspace.part_path("mentions", 0).stat().st_mtime_ns == kept


def test_a_changed_register_is_read_again(workspace: Workspace, tmp_path: Path) -> None:
    path = write_register(tmp_path / "own", "caf;Caisse;CAF;;;;entreprise;;")
    run(workspace, _settings(register=path))
    assert "o-la-poste" not in workspace.read("organisations")["organisation_id"].to_pylist()
    path.write_text(path.read_text(encoding="utf-8") + "la-poste;La Poste;;;;;entreprise;;\n", encoding="utf-8")
    assert not run(workspace, _settings(register=path)).skipped
    assert "o-la-poste" in workspace.read("organisations")["organisation_id"].to_pylist()


def test_a_register_that_cannot_stand_stops_the_stage_before_any_work(workspace: Workspace, tmp_path: Path) -> None:
    path = write_register(tmp_path / "own", "caf;Caisse;CAF;;;;boutique;;")
    with pytest.raises(DoleancesError, match="E304"):
        run(workspace, _settings(register=path))
    assert workspace.parts("mentions") == []


def test_what_an_organisation_belongs_to_and_became_has_a_row_without_mentions(tmp_path: Path) -> None:
    anpe = "anpe;ANPE;ANPE;;;;;administration;etat;pole-emploi;1967;2008-12-19"
    etat = "etat;Services de l'État;;;;;;administration;;;;"
    path = tmp_path / "register.csv"
    header = "organisation_id;name;acronym;aliases;cased;ambiguous;near;kind;parent;successor;since;until"
    emploi = "pole-emploi;Pôle emploi;;;;;;établissement public;;;;"
    path.write_text("\n".join((header, anpe, etat, emploi, "x;Autre;;;;;;média;;;;")) + "\n", encoding="utf-8")
    made = one_part(tmp_path / "workspace", [("À l'ANPE, rien.", "pending")])
    run(made, _settings(register=path))
    rows = {row["organisation_id"]: row for row in made.read("organisations").to_pylist()}
    assert {key: row["n_mentions"] for key, row in rows.items()} == {"o-anpe": 1, "o-etat": 0, "o-pole-emploi": 0}
    named = rows["o-anpe"]
    assert (named["parent_id"], named["successor_id"]) == ("o-etat", "o-pole-emploi")
    assert (named["since"], named["until"]) == ("1967", "2008-12-19")


def test_an_acronym_that_one_answer_spells_out_is_known_in_all_of_them(tmp_path: Path) -> None:
    spelt = "La Fédération des Amis du Bocage Normand (FABN) nous aide."
    made = one_part(tmp_path / "workspace", [(spelt, "pending"), ("Voir la FABN, pas le fabn.", "pending")])
    run(made, _settings())
    rows = [row for row in made.read("mentions").to_pylist() if row["label"] == "ORG"]
    assert [row["surface"] for row in rows] == ["Fédération des Amis du Bocage Normand", "FABN", "FABN"]
    (organisation,) = made.read("organisations").to_pylist()
    assert {row["organisation_id"] for row in rows} == {organisation["organisation_id"]}
    assert (organisation["name"], organisation["acronym"]) == ("Fédération des Amis du Bocage Normand", "FABN")


def test_what_is_learned_does_not_depend_on_partitions(tmp_path: Path) -> None:
    copied = ("Le Comité des Amis de Bièvre (CAB) aide.", "pending")
    others = [
        ("La Confédération Auxiliaire Bidon (CAB).", "pending"),
        ("Confédération Auxiliaire Bidon (CAB)", "pending"),
    ]
    alone = ("Voir le CAB.", "pending")
    found = []
    for number, parts in enumerate(
        ([[copied] * 3 + others + [alone]], [[copied], [copied], [copied], others, [alone]])
    ):
        made = _written(tmp_path / str(number), parts)
        run(made, _settings())
        rows = made.read("mentions").to_pylist()
        found.append(sorted((row["surface"], row["organisation_id"]) for row in rows if row["label"] == "ORG"))
    assert found[0] == found[1]
    assert ("CAB", local_id("Confédération Auxiliaire Bidon")) in found[0]


def test_mentions_of_the_organisation_that_a_form_speaks_for_are_marked(tmp_path: Path) -> None:
    text = "L'Union nationale des PIMMS agit partout. Notre réseau travaille avec EDF."
    made = one_part(tmp_path / "workspace", [(text, "pending")])
    run(made, _settings())
    rows = made.read("mentions").to_pylist()
    assert {row["surface"]: row["author_is_organisation"] for row in rows} == {
        "Union nationale des PIMMS": True,
        "EDF": False,
    }
