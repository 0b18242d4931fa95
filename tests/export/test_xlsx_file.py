"""The workbook: every text comes back, no cell is a formula, and the sheets say what analysts look for."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from pipeline.export import workbook, xlsx_file
from pipeline.export.sheet_xml import CUT, MOST_UNITS, cut, units
from pipeline.export.workbook import Book, SheetColumn
from tests.export.hostile import AWKWARD, FORMULAS, source_of, texts, theme, topic

SHEETS = ["Lisez-moi", "Thèmes", "Réponses", "Organisations", "Couverture", "Croisements"]


def written(source: Any, folder: Path) -> openpyxl.Workbook:
    folder.mkdir()
    xlsx_file.write(source, folder)
    assert [path.name for path in folder.iterdir()] == [xlsx_file.FILE]
    return openpyxl.load_workbook(folder / xlsx_file.FILE)


def rows(sheet: Any, head: int = 1) -> list[dict[str, Any]]:
    """Return the rows of a sheet by heading."""
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    return [dict(zip(lines[head - 1], line, strict=True)) for line in lines[head:]]


def text_of(value: object) -> str:
    return unescape(value) if isinstance(value, str) else ""


@settings(max_examples=8, deadline=None)
@given(st.lists(texts, max_size=25), texts)
@example(list(AWKWARD), AWKWARD[3])
def test_any_texts_come_back_as_string_cells(received: list[str], label: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        answers = [{"text": text, "reason": text, "topics": [theme("t-1", label)]} for text in received]
        organisation = {"organisation_id": "o-1", "name": label, "aliases": [label], "n_mentions": 1}
        source = source_of(Path(scratch) / "in", answers, topics=[topic("t-1", label)], organisations=[organisation])
        book = written(source, Path(scratch) / "out")
        assert [text_of(row["Réponse"]) for row in rows(book["Réponses"])] == received
        assert [text_of(row["Motif"]) for row in rows(book["Réponses"])] == received
        assert [text_of(row["Thème"]) for row in rows(book["Thèmes"])] == ([label] if received else [])
        assert [text_of(row["Organisation"]) for row in rows(book["Organisations"])] == [label]
        kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
        assert kinds <= {"s", "inlineStr", "n", "d"}


def test_a_text_that_looks_like_a_formula_stays_one_when_it_is_edited(tmp_path: Path) -> None:
    book = written(source_of(tmp_path / "in", [{"text": text} for text in (*FORMULAS, "texte")]), tmp_path / "out")
    column = next(cell.column for cell in book["Réponses"][1] if cell.value == "Réponse")
    quoted = [book["Réponses"].cell(line + 2, column).quotePrefix for line in range(len(FORMULAS) + 1)]
    assert quoted == [True] * len(FORMULAS) + [False]


def test_sheets_are_there_with_filters_and_headings_that_stay(tmp_path: Path) -> None:
    book = written(source_of(tmp_path / "in", [{"text": "texte " * 100}]), tmp_path / "out")
    assert book.sheetnames == SHEETS
    for sheet in book:
        head = 2 if sheet.title == "Croisements" else 1
        assert sheet.freeze_panes == f"A{head + 1}" and sheet.auto_filter.ref.startswith(f"A{head}:")
        assert all(sheet.column_dimensions[letter].width for letter in "AB")
    (text,) = [cell for cell in book["Réponses"][2] if str(cell.value).startswith("texte ")]
    assert text.alignment.wrap_text and book["Réponses"].row_dimensions[2].height > 100


def test_counts_of_themes_coverage_and_organisations(tmp_path: Path) -> None:
    one, two, part = theme("t-1", "Médecins"), theme("t-2", "Poste"), theme("t-3", "Urgences", "t-1")
    answers = [
        {"topics": [one, two], "author_id": "p-1", "topic_id": "t-1"},
        {"topics": [one, part], "author_id": "p-1", "duplicate_of": "a-0"},
        {"topics": [part], "weight": 0.5, "routed": True},
        {"state": "empty", "text": None, "published_at": datetime(1899, 1, 1)},
        {"state": "unassigned", "author_id": "p-2", "text": ""},
    ]
    mention = {"segment_id": None, "start": 0, "end": 1, "surface": "t", "label": "ORG", "organisation_id": "o-1"}
    mention |= {"author_is_organisation": False, "source": "register", "score": 1.0}
    source = source_of(
        tmp_path / "in",
        answers,
        topics=[topic("t-1", "Médecins"), topic("t-2", "Poste"), topic("t-3", "Urgences", parent_id="t-1")],
        mentions=[mention | {"mention_id": f"m-{i}", "answer_id": f"a-{i // 2}"} for i in range(3)],
        organisations=[{"organisation_id": "o-1", "name": "CAF", "aliases": ["Caf", "C.A.F."], "n_mentions": 3}],
    )
    book = written(source, tmp_path / "out")
    found = [
        [row[name] for name in ("Thème", "Sous-thème", "Réponses", "Contributions", "Répondants", "Textes uniques")]
        for row in rows(book["Thèmes"])
    ]
    assert found == [
        ["Médecins", None, 3, 3, 2, 2],
        ["Médecins", "Urgences", 2, 2, 2, 2],
        ["Poste", None, 1, 1, 1, 1],
    ]
    first, _, third, fourth, _ = rows(book["Réponses"])
    assert (
        first["Date de publication"] == datetime(2019, 3, 7, 10, 5) and first["Tous les thèmes"] == "Médecins | Poste"
    )
    assert third["Poids"] == 0.5 and third["Question posée"] == "oui"
    assert fourth["État"] == "Vide" and fourth["Réponse"] is None
    assert fourth["Date de publication"] == "1899-01-01 00:00:00"
    (row,) = rows(book["Organisations"])
    assert (row["Mentions"], row["Réponses"], row["Autres noms"]) == (3, 2, "Caf | C.A.F.")
    whole, row = rows(book["Couverture"])
    assert whole["Reçues"] == row["Reçues"] == 5
    assert (row["Avec thème"], row["Sans thème"], row["Vide"]) == (3, 1, 1)


def test_crossings_count_each_theme_once_an_answer_and_hide_small_cells(tmp_path: Path) -> None:
    one, part = theme("t-1", "Médecins"), theme("t-3", "Urgences", "t-1")

    def many(count: int, departement: str | None, region: str | None, **more: Any) -> list[dict[str, Any]]:
        return [{"departement": departement, "region": region, "author_type": "Citoyen"} | more] * count

    answers = [
        *many(30, "69", "Auvergne-Rhône-Alpes", topics=[one, part]),
        *many(20, "38", "Auvergne-Rhône-Alpes", topics=[one]),
        *many(3, "2A", "Corse", topics=[part]),
        *many(12, None, None, topics=[one]),
        *many(40, "69", "Auvergne-Rhône-Alpes", state="unassigned"),
        *many(10, "69", "Auvergne-Rhône-Alpes", state="empty"),
    ]
    topics = [topic("t-1", "Médecins"), topic("t-3", "Urgences", parent_id="t-1")]
    book = written(source_of(tmp_path / "in", answers, topics=topics), tmp_path / "out")
    base, row = rows(book["Croisements"], head=2)
    assert base["Thème"] == "Toutes les réponses lisibles" and base["Total"] == 105
    assert row["Thème"] == "Médecins" and row["Total"] == 65 and row["Citoyen"] == 65
    assert row["Corse"] == row["2A"] == "<5"
    assert row["Semaine du 4\u00a0mars 2019"] == 65
    assert row["Hors région ou non renseignée"] == "masqué"  # or 65 - 50 - 12 would be told
    assert row["Auvergne-Rhône-Alpes"] == 50 and row["69"] == 30 and row["38"] == 20


def test_themes_are_crossed_with_closed_answers_in_long_form(tmp_path: Path) -> None:
    hostile = "=cmd|' /C calc'!A0"  # « | » divides the answers of a question that takes several
    both = [{"question_id": "q-1", "topics": [theme("t-1", "Médecins")]}, {"question_id": "q-1", "state": "unassigned"}]
    said = [*["Oui"] * 30, *["Non"] * 20, *["=1+1"] * 8, *[hostile] * 6, *[None] * 9]
    answers = []
    for place, text in enumerate(said):
        form = {"contribution_id": f"c-{place}"}
        answers.append(both[text == "Non" and place % 2] | form)
        answers.append({"question_id": "q-2", "text": text, "state": "closed" if text else "empty"} | form)
    common = {"questionnaire": "organisation"}
    questions = [
        common | {"question_id": "q-1", "number": 1, "title": "Quoi ?", "kind": "open"},
        common | {"question_id": "q-2", "number": 2, "title": "<b>D’accord ?</b>", "kind": "choice"},
    ]
    source = source_of(tmp_path / "in", answers, questions=questions, topics=[topic("t-1", "Médecins")])
    book = written(source, tmp_path / "out")
    assert book.sheetnames == [*SHEETS, "Croisements fermées"]
    found = rows(book["Croisements fermées"])
    assert {row["Question fermée"] for row in found} == {"<b>D’accord ?</b>"}
    base = {row["Réponse"]: row for row in found if row["Thème"] == "Toutes les réponses lisibles"}
    assert {name: row["Effectif"] for name, row in base.items()} == {
        "Oui": 30, "Non": 20, "=1+1": 8, "=cmd": 6, "' /C calc'!A0": 6, "Sans réponse": 9,
    }  # fmt: skip
    assert base["Oui"]["Base"] == 73 and base["Oui"]["Part (%)"] == 41.1
    themes = {row["Réponse"]: row for row in found if row["Thème"] == "Médecins"}
    assert (themes["Non"]["Effectif"], themes["Non"]["Base"], themes["Non"]["Part (%)"]) == (10, 20, 50)
    assert themes["Non"]["Résidu"] is None  # 2.7 expected without the theme
    cells = [cell for line in book["Croisements fermées"].iter_rows(min_row=2) for cell in line]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith("="))


def test_hidden_cells_of_closed_answers_read_as_in_the_other_sheet(tmp_path: Path) -> None:
    answers = []
    for place in range(100):
        form = {"contribution_id": f"c-{place}"}
        topics = [theme("t-1", "Médecins")] if place < 53 else []
        answers.append({"question_id": "q-1", "state": "assigned" if topics else "unassigned", "topics": topics} | form)
        text = "Oui" if 3 <= place < 33 or place > 80 else "Non" if place < 53 and place > 2 else "Peut-être"
        answers.append({"question_id": "q-2", "text": text, "state": "closed"} | form)
    common = {"questionnaire": "organisation"}
    questions = [
        common | {"question_id": "q-1", "number": 1, "title": "Quoi ?", "kind": "open"},
        common | {"question_id": "q-2", "number": 2, "title": "D’accord ?", "kind": "closed"},
    ]
    source = source_of(tmp_path / "in", answers, questions=questions, topics=[topic("t-1", "Médecins")])
    found = rows(written(source, tmp_path / "out")["Croisements fermées"])
    themes = {row["Réponse"]: row["Effectif"] for row in found if row["Thème"] == "Médecins"}
    assert themes["Peut-être"] == "<5" and "masqué" in (themes["Oui"], themes["Non"])
    hidden = [row for row in found if isinstance(row["Effectif"], str)]
    assert all(row["Part (%)"] is None and row["Résidu"] is None for row in hidden)


def test_what_is_longer_than_a_sheet_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 8)
    received = [text for text in AWKWARD if text]
    book = written(source_of(tmp_path / "in", [{"text": text} for text in received]), tmp_path / "out")
    names = [name for name in book.sheetnames if name.startswith("Réponses")]
    assert names[:2] == ["Réponses", "Réponses 2"] and len(names) == -(-len(received) // 7)
    assert [text_of(row["Réponse"]) for name in names for row in rows(book[name])] == received
    assert "Lisez-moi 2" in book.sheetnames and all(book[name].auto_filter.ref for name in names)


def test_rows_one_by_one_go_on_in_another_sheet_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    book = Book(tmp_path / "a.xlsx", "Essai")
    sheet = book.sheet("Feuille", [SheetColumn("Texte", 10)])
    received = [text for text in AWKWARD if text]
    for text in received:
        sheet.write([text])
    sheet.close()
    book.close()
    found = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [text_of(row["Texte"]) for name in found.sheetnames for row in rows(found[name])] == received


@pytest.mark.parametrize("character", ["é", "\U0001f600", "\x00"])
def test_a_text_that_no_cell_holds_is_cut_with_a_note(tmp_path: Path, character: str) -> None:
    text = "=" + character * MOST_UNITS
    assert units(cut(text)) in (MOST_UNITS, MOST_UNITS - 1) and cut(text).endswith(CUT)
    assert cut(character * (MOST_UNITS // 2)) == character * (MOST_UNITS // 2)
    book = written(source_of(tmp_path / "in", [{"text": text}]), tmp_path / "out")
    (row,) = rows(book["Réponses"])
    assert text_of(row["Réponse"]) == cut(text)


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in", [{"text": text} for text in AWKWARD])
    written(source, tmp_path / "one")
    written(source, tmp_path / "two")
    one, two = ((tmp_path / name / xlsx_file.FILE).read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_guide_says_whether_personal_data_is_masked(tmp_path: Path) -> None:
    source = source_of(tmp_path / "in", [{}])
    told = [str(row) for row in rows(written(source, tmp_path / "one")["Lisez-moi"])]
    assert any("sont remplacés par" in row for row in told)
    bare = type(source)(source.folder, source.manifest, masked=False)
    told = [str(row) for row in rows(written(bare, tmp_path / "two")["Lisez-moi"])]
    assert any("PAS masquées" in row for row in told)
