"""IRaMuTeQ corpora."""

import datetime as dt

import pytest
from plain_tables import read

CORPUS = """**** *id_7 *auteur_u1 *date_2019_03_07 *code_postal_69008 *type_Citoyen *sexe_f *csp_cadre_sup
Trop de normes.
 Et trop de taxes.

**** *id_8 *sexe_h
**** *id_9 *sexe_f *sexe_x *presse
2019
*** rien
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["corpus.txt", "corpus.csv"])
def test_variables_are_fields_or_closed_questions_and_lines_the_text(tmp_path, name, end):
    got = read(tmp_path / name, CORPUS.replace("\n", end).encode("utf-8-sig"))
    assert got.layout == "IRaMuTeQ corpus"
    assert got.column("reference") == ["7", "8", "9"]
    first = got.forms[0]
    assert (first["author"], first["author_type"], first["postcode"]) == ("u1", "Citoyen", "69008")
    assert first["published_at"] == dt.datetime(2019, 3, 7)
    assert got.answers() == [
        {"sexe": "f", "csp": "cadre_sup", "Texte": f"Trop de normes.{end} Et trop de taxes."},
        {"sexe": "h", "Texte": ""},
        {"sexe": "f|x", "presse": "presse", "Texte": f"2019{end}*** rien"},
    ]
    assert got.kinds == {"sexe": "closed", "csp": "closed", "presse": "closed", "Texte": "open"}
    said = " ".join(message.about("f") for message in got.said("N121"))
    assert "« id »" in said and "--postcode-column" in said


def test_themes_are_questions_of_their_own(tmp_path):
    corpus = "**** *id_1\n-*fiscalité\nTrop.\n-*école\nMieux.\n-*fiscalité\nVraiment trop.\n"
    corpus += "**** *id_2\nAvant.\n-*école\nRien.\n"
    got = read(tmp_path / "c.txt", corpus)
    assert got.answers() == [
        {"fiscalité": "Trop.\nVraiment trop.", "école": "Mieux."},
        {"Texte": "Avant.", "école": "Rien."},
    ]


def test_dates_that_are_none_leave_the_variable_a_question(tmp_path):
    got = read(tmp_path / "c.txt", "**** *date_2019-03-07\na\n**** *date_hiver\nb\n")
    assert [answer["date"] for answer in got.answers()] == ["2019-03-07", "hiver"]
    assert got.column("published_at") == [None, None]


def test_a_named_variable_is_the_field(tmp_path):
    got = read(tmp_path / "c.txt", "**** *id_1 *code_x\na\n**** *id_2 *code_y\nb\n", id_column="code")
    assert got.column("reference") == ["x", "y"]
    assert [answer["id"] for answer in got.answers()] == ["1", "2"]


def test_numbered_texts_and_text_on_the_first_line(tmp_path):
    got = read(tmp_path / "c.txt", "0001 *sexe_f\nun\n0002 *sexe_h deux\ntrois\n")
    assert got.answers() == [{"sexe": "f", "Texte": "un"}, {"sexe": "h", "Texte": "deux\ntrois"}]


def test_what_stands_before_the_first_text_is_told(tmp_path):
    got = read(tmp_path / "c.txt", "Mon corpus\n\n**** *id_1\na\n")
    assert [(m.code, m.line) for m in got.messages if m.code.startswith("E")] == [("E110", 1)]
    assert len(got.forms) == 1


@pytest.mark.parametrize("content", ["****\nTitre\n****\n", "Du texte, **** *gras* et autres.\n", "2019\n2020\n"])
def test_other_text_is_no_corpus(tmp_path, content):
    assert read(tmp_path / "c.txt", content).layout is None


def test_all_questions_of_the_corpus_come_with_each_text(tmp_path):
    from plain_tables import INDEX

    from pipeline.config import ColumnsConfig
    from pipeline.ingest import iramuteq
    from pipeline.ingest.discovery import InputFile
    from pipeline.ingest.encodings import inspect
    from pipeline.ingest.reading import Context

    path = tmp_path / "c.txt"
    path.write_text("**** *a_1\nx\n**** *b_2\n-*t\ny\n")
    context = Context(INDEX, ColumnsConfig(), tmp_path)
    found = list(iramuteq.read(InputFile(path, "c.txt", "c.txt"), inspect(path), context))
    assert [[heading.wording for heading in record.asked] for record in found] == [["a", "b", "Texte", "t"]] * 2
