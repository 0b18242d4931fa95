"""Proposals exported from a Decidim platform."""

import csv
import io

import pytest
from plain_tables import read

ROW = {
    "id": "12",
    "author/id": "u7",
    "author/name": "Anne",
    "author/url": "https://example.org/u7",
    "category/id": "3",
    "category/name/fr": "Transports",
    "scope/id": "",
    "scope/name/fr": "Lyon",
    "participatory_space/id": "1",
    "participatory_space/url": "https://example.org/p1",
    "component/id": "4",
    "title/fr": "Des vélos",
    "body/fr": "<p>Plus de pistes ; « partout »\net vite.</p>",
    "address": "",
    "state": "accepted",
    "reference": "LY-PROP-2024-05-12",
    "answer/fr": "<p>Oui</p>",
    "votes": "41",
    "endorsements/total_count": "3",
    "comments": "2",
    "published_at": "2024-05-07 10:00:00 +0200",
    "url": "https://example.org/12",
    "is_amend": "false",
    "original_proposal/title": "-",
}


def export(path, rows, separator=";", encoding="utf-8-sig"):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-16")])
def test_title_and_body_are_open_and_the_rest_is_closed_or_told(tmp_path, separator, encoding):
    got = read(export(tmp_path / "proposals", [ROW], separator, encoding))
    assert got.layout == "Decidim proposals"
    (form,) = got.forms
    assert (form["reference"], form["author"], form["trashed"]) == ("LY-PROP-2024-05-12", "u7", "false")
    assert form["answers"] == {
        "Titre de la proposition": ROW["title/fr"],
        "Texte de la proposition": ROW["body/fr"],
        "Catégorie": "Transports",
        "Périmètre": "Lyon",
        "État de la proposition": "accepted",
        "Réponse officielle": "<p>Oui</p>",
        "Adresse": "",
        "Votes": "41",
        "Mentions de soutien": "3",
        "Nombre de commentaires": "2",
        "Amendement": "false",
    }
    opened = {wording for wording, kind in got.kinds.items() if kind == "open"}
    assert opened == {"Titre de la proposition", "Texte de la proposition"}
    (message,) = got.said("N127")
    assert "« author/url »" in message.about("f") and "« url »" in message.about("f")


def test_versions_without_languages_or_with_several(tmp_path):
    old = {"id": "1", "title": "Ancien", "body": "Texte", "component/id": "2", "is_amend": "false", "supports": "4"}
    got = read(export(tmp_path / "old.csv", [old]))
    assert got.answers()[0]["Titre de la proposition"] == "Ancien"
    assert got.column("reference") == ["1"]
    base = {"component/id": "2", "is_amend": ""}
    rows = [
        {
            "id": "1",
            "title/en": "A",
            "title/fr": "B",
            "body/en": "C",
            "body/fr": " ",
            "title/machine_translations/fr": "D",
        },
        {
            "id": "2",
            "title/en": "E",
            "title/fr": "",
            "body/en": "",
            "body/fr": "",
            "title/machine_translations/fr": "F",
        },
    ]
    got = read(export(tmp_path / "new.csv", [row | base for row in rows]))
    assert [list(answer.values())[:2] for answer in got.answers()] == [["B", "C"], ["E", ""]]


@pytest.mark.parametrize(
    ("values", "trashed"),
    [({"state": "withdrawn"}, "true"), ({"state": "rejected"}, "false"), ({"state": ""}, "false")],
)
def test_withdrawn_proposals_are_kept_apart_and_their_state_is_kept(tmp_path, values, trashed):
    got = read(export(tmp_path / "p.csv", [ROW | values]))
    assert got.column("trashed") == [trashed]
    assert got.answers()[0]["État de la proposition"] == values["state"]


def test_withdrawal_may_have_a_column_of_its_own(tmp_path):
    rows = [ROW | {"withdrawn": "true"}, ROW | {"withdrawn": "false"}, ROW | {"withdrawn": ""}]
    assert read(export(tmp_path / "p.csv", rows)).column("trashed") == ["true", "false", "false"]


def test_a_reference_that_is_missing_is_the_id(tmp_path):
    got = read(export(tmp_path / "p.csv", [ROW, ROW | {"reference": "", "author/id": ""}]))
    assert got.column("reference") == ["LY-PROP-2024-05-12", "12"]
    assert got.column("author") == ["u7", "Anne"]


def test_rows_with_a_cell_too_many_are_kept_and_told(tmp_path):
    path = export(tmp_path / "p.csv", [ROW, ROW, ROW])
    path.write_bytes(path.read_bytes().replace(b";41;", b";41;9;", 1))
    got = read(path)
    assert len(got.forms) == 3
    assert len(got.said("E109")) == 1
    assert [bool(unread) for unread in got.column("unread")] == [True, False, False]


def test_an_analyst_who_names_the_text_is_followed(tmp_path):
    got = read(export(tmp_path / "p.csv", [ROW]), text_column="body/fr")
    assert got.layout == "table"
    assert got.answers()[0]["body/fr"] == ROW["body/fr"]


def test_other_tables_with_a_title_and_a_body_are_no_proposals(tmp_path):
    assert read(tmp_path / "t.csv", "id;title;body\n1;a;b\n").layout == "table"
