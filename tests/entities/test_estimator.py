"""The recogniser on texts: spaCy's model and the register together, and on the seed contribution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import clone

from pipeline.entities.estimator import OrganisationRecogniser
from tests.entities.registers import write_register

SEED = Path(__file__).parents[1] / "data" / "seed_organisations.jsonl"

EXPECTED = {
    "o-pimms": {"PIMMS", "Union nationale des PIMMS", "Union des PIMMS", "Point information médiation multi-services"},
    "o-msap": {"MSAP", "maison de services au public"},
    "o-edf": {"EDF"},
    "o-enedis": {"ENEDIS"},
    "o-engie": {"ENGIE"},
    "o-veolia": {"VEOLIA"},
    "o-sncf": {"SNCF"},
    "o-keolis": {"KEOLIS"},
    "o-la-poste": {"La Poste", "LA POSTE"},
    "o-malakoff-mederic-humanis": {"Malakoff Médéric Humanis", "MALAKOFF MEDERIC HUMANIS"},
    "o-suez": {"SUEZ"},
    "o-cget": {"CGET"},
    "o-ditp": {"DITP", "direction inter-ministérielle de transformation publique"},
    "o-afnor": {"AFNOR"},
}


def test_each_organisation_of_the_seed_folds_onto_one_whatever_its_spelling() -> None:
    texts = [json.loads(line)["text"] for line in SEED.read_text(encoding="utf-8").splitlines()]
    found: dict[str | None, set[str]] = {}
    for text, spans in zip(texts, OrganisationRecogniser().fit(texts).predict(texts), strict=True):
        for span in spans:
            assert text[span.start : span.end] == span.surface
            found.setdefault(span.organisation_id, set()).add(span.surface)
    assert {organisation_id: found.get(organisation_id) for organisation_id in EXPECTED} == EXPECTED


def test_it_is_an_estimator_that_can_be_cloned() -> None:
    estimator = clone(OrganisationRecogniser(use_model=False))
    assert estimator.get_params() == {"register": None, "use_model": False, "recogniser": None}
    assert estimator.fit() is estimator


def test_it_takes_a_register_of_ones_own(tmp_path: Path) -> None:
    path = write_register(tmp_path)
    estimator = OrganisationRecogniser(register=path, use_model=False)
    assert [span.organisation_id for span in estimator.predict(["EDF et la CAF"])[0]] == ["o-caf"]
    path.write_text(path.read_text(encoding="utf-8") + "edf;EDF;;;;;entreprise;;\n", encoding="utf-8")
    assert [span.organisation_id for span in estimator.predict(["EDF et la CAF"])[0]] == ["o-edf", "o-caf"]


@pytest.mark.parametrize("text", ["", " ", "\U0001f600", "\x00\u202e", "e\u0301" * 30, "CAF " * 9000])
def test_hostile_text_is_read_whole(text: str) -> None:
    (spans,) = OrganisationRecogniser().predict([text])
    assert all(text[span.start : span.end] == span.surface for span in spans)
    assert len(spans) == text.count("CAF")


@pytest.mark.parametrize("texts", ["La caisse (CAF)", [None], ["La CAF", 1]])
def test_what_is_no_list_of_texts_is_refused(texts: Any) -> None:
    estimator = OrganisationRecogniser(use_model=False)
    for method in (estimator.fit, estimator.predict):
        with pytest.raises(ValueError, match="text"):
            method(texts)
