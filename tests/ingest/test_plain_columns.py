"""What the columns of a plain table are taken for, and what is said of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import ColumnsConfig
from pipeline.ingest.plain_columns import roles, told

LONG = "Je trouve que les services publics sont trop loin des gens et qu'il faudrait en ouvrir dans chaque village."


def named(found):
    """Return the roles by the name of their column."""
    return {found.names[place]: role for role, place in found.fields.items()}


@pytest.mark.parametrize(
    ("name", "cell", "role"),
    [
        ("authorId", "VXNlcjox", "author"),
        ("Auteur", "u1", "author"),
        ("Type d'auteur", "Citoyen / Citoyenne", "author_type"),
        ("créé le", "07/03/2019", "published_at"),
        ("created_at", "2019-03-07T10:00:00Z", "published_at"),
        ("submitdate", "2019-03-07 10:00:00", "published_at"),
        ("Code Postal", "01000", "postcode"),
        ("CP", "2A004", "postcode"),
        ("zip", "69008", "postcode"),
        ("pondération", "0,85", "weight"),
        ("Référence", "2019-4-1", "reference"),
        ("N°", "12", "reference"),
        ("trashed", "false", "trashed"),
    ],
)
def test_columns_are_known_by_the_names_people_give_them(name, cell, role):
    found = roles(["texte", name], [["bonjour à tous", cell]], ColumnsConfig())
    assert named(found) == {name: role}
    assert [found.names[place] for place in found.questions] == ["texte"]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("date", "le mois dernier"),
        ("cp", "Lyon"),
        ("poids", "lourd"),
        ("reference", LONG),
        ("Avez-vous une date à proposer ?", "2019-03-07"),
    ],
)
def test_a_name_whose_cells_say_otherwise_is_a_question(name, cell):
    assert not roles(["texte", name], [["bonjour à tous", cell]], ColumnsConfig()).fields


def test_dates_and_postcodes_are_known_by_their_cells():
    rows = [[f"{LONG} {n}", f"0{n % 9 + 1}/03/2019 10:0{n % 9}", f"6900{n % 9}"] for n in range(30)]
    assert named(roles(["a", "b", "c"], rows, ColumnsConfig())) == {"b": "published_at", "c": "postcode"}
    assert "published_at" not in named(roles(["a", "Date de naissance", "c"], rows, ColumnsConfig())).values()


def test_a_first_column_of_keys_is_the_reference():
    rows = [[f"R{n}", f"{LONG} {n}"] for n in range(20)]
    assert named(roles(["clef", "a"], rows, ColumnsConfig())) == {"clef": "reference"}
    assert not roles(["clef", "a"], [["R1", row[1]] for row in rows], ColumnsConfig()).fields


def test_a_question_column_makes_a_long_table_and_the_text_is_its_answer():
    rows = [["1", "Q un ?", "oui", "F"], ["1", "Q deux ?", "non", "F"], ["2", "Q un ?", "non", "H"]]
    found = roles(["id", "question", "réponse", "sexe"], rows, ColumnsConfig())
    assert (found.question, found.texts, found.others) == (1, (2,), (3,))


def test_a_column_question_in_which_people_ask_is_no_question_column():
    rows = [[str(n), f"Pourquoi {n} ? {LONG}"] for n in range(20)]
    found = roles(["id", "question"], rows, ColumnsConfig())
    assert (found.question, found.texts) == (None, (1,))


def test_named_columns_come_before_guesses_whatever_their_case():
    columns = ColumnsConfig(text_column=("AVIS",), id_column="code", author_column="Mél")
    found = roles(["id", "code", "avis", "mel", "autre"], [["1", "x", "oui", "a@b.fr", LONG]], columns)
    assert named(found) == {"code": "reference", "mel": "author"}
    assert [found.heading(place).kind for place in found.questions] == ["closed", "open", "closed"]
    assert [(m.code, m.fields["columns"]) for m in told(found)] == [("N123", "« id », « autre »")]


def test_a_named_column_that_is_not_there_is_an_error_that_lists_those_that_are():
    found = roles(["id", "texte"], [], ColumnsConfig(text_column=("verbatim",), weight_column="poids"))
    (message,) = told(found)
    line = message.about("export.csv")
    assert message.code == "E130"
    assert "« poids », « verbatim »" in line and "« id », « texte »" in line


def test_each_guess_is_said_with_the_option_that_sets_it():
    found = roles(["id", "cp", "texte"], [["1", "69008", LONG]], ColumnsConfig())
    lines = [message.about("export.csv") for message in told(found)]
    assert any("« cp »" in line and "--postcode-column" in line for line in lines)
    assert any("« id »" in line and "--id-column" in line for line in lines)
    assert any("« texte »" in line and "--text-column" in line for line in lines)
    columns = ColumnsConfig(id_column="id", postcode_column="cp", text_column="texte")
    assert not list(told(roles(["id", "cp", "texte"], [["1", "69008", LONG]], columns)))


def test_a_first_row_of_data_is_no_header_and_is_not_quoted():
    found = roles(["12", "2019-03-07", LONG], [["13", "2019-03-08", LONG + " 2"]], ColumnsConfig())
    assert not found.header
    assert found.names == ("Colonne 1", "Colonne 2", "Colonne 3")
    assert all("services" not in message.about("f") for message in told(found))
    assert not roles([LONG], [[LONG + " 2"], [LONG + " 3"]], ColumnsConfig()).header
    assert roles(["Que pensez-vous de tout ce que " + LONG[:-1] + " ?"], [[LONG]], ColumnsConfig()).header


def test_names_that_are_empty_or_twice_there():
    found = roles(["avis", " ", "avis", None], [["a", "b", "c", "d"]], ColumnsConfig())
    assert found.names == ("avis", "Colonne 2", "avis", "Colonne 4")
    assert found.questions == (0, 1, 2, 3)
    assert found.unnamed == {1, 3}


def test_official_headers_keep_their_ids():
    heading = roles(["id", "Q169 - Que pensez-vous ?"], [["1", LONG]], ColumnsConfig()).heading(1)
    assert (heading.wording, heading.official_id) == ("Que pensez-vous ?", "169")


def test_columns_of_numbers_or_links_are_closed():
    found = roles(["texte", "âge", "lien"], [["bonjour", "42", "https://example.org/1"]] * 3, ColumnsConfig())
    assert [found.heading(place).kind for place in found.questions] == [None, "closed", "closed"]


cells = st.none() | st.text(max_size=20) | st.sampled_from(["id", "texte", "question", "1", "2019-03-07", "69008"])


@settings(deadline=None)
@given(names=st.lists(cells, min_size=1, max_size=6), rows=st.lists(st.lists(cells, max_size=8), max_size=12))
def test_every_column_has_one_role_whatever_the_table(names, rows):
    found = roles(names, rows, ColumnsConfig())
    places = [*found.fields.values(), *found.questions, *([] if found.question is None else [found.question])]
    assert sorted(places) == list(range(len(names)))
    assert all(message.about("f") for message in told(found))
