"""What people click is what the log says, and what the log says is what pages show."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.review import decisions as log
from pipeline.review.audit import draw, verdicts
from pipeline.review.decisions import FILE, Decision, Target
from pipeline.review.reading import read_reviewed
from pipeline.workspace import Workspace
from tests.review.web.consultation import QUESTION, Client, answer_id, field

FIRM = "\u00a0"


@pytest.fixture
def other(client: Client) -> Iterator[Client]:
    """Give a second person at the same server."""
    found = Client(client.site.workspace, name="Basile")
    yield found
    found.close()


def lines(client: Client) -> list[dict[str, Any]]:
    path = client.site.workspace.path / FILE
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def decide(client: Client, number: int, before: str, *themes: str, said: str = "themes", kind: str = "") -> None:
    fields = {"reponse": answer_id(number), "avant": before, "theme": list(themes), "dit": said, "file": kind}
    if kind == "double":
        del fields["avant"]
    assert client.post("/decider", **fields).status_code == 200


@pytest.mark.parametrize(
    ("themes", "said", "action", "after"),
    [
        (["t-health"], "themes", "confirm", ["t-health"]),
        (["t-care", "t-post"], "themes", "assign", ["t-care", "t-post"]),
        (["t-health"], "aucun", "unassign", []),
        (["t-health"], "rien", "uninformative", None),
    ],
)
def test_a_verdict_names_all_themes_before_and_after_and_quotes_the_tables(
    client: Client, themes: list[str], said: str, action: str, after: list[str] | None
) -> None:
    decide(client, 1, "t-health", *themes, said=said)
    (line,) = lines(client)
    text = "Il manque des médecins partout."
    assert line["action"] == action and line["before"] == ["t-health"] and line["after"] == after
    assert line["author"] == "Zoé"
    assert line["target"] == {
        "kind": "answer", "answer_id": answer_id(1), "start": 0, "end": len(text), "quote": text,
    }  # fmt: skip


def test_what_was_decided_of_one_copy_counts_for_all(client: Client) -> None:
    view = client.site.view(0)
    assert (view.size("t-health"), view.size("t-care"), view.without) == (5, 2, 1)
    decide(client, 11, "t-health", "t-care")
    view = client.site.view(0)
    assert (view.size("t-health"), view.size("t-care"), len(view.settled)) == (2, 5, 3)
    decide(client, 1, "t-care", said="rien")
    assert len(client.site.view(0).rows) == 9


def test_an_answer_of_theme_and_sub_theme_counts_once_in_the_theme(client: Client) -> None:
    decide(client, 2, "t-hospital", "t-hospital", "t-health")
    assert client.site.view(0).size("t-health") == 5
    assert client.site.view(0).own["t-health"] == 5


@pytest.mark.parametrize(
    ("fields", "told", "sizes"),
    [
        ({"geste": "reunir", "avec": "t-health"}, "2 réponses changent de thème", {"t-health": 7, "t-care": 0}),
        ({"geste": "retirer"}, "2 réponses changent de thème", {"t-care": 0, "t-health": 5}),
        ({"geste": "renommer", "label": "Soigner"}, "Aucune réponse ne change de thème", {"t-care": 2}),
        ({"geste": "placer", "sous": "t-health"}, "2 réponses changent de thème", {"t-health": 7, "t-care": 2}),
        ({"geste": "diviser", "label": "Nuit", "extrait": answer_id(8)}, "1 réponse change de thème", {"t-care": 1}),
    ],
)
def test_the_effect_that_is_foretold_is_the_effect(
    client: Client, fields: dict[str, str], told: str, sizes: dict[str, int]
) -> None:
    now = {row: client.site.themes_now(row) for row in range(12)}
    parents = {key: row["parent_id"] for key, row in client.site.state.rows.items()}
    page = client.post("/themes/t-care/apercu", **fields).text
    assert re.sub(r"(\d) ", rf"\1{FIRM}", told) in page
    assert not (client.site.workspace.path / FILE).exists()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.split("appliquer")[1]))
    del hidden["csrf"]
    client.post("/themes/t-care/appliquer", **hidden)
    then = {row: client.site.themes_now(row) for row in range(12)}
    moved = {key: row["parent_id"] for key, row in client.site.state.rows.items()}
    changed = sum(
        [(key, parents.get(key)) for key in now[row]] != [(key, moved.get(key)) for key in then[row]] for row in now
    )
    assert told.startswith(str(changed)) or (changed == 0 and told.startswith("Aucune"))
    for topic_id, size in sizes.items():
        assert client.site.view(0).size(topic_id) == size


def test_a_merge_tells_of_verdicts_too_and_is_undone_with_them(client: Client) -> None:
    decide(client, 5, "t-post", "t-care")
    page = client.post("/themes/t-care/apercu", geste="reunir", avec="t-health").text
    assert f"3{FIRM}réponses changent de thème" in page
    client.post("/themes/t-care/appliquer", geste="reunir", avec="t-health")
    assert client.site.themes_now(4) == ["t-health"]
    merge = lines(client)[-1]
    client.post("/annuler", decision=merge["decision_id"], retour="/")
    assert client.site.themes_now(4) == ["t-care"]
    assert lines(client)[-1]["undoes"] == merge["decision_id"]
    client.post("/annuler", decision=lines(client)[-1]["decision_id"], retour="/")
    assert client.site.themes_now(4) == ["t-health"]


def test_a_change_that_cannot_be_is_told_before_it_is_written(client: Client) -> None:
    page = client.post("/themes/t-health/apercu", geste="reunir", avec="t-hospital").text
    assert "Elle ne serait pas appliquée" in page and "sous-thème" in page
    assert "Enregistrer" not in page


def test_the_wording_of_the_machine_stays_beside_that_of_people(client: Client) -> None:
    client.post("/themes/t-health/appliquer", geste="renommer", label="Soignants", avant="Médecins")
    client.post("/themes/t-health/dire", geste="definir", definition="Qui soigne.", avant="Soins.")
    page = client.get("/themes/t-health").text
    assert "Soignants" in page and "Qui soigne." in page
    assert "Médecins" in page.split("Nom donné par la machine")[1] and "Soins." in page
    assert lines(client)[0]["before"] == "Médecins" and lines(client)[0]["after"] == "Soignants"


def test_two_people_who_disagree_are_shown_and_a_third_says_what_holds(client: Client, other: Client) -> None:
    decide(client, 1, "t-health", "t-care")
    decide(other, 1, "t-health", "t-post")
    assert other.site.themes_now(0) == ["t-care"]
    page = other.get("/conflits").text
    assert "Garder la décision de" in page and "Prendre celle de" in page and "Basile" in page
    lost = lines(other)[1]["decision_id"]
    assert answer_id(1) in other.get("/file/desaccords").text
    client.post("/nom", nom="Chloé")
    client.post("/conflits", decision=lost, tenir="autre")
    assert client.site.themes_now(0) == ["t-post"]
    assert "Aucun conflit" in client.get("/conflits").text


def test_a_conflict_can_be_settled_for_what_stands(client: Client, other: Client) -> None:
    client.post("/themes/t-care/appliquer", geste="renommer", label="A", avant="Soins")
    other.post("/themes/t-care/appliquer", geste="renommer", label="B", avant="Soins")
    assert "Gardé dans le journal, mais pas appliqué" in other.get(f"/?fait={lines(other)[1]['decision_id']}").text
    other.post("/conflits", decision=lines(other)[1]["decision_id"], tenir="present")
    assert other.site.label("t-care") == "A"
    assert "Aucun conflit" in other.get("/conflits").text


def test_a_line_that_somebody_else_writes_is_seen(client: Client) -> None:
    assert client.site.label("t-care") == "Soins"
    hand = {
        "decision_id": "main-1", "at": "2026-01-01T00:00:00", "author": "Main", "action": "rename",
        "target": {"kind": "topic", "id": "t-care"}, "before": "Soins", "after": "Soigner",
    }  # fmt: skip
    path = client.site.workspace.path / FILE
    path.write_text("n’importe quoi\n" + json.dumps(hand) + "\n", encoding="utf-8")
    assert "Soigner" in client.get(f"/questions/{QUESTION}").text
    assert "E422" in client.get("/journal").text
    path.write_text(json.dumps(hand).replace("Soigner", "Guérir") + "\n", encoding="utf-8")
    assert "Guérir" in client.get(f"/questions/{QUESTION}").text
    path.unlink()
    assert "Guérir" not in client.get(f"/questions/{QUESTION}").text


def test_names_are_added_corrected_linked_and_deleted_at_their_place_in_the_tables(client: Client) -> None:
    text = "La gare a fermé, dit Mme Jeanne Martin. La CAF aussi."
    client.post("/mention", reponse=answer_id(4), geste="ajouter", passage="gare", nature="LOC")
    masked = client.site.corpus.text(3)
    place = masked.index("CAF")
    old = {"ancien_debut": place, "ancien_fin": place + 3}
    client.post("/mention", reponse=answer_id(4), geste="rattacher", organisation="o-poste", **old)
    client.post("/mention", reponse=answer_id(4), geste="corriger", passage="La CAF", nature="MISC", **old)
    added, linked, edited = lines(client)
    assert added["after"] == {"label": "LOC", "start": 3, "end": 7, "quote": "gare"}
    assert linked["target"]["start"] == text.index("CAF") and linked["after"] == {"organisation_id": "o-poste"}
    assert edited["after"]["quote"] == "La CAF" and edited["after"]["start"] == text.index("La CAF")
    page = client.get(f"/reponse/{answer_id(4)}").text
    assert '<mark class="m-LOC" title="lieu">gare</mark>' in page
    assert '<mark class="m-MISC" title="autre nom">La CAF</mark>' in page
    place = masked.index("La CAF")
    old = {"ancien_debut": place, "ancien_fin": place + 6}
    client.post("/mention", reponse=answer_id(4), geste="supprimer", **old)
    assert "m-MISC" not in client.get(f"/reponse/{answer_id(4)}").text
    assert not client.site.state.troubles


def test_a_spelling_of_an_organisation_is_added(client: Client) -> None:
    client.post("/organisations/o-caf", orthographe="la  caf")
    (line,) = lines(client)
    assert (line["action"], line["target"], line["after"]) == (
        "alias",
        {"kind": "organisation", "id": "o-caf"},
        "la caf",
    )
    assert "la caf" in client.get("/organisations/o-caf").text


def test_answers_that_two_people_code_show_neither_the_machine_nor_the_other(client: Client) -> None:
    client.post("/double-codage", part="100", question="*")
    page = client.get("/file/double").text
    assert "machine" not in page.split("Thèmes de cette réponse")[1].split("caché")[1]
    assert " checked" not in page
    assert "/file/double" in client.get(f"/reponse/{field(page, 'reponse')}").text or "caché" in page
    number = int(field(page, "reponse").split("-")[1], 16)
    decide(client, number, "", "t-care", kind="double")
    second = Client(client.site.workspace, name="Basile")
    seen = []
    while "Il n’y a plus rien" not in (page := second.get("/file/double").text):
        seen.append(field(page, "reponse"))
        decide(second, int(seen[-1].split("-")[1], 16), "", "t-post", kind="double")
    assert answer_id(number) in seen and len(seen) == len(set(seen)) == 10
    assert all(line["before"] is None and line["note"] == "double" for line in lines(client)[1:])
    row = client.site.corpus.row_of[answer_id(number)]
    client.get("/")
    assert client.site.themes_now(row) == ["t-care"]  # the second did not see the first: a conflict, not a change
    assert client.get(f"/reponse/{answer_id(number)}").text.count("Basile")


def test_queues_give_each_answer_once_and_not_the_same_to_two_people(client: Client) -> None:
    page = client.get("/file/marge").text
    assert field(page, "reponse") == answer_id(8)  # the lowest margin
    assert f"apres={answer_id(8)}" in page
    assert client.site.corpus.row_of[answer_id(8)] != client.app._app.state.queues.next("marge", "Basile")
    skipped = client.get(f"/file/marge?apres={answer_id(8)}").text
    assert field(skipped, "reponse") not in (answer_id(8), "")
    assert field(client.get("/file/sans-theme").text, "reponse") == answer_id(7)


def test_a_theme_is_made_and_split_off_with_an_id_of_its_own(client: Client) -> None:
    client.post(f"/questions/{QUESTION}/creer", label="Guichets", definition="Des humains.", parent="")
    client.post("/themes/t-post/appliquer", geste="diviser", label="Gares", extrait=answer_id(4))
    made, split = lines(client)
    assert re.fullmatch(r"t-[0-9a-f]{12}", made["target"]["id"])
    assert made["after"]["question_id"] == QUESTION and made["after"]["questionnaire"] == "organisation"
    (part,) = split["after"]["into"]
    assert part["answers"] == [answer_id(4)] and re.fullmatch(r"t-[0-9a-f]{12}", part["topic_id"])
    assert client.site.view(0).size(part["topic_id"]) == 1


def test_pages_show_what_a_replay_of_the_log_gives(client: Client) -> None:
    decide(client, 1, "t-health", "t-care", "t-post")
    client.post("/themes/t-care/appliquer", geste="reunir", avec="t-health")
    client.post("/themes/t-post/appliquer", geste="diviser", label="Gares", extrait=answer_id(4))
    client.post("/passage", reponse=answer_id(5), passage="poste", theme="t-health")
    workspace = client.site.workspace
    replayed = read_reviewed(workspace, log.read(workspace).decisions).reviewed
    assert replayed.troubles == () and replayed == client.site.state.reviewed


def test_the_codebook_is_no_formula(client: Client) -> None:
    client.post("/themes/t-care/appliquer", geste="renommer", label="=1+1", avant="Soins")
    client.post("/themes/t-care/dire", geste="definir", definition="# [x](y) <b>")
    rows = list(csv.DictReader(io.StringIO(client.get("/plan-de-codage.csv").text.lstrip("\ufeff")), delimiter=";"))
    care = next(row for row in rows if row["topic_id"] == "t-care")
    assert care["theme"] == "\u200b=1+1" and care["nom_de_la_machine"] == "Soins" and care["reponses"] == "2"
    text = client.get("/plan-de-codage.md").text
    assert "\\# \\[x\\](y) &lt;b&gt;" in text


def test_what_is_not_there_is_told_and_nothing_is_written(client: Client) -> None:
    for path in ("/themes/t-none", "/questions/q-9", "/reponse/a-9", "/file/rien", "/organisations/o-9", "/x"):
        assert client.get(path).status_code == 404
    for path, fields in (
        ("/decider", {"reponse": "a-9"}),
        ("/decider", {"reponse": answer_id(1), "theme": "t-none"}),
        ("/decider", {"reponse": answer_id(1)}),
        ("/mention", {"reponse": answer_id(1), "geste": "ajouter", "passage": "absent", "nature": "ORG"}),
        ("/mention", {"reponse": answer_id(1), "geste": "ajouter", "passage": "manque", "nature": "X"}),
        ("/mention", {"reponse": answer_id(4), "geste": "ajouter", "passage": "[nom", "nature": "PER"}),
        ("/themes/t-care/apercu", {"geste": "reunir", "avec": "t-care"}),
        ("/themes/t-care/appliquer", {"geste": "renommer", "label": " "}),
    ):
        assert client.post(path, **fields).status_code == 400, fields
    assert not (client.site.workspace.path / FILE).exists()


def test_a_log_that_cannot_be_written_is_told_and_not_acknowledged(client: Client) -> None:
    (client.site.workspace.path / FILE).mkdir()
    answer = client.post("/decider", reponse=answer_id(1), avant="t-health", theme="t-care", dit="themes")
    assert answer.status_code == 500 and "Rien n’a été enregistré" in answer.text


def test_decisions_of_another_tool_are_shown_with_theirs(workspace: Workspace) -> None:
    target = Target(kind="topic", id="t-gone")
    line = Decision(decision_id="x", at="2026-01-01", author="<i>", action="rename", target=target, after="A")
    log.append(workspace, [line])
    client = Client(workspace)
    page = client.get("/conflits").text
    assert "il n’y a pas de thème t-gone" in page and "&lt;i&gt;" in page
    client.post("/conflits", decision="x", tenir="present")
    assert "Aucun conflit" in client.get("/conflits").text


def test_an_audit_is_judged_unseen_by_each_person_and_its_answers_are_hidden_before(workspace: Workspace) -> None:
    audit = draw(workspace, 4)
    first, second = Client(workspace), Client(workspace, name="Basile")
    kind, waiting = f"audit-{audit.audit_id}", [one.answer_id for one in audit.answers]
    assert "À coder d’abord" in first.get(f"/reponse/{waiting[0]}").text
    assert "À coder d’abord" in first.get("/themes/t-post").text or "audit" in first.get("/themes/t-post").text
    for client in (first, second):
        seen = []
        while "Il n’y a plus rien" not in (page := client.get(f"/file/{kind}").text):
            assert " checked" not in page and 'name="avant"' not in page
            seen.append(field(page, "reponse"))
            fields = {
                "reponse": seen[-1],
                "file": kind,
                "theme": ["t-care"],
                "dit": "rien" if len(seen) == 1 else "themes",
            }
            client.post("/decider", **fields)
        assert sorted(seen) == sorted(waiting)
    said = verdicts(audit, log.read(workspace).decisions)
    assert set(said) == set(waiting)
    assert all(set(by) == {"Zoé", "Basile"} for by in said.values())
    assert [] in [by["Zoé"] for by in said.values()]  # what says nothing has no theme
    assert "À coder d’abord" not in first.get(f"/reponse/{waiting[0]}").text
