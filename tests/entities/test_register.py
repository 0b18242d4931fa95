"""The register: what a person edits is read whole, or told of with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.entities.folding import fold
from pipeline.entities.register import load_register, register_files
from pipeline.errors import DoleancesError, ExitCode
from tests.entities.registers import HEADER, ROWS, write_register

SHIPPED = load_register(register_files())


def _refused(path: Path) -> str:
    with pytest.raises(DoleancesError) as caught:
        load_register(register_files(path))
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    return str(caught.value)


def test_the_register_that_ships_is_sound_and_holds_a_few_thousand_organisations() -> None:
    assert len(SHIPPED.organisations) >= 2000
    assert fold("TVA") in SHIPPED.not_organisations
    assert fold("Saint-Étienne") in SHIPPED.places


def test_ids_of_the_state_are_empty_or_well_formed() -> None:
    for organisation in SHIPPED.organisations.values():
        assert organisation.siren is None or len(organisation.siren) == 9


PART_OF_THE_NAME = {
    "lrem",
    "lfi",
    "lmde",
    "mednum",
    "cimade",
    "sorbonne",
    "lr",
    "eelv",
    "l214",
    "le-bon-coin",
    "coop-de-france",
}


def test_a_determiner_stands_in_an_alias_only_when_it_is_part_of_the_name() -> None:
    determiners = ("l", "le", "la", "les")
    for organisation in SHIPPED.organisations.values():
        if fold(organisation.name).split()[0] in determiners or organisation.kind == "média":
            continue
        for surface in organisation.surfaces:
            first = fold(surface).split()[0]
            assert first not in determiners or organisation.organisation_id in PART_OF_THE_NAME, surface


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("caf;Autre;;;;;entreprise;;", "already on line 2"),
        ("autre;Autre;C.A.F.;;;;entreprise;;", "« C.A.F. » already belongs to caf on line 2"),
        ("autre;Autre;;X;;;entreprise;;", "alias « X » is too short"),
        ("autre;;;;;;entreprise;;", "too short"),
        ("autre;Autre;;++;;;entreprise;;", "alias « ++ » holds no letter or digit"),
        ("Autre Chose;Autre;;;;;entreprise;;", "organisation_id « Autre Chose »"),
        ("autre;Autre;;;;;boutique;;", "kind « boutique » is none of"),
        ("autre;Autre;;;;oui;entreprise;;", "branches must be yes or empty"),
        ("autre;Autre;;;;;entreprise;12345;", "siren « 12345 » must have 9 digits"),
        ("autre;Autre;;;;;entreprise;552081316;", "siren « 552081316 » is mistyped"),
        ("autre;Autre;;;;;entreprise;;42", "wikidata « 42 »"),
        ("autre;Autre;entreprise", "does not have 9 columns"),
        ("autre;Autre;;;;;entreprise;;;", "does not have 9 columns"),
        ('autre;"Autre;;;;;entreprise;;', "unexpected end"),
    ],
)
def test_a_row_that_cannot_stand_is_told_with_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    path = write_register(tmp_path, *ROWS, row)
    message = _refused(path)
    assert message.startswith("E304")
    assert f"register.csv, line {len(ROWS) + 2}" in message
    assert says in message


def test_a_name_on_both_lists_is_refused(tmp_path: Path) -> None:
    message = _refused(write_register(tmp_path, denied="# taxes\ntva\nS.N.C.F.\n"))
    assert "not_organisations.txt, line 3" in message
    assert "sncf" in message


@pytest.mark.parametrize("marks", ["-", "—", "\u0301", "++ !"])
@pytest.mark.parametrize("name", ["not_organisations.txt", "places.txt"])
def test_a_line_of_marks_alone_is_refused(tmp_path: Path, name: str, marks: str) -> None:
    path = write_register(tmp_path)
    (tmp_path / name).write_text(f"TVA\n\n{marks} # nothing\n", encoding="utf-8")
    message = _refused(path)
    assert f"{name}, line 3" in message
    assert "no letter or digit" in message


@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        ("2016-01-01", "2016", True),
        ("2016", "2016-01-01", True),
        ("2016-02-01", "2016-01-31", False),
        ("2017-01-01", "2016", False),
        ("2017", "2016-12-31", False),
    ],
)
def test_dates_are_compared_as_far_as_both_go(tmp_path: Path, since: str, until: str, stands: bool) -> None:
    row = f"autre;Autre;entreprise;{since};{until}"
    path = write_register(tmp_path, row, header="organisation_id;name;kind;since;until")
    if stands:
        assert load_register(register_files(path)).organisations["autre"].until == until
    else:
        assert "is later than" in _refused(path)


def test_a_wrong_header_says_which_columns_there_are(tmp_path: Path) -> None:
    message = _refused(write_register(tmp_path, header=HEADER.replace("aliases", "alias")))
    assert "line 1" in message and "aliases" in message


def test_a_file_that_is_not_utf8_says_what_to_do(tmp_path: Path) -> None:
    message = _refused(write_register(tmp_path, encoding="cp1252"))
    assert "line 3" in message and "CSV UTF-8" in message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DoleancesError, match="E101"):
        register_files(tmp_path / "none.csv").sums()


def test_what_a_spreadsheet_writes_is_read_alike(tmp_path: Path) -> None:
    plain = load_register(register_files(write_register(tmp_path / "a")))
    commas = [row.replace(";", ",") for row in ROWS]
    other = write_register(tmp_path / "b", *commas, header=HEADER.replace(";", ","), encoding="utf-8-sig")
    other.write_bytes(other.read_bytes().replace(b"\n", b"\r\n"))
    assert load_register(register_files(other)) == plain


def test_the_lists_that_ship_are_used_when_none_lie_beside_a_register(tmp_path: Path) -> None:
    path = write_register(tmp_path, denied="")
    (tmp_path / "not_organisations.txt").unlink()
    assert load_register(register_files(path)).not_organisations == SHIPPED.not_organisations
