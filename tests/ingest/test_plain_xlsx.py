"""Workbooks: sheets with tables, and files that must not be opened."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from plain_tables import read

CONTENT = "[Content_Types].xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def with_sheet(path, xml, source=None):
    """Return a workbook whose first sheet is `xml`."""
    made = io.BytesIO()
    workbook(made, a=[["id", "texte"], [1, "x"]])
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return path


def test_numbers_and_dates_are_as_people_see_them(tmp_path):
    row = [7, 69008, 0.1 + 0.2, dt.date(2019, 3, 7), dt.datetime(2019, 3, 7, 10, 1), True, None, "a\nb", 1234567890123]
    names = ["id", "cp", "part", "date", "heure", "vrai", "rien", "texte", "siret"]
    got = read(workbook(tmp_path / "t.xlsx", a=[names, row]))
    (form,) = got.forms
    assert (form["reference"], form["postcode"], form["published_at"]) == ("7", "69008", "2019-03-07")
    assert form["answers"] == {
        "part": "0.3",
        "heure": "2019-03-07 10:01:00",
        "vrai": "true",
        "rien": None,
        "texte": "a\nb",
        "siret": "1234567890123",
    }


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv", "t"])
def test_titles_and_blank_rows_above_the_header_and_between_rows_are_left_out(tmp_path, name):
    rows = [[], ["Consultation 2019"], [], [None, "id", "avis", "note"], [None, 1, "a", 2], [], [None, 2, "b", 3]]
    got = read(workbook(tmp_path / name, a=rows))
    assert got.layout == "XLSX"
    assert got.column("reference") == ["1", "2"]
    assert got.column("row") == [1, 2]
    assert got.answers() == [{"avis": "a", "note": "2"}, {"avis": "b", "note": "3"}]


def test_each_sheet_with_a_table_is_read_and_each_other_one_told_of(tmp_path):
    sheets = {
        "Lisez-moi": [["Colonne", "Sens"], ["avis", "ce que vous pensez"]],
        "2019": [["id", "avis"], [1, "a"], [2, "b"]],
        "2020": [["id", "avis", "note"], [3, "c", 1]],
        "vide": [],
        "titre": [["Merci à tous"], ["de vos réponses"]],
    }
    got = read(workbook(tmp_path / "t.xlsx", **sheets))
    assert got.column("reference") == ["1", "2", "3"]
    assert got.column("row") == [1, 2, 3]
    told = " ".join(message.about("t.xlsx") for message in got.said("N126"))
    assert all(f"« {name} »" in told for name in ("Lisez-moi", "vide", "titre"))
    assert not any(message.code.startswith("E") for message in got.messages)


def test_only_the_sheets_that_have_the_named_columns_are_read(tmp_path):
    path = workbook(tmp_path / "t.xlsx", a=[["id", "avis"], [1, "a"]], b=[["id", "verbatim"], [2, "b"]])
    got = read(path, text_column="verbatim")
    assert got.answers() == [{"verbatim": "b"}]
    assert [message.fields["table"] for message in got.said("N126")] == [", sheet « a »"]
    assert [m.code for m in read(path, text_column="rien").messages] == ["E130", "E130"]


def test_a_long_table_in_a_sheet(tmp_path):
    rows = [["id", "question", "réponse"], [1, "Q un ?", "a"], [2, "Q un ?", "b"], [1, "Q deux ?", "c"]]
    assert read(workbook(tmp_path / "t.xlsx", a=rows)).answers() == [{"Q un ?": "a", "Q deux ?": "c"}, {"Q un ?": "b"}]


def test_a_workbook_without_a_table_is_told(tmp_path):
    assert [m.code for m in read(workbook(tmp_path / "t.xlsx", a=[])).messages] == ["E135"]


def test_two_cells_that_span_a_billion_are_refused(tmp_path):
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    xml = f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>"
    (message,) = read(with_sheet(tmp_path / "t.xlsx", xml)).messages
    assert message.code == "E131" and "1,048,576 rows" in message.about("t.xlsx")


def test_cells_that_do_not_say_where_they_are_are_counted(tmp_path):
    wide = "<row>" + "<c><v>1</v></c>" * 16_000 + "</row>"
    xml = f"<worksheet {MAIN}><sheetData>{wide}{'<row/>' * 100_000}<row><c><v>1</v></c></row></sheetData></worksheet>"
    assert [m.code for m in read(with_sheet(tmp_path / "t.xlsx", xml)).messages] == ["E131"]


def test_a_bomb_is_refused_unopened(tmp_path):
    xml = f"<worksheet {MAIN}><sheetData>" + " " * (120 * 2**20) + "</sheetData></worksheet>"
    assert [m.code for m in read(with_sheet(tmp_path / "t.xlsx", xml)).messages] == ["E132"]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off_is_told(tmp_path, keep):
    path = workbook(tmp_path / "t.xlsx", a=[["id", "avis"], *([n, f"texte {n}"] for n in range(200))])
    content = path.read_bytes()
    assert [m.code for m in read(path, content[: int(keep * len(content))]).messages] == ["E134"]


def test_a_damaged_sheet_is_told(tmp_path):
    got = read(with_sheet(tmp_path / "t.xlsx", f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>99</v>'))
    assert [m.code for m in got.messages] in (["E134"], ["E135"])
    content = bytearray((tmp_path / "t.xlsx").read_bytes())
    place = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[place] ^= 0xFF
    assert [m.code for m in read(tmp_path / "t.xlsx", bytes(content)).messages] == ["E134"]


def test_old_encrypted_and_open_document_files_are_told(tmp_path):
    assert [m.code for m in read(tmp_path / "t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)).messages] == [
        "E131"
    ]
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<x/>")
    assert [m.code for m in read(tmp_path / "t.ods").messages] == ["E131"]
