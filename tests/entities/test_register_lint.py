"""The linter: everything that is wrong in a register at once, with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.entities.matcher import RegisterMatcher
from pipeline.entities.register import load_register, register_files
from pipeline.entities.register_lint import lint
from pipeline.errors import DoleancesError
from tests.entities.registers import write_register

HEADER = "organisation_id;name;acronym;aliases;cased;ambiguous;near;kind;parent;successor;since;until"


def problems(folder: Path, *rows: str, denied: str = "TVA\n") -> list[tuple[int, str, bool]]:
    path = write_register(folder, *rows, header=HEADER, denied=denied)
    return [(problem.line, problem.detail, problem.warning) for problem in lint(register_files(path))]


def test_the_register_that_ships_has_no_problem() -> None:
    assert lint(register_files()) == []


def test_every_row_that_cannot_stand_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "caf;CAF;;;;;;entreprise;;;;",
        "caf;Autre;;;;;;entreprise;;;;",
        "b;B;;;;;;boutique;;;;",
        "c;Une;;;;;;média;rien;;2010;2009",
        "d;Deux;;x;;;;média;;;;19e siècle",
        "e;Trois;;;;cio;;média;;;;",
        "f;Quatre",
    )
    assert [line for line, _, _ in found] == [3, 4, 4, 5, 6, 6, 7, 8]
    assert not any(warning for *_, warning in found)
    with pytest.raises(DoleancesError, match="and 7 more: doleances register lint"):
        load_register(register_files(tmp_path / "register.csv"))


def test_parents_that_go_round_in_a_circle_or_are_not_there_are_told(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "a;Une;;;;;;média;b;;;",
        "b;Deux;;;;;;média;c;;;",
        "c;Trois;;;;;;média;b;;;",
        "d;Quatre;;;;;;média;;d;;",
        "e;Cinq;;;;;;média;nulle-part;;;",
    )
    assert [detail for _, detail, _ in found] == [
        "parent goes round in a circle: b → c → b",
        "successor goes round in a circle: d → d",
        "parent « nulle-part » is not in the register",
    ]


def test_what_stands_in_the_register_to_no_effect_is_a_warning(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        "a;Pôle emploi;;pole emploi;;;;média;;;;",
        "b;Centre d'orientation;;;;cio;orient*|scolaire;réseau local;;;;",
        "c;Comité olympique;;;;cio;orient*;association;;;;",
        "d;CIO;;;;cio;orient*;association;;;;",
    )
    assert found == [
        (2, "alias « pole emploi » says nothing new beside « Pôle emploi »", True),
        (4, "« cio » is never found: « cio » leads to b", True),
        (5, "nothing leads to d: none of its names is ever found", True),
    ]


def test_names_that_look_like_patterns_are_names(tmp_path: Path) -> None:
    path = write_register(tmp_path, "a;C++ (.*)+$ [x;;;;;c.*;média;;;;", "b;.*;;;;;;média;;;;", header=HEADER)
    with pytest.raises(DoleancesError, match="line 2"):
        load_register(register_files(path))
    path = write_register(tmp_path, "a;C++ (.*)+$ [x;;;;zzz;(a+)+*;média;;;;", header=HEADER)
    matcher = RegisterMatcher(load_register(register_files(path)))
    assert [match.organisation_id for match in matcher.find("voici C++ (.*)+$ [x !")] == ["a"]
    assert matcher.find("zzz " + "a" * 70) == []


def test_a_hundred_thousand_aliases_are_read_and_each_is_found(tmp_path: Path) -> None:
    # bench_entities.py measures that they do not slow the search down.
    rows = [
        f"o{n};Nom {n:06d} du registre;;" + "|".join(f"alias {n:06d} {k}" for k in range(9)) + ";;;;média;;;;"
        for n in range(10_000)
    ]
    matcher = RegisterMatcher(load_register(register_files(write_register(tmp_path, *rows, header=HEADER))))
    found = matcher.find("Voici l'alias 004242 7, l'alias-009999 0 et le nom 000001 du registre.")
    assert [match.organisation_id for match in found] == ["o4242", "o9999", "o1"]
