"""A small register written to a folder, for the tests that need one of their own."""

from __future__ import annotations

from pathlib import Path

HEADER = "organisation_id;name;acronym;aliases;cased;branches;kind;siren;wikidata"
ROWS = (
    "caf;Caisse d'allocations familiales;CAF;caisse des allocations;;yes;protection sociale;;",
    "pole-emploi;Pôle emploi;;pole emplois;;yes;établissement public;;",
    "sncf;SNCF;SNCF;;;;entreprise;;",
    "suez;Suez;;;;;entreprise;;",
    "ars;Agence régionale de santé;ARS;;ARS;yes;administration;;",
    "total;Total;;;Total;;entreprise;;",
    "coeur;Restos du cœur;;;;;association;;",
)


def write_register(
    folder: Path, *rows: str, header: str = HEADER, denied: str = "canal de Suez\nTVA\n", encoding: str = "utf-8"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "register.csv"
    path.write_text("\n".join((header, *(rows or ROWS))) + "\n", encoding=encoding)
    (folder / "not_organisations.txt").write_text(denied, encoding="utf-8")
    (folder / "places.txt").write_text("# towns\nLyon\nRhône\nCahors\nIsère\n", encoding="utf-8")
    return path
