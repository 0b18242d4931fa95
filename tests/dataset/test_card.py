"""The dataset card: what it must say, that it says no more than is known, and nothing of the machine it was made on."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import bundles, dataset, ledger, replay
from pipeline.config import Config
from pipeline.dataset import card_quality, mask_figures
from pipeline.dataset.card import ThemeFacts, dataset_card, theme_facts
from pipeline.dataset.card_text import code, inline
from pipeline.dataset.mask_figures import MASK_FIGURES, MaskFigures
from pipeline.dataset.measured_figures import ORGANISATIONS, THEMES
from pipeline.dataset.schemas import FILES
from pipeline.ledger import Coverage
from pipeline.privacy import KINDS
from pipeline.tables import STATES
from pipeline.typography import typeset
from pipeline.workspace import Workspace
from tests.workspaces import small

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
SUM = "ab" * 32


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = small(tmp_path_factory.mktemp("small"))
    dataset.run(workspace, Config().with_values("execution", workers=1))
    return workspace


@pytest.fixture(scope="module")
def covered(made: Workspace) -> Coverage:
    return ledger.coverage(made, settled=True)


def manifest_of(**parameters: dict[str, Any]) -> dict[str, Any]:
    inputs = [{"name": "avis.csv", "path": "/home/someone/secret/avis.csv", "sha256": SUM}]
    return {"inputs": inputs, "stages": {name: {"parameters": given} for name, given in parameters.items()}}


def plain(card: str) -> str:
    """Return a card with usual blanks, on one line."""
    return " ".join(card.replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_card_has_all_that_a_reader_asks_of_a_dataset(covered: Coverage) -> None:
    card = dataset_card(manifest_of(topics={"seed": 7, "versions": {"numpy": "2.4.6"}}), covered, masked=True)
    headings = re.findall("^## (.*)$", card, re.MULTILINE)
    assert headings == [
        *("Fichiers", "Origine", "Couverture", "Méthode", "Annotation", "Chiffres mesurés", "Biais connus"),
        *("Données personnelles", "Refaire ce jeu de données", "Licence", "Citer"),
    ]
    for told in (f"| `avis.csv` | `{SUM}` |", '"seed": 7', '"numpy": "2.4.6"', "doleances run avis.csv"):
        assert told in card
    for told in ("volontaires : ils ne sont pas représentatifs", "Licence des fichiers reçus : inconnue"):
        assert told in plain(card)
    assert {f"{name}.parquet" for name in FILES} == set(re.findall(r"^\| `(\w+\.parquet)`", card, re.MULTILINE))


def test_the_header_is_yaml_that_the_hub_reads(covered: Coverage) -> None:
    card = dataset_card(manifest_of(), covered, masked=True)
    _, header, _ = card.split("---\n", 2)
    found = yaml.safe_load(header)
    assert (found["language"], found["license"], found["size_categories"]) == ("fr", "unknown", ["n<1K"])


def test_the_ledger_adds_up_and_every_state_is_explained(covered: Coverage) -> None:
    card = dataset_card(manifest_of(), covered, masked=True)
    section = card.partition("## Couverture")[2].partition("##")[0]
    counts = {state: int(n) for state, n, why in re.findall(r"^\| (\w+) \| (\d+) \| (.+) \|$", section, re.MULTILINE)}
    assert set(counts) == set(STATES) - {"pending"} and counts == covered.states
    assert f"| **reçues** | **{sum(counts.values())}** |" in section
    rows = re.findall(r"^\| organisation (\d)\. .* \| (\d+) \| (\d+) \| (\d+) \|$", section, re.MULTILINE)
    questions = [question for question in covered.questions if question.kind == "open"]
    assert [(int(n), int(received)) for n, received, _, _ in rows] == [(q.number, q.received) for q in questions]
    assert sum(int(row[2]) for row in rows) == covered.states["assigned"]


def test_what_was_not_done_is_said_and_what_was_is_counted(covered: Coverage) -> None:
    unknown = plain(dataset_card(manifest_of(), covered, masked=True))
    assert "voir la colonne `status`" in unknown and "Personne n’a relu" not in unknown
    nobody = plain(dataset_card(manifest_of(), covered, masked=True, themes=ThemeFacts({"proposed": 3})))
    assert "3 proposés par la machine, 0 relus, 0 validés. Personne n’a relu ces thèmes." in nobody
    some = ThemeFacts({"proposed": 3, "reviewed": 2, "validated": 1})
    read = plain(dataset_card(manifest_of(), covered, masked=True, themes=some))
    assert "3 proposés par la machine, 2 relus, 1 validés." in read and "Personne n’a relu" not in read
    for card in (unknown, nobody, read):
        assert "Contrôle par échantillon** : aucun" in card and "Accord entre personnes** : non mesuré" in card


def test_theme_facts_are_those_of_the_dataset_and_of_the_models_that_are_still_there(tmp_path: Path) -> None:
    workspace = small(tmp_path)
    dataset.run(workspace, Config().with_values("execution", workers=1))
    assert theme_facts(workspace) == ThemeFacts({"proposed": 3}, ("local/abc123",))
    folder = tmp_path / "models" / "local" / "abc123"
    folder.mkdir(parents=True)
    figures = {"AMI": "0.5 ± 0.1", "sur |": 3}
    content = {"name": "local", "version": "abc123", "created_from": {}, "figures": figures}
    bundles.seal(folder, "topics", content)
    facts = theme_facts(workspace)
    assert facts.figures == {"local/abc123": figures}
    card = dataset_card(manifest_of(), ledger.coverage(workspace, settled=True), masked=True, themes=facts)
    assert "| AMI | 0.5 ± 0.1 | modèle `local/abc123` |" in card and "| sur ¦ | 3 |" in card
    bundles.seal(folder, "topics", content | {"version": "other"})
    assert theme_facts(workspace).figures == {}


def test_figures_of_the_method_are_those_that_the_benchmarks_recorded() -> None:
    entities = json.loads((RESULTS / "entities.json").read_text("utf-8"))
    found = entities["figures"]["gold_organisations_test.jsonl"]["register and stock"]
    for one, name in zip(ORGANISATIONS, ("precision", "recall", "f1"), strict=True):
        assert {"value": one.value, "low": one.low, "high": one.high} == found[name]
        assert f"{found['answers']} réponses" in one.on and f"{found['gold_spans']} mentions" in one.on
    topics = json.loads((RESULTS / "topics_version_3.json").read_text("utf-8"))
    ami = topics["mean_and_spread"]["reported"]["ours, classifier"]["AMI"]
    unassigned = json.loads((RESULTS / "unassigned.json").read_text("utf-8"))["mean"]
    assert [THEMES[0].value, THEMES[0].spread] == ami
    assert THEMES[1].value == unassigned["own with a theme, with chance"]
    assert THEMES[2].value == unassigned["others with a theme, with chance"]


def test_figures_of_masks_are_those_that_the_benchmark_recorded() -> None:
    results = json.loads((RESULTS / "privacy.json").read_text("utf-8"))
    found = results["planted"]["test"]["read by the recogniser, public figures kept"]
    for kind, one in mask_figures.MASK_FIGURES.items():
        counted = found["by_kind"][kind]
        assert one.cases == counted["gold"] and one.recall is not None and one.precision is not None
        assert one.recall[0] == round(counted["right"] / counted["gold"], 4) >= one.recall[1]
        assert one.precision[0] == round(counted["right"] / counted["masks"], 4) <= one.precision[2]
    assert mask_figures.ALL_MASKS.cases == found["gold_spans"]
    assert str(found["cases"]) in str(mask_figures.MEASURED_ON)


def test_figures_of_themes_are_told_of_the_method_that_was_used_alone(covered: Coverage) -> None:
    measured = THEMES[0].what.split(" : ")[1]
    for parameters, told in (({}, True), ({"method": "reinert"}, False), ({"codebook": "5f1c"}, False)):
        card = plain(dataset_card(manifest_of(topics=parameters), covered, masked=True))
        assert (measured in card) is told
        assert "Organisations citées : F1 | 0,961 (0,935–0,983)" in card


def test_every_mask_has_a_row_and_what_is_not_measured_is_said(
    covered: Coverage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(MASK_FIGURES) == set(KINDS.values())
    found = {"name": MaskFigures("noms", 1234, (0.9, 0.85, 0.95), None)}
    blank = {kind: MaskFigures(one.what) for kind, one in MASK_FIGURES.items()}
    monkeypatch.setattr(mask_figures, "MASK_FIGURES", blank | found)
    monkeypatch.setattr(mask_figures, "MEASURED_ON", "150 cas plantés")
    card = dataset_card(manifest_of(), covered, masked=True)
    assert "| `[nom]` | noms | 1\u202f234 | 0,900 (0,850–0,950) | non mesuré |" in card
    assert "| `[courriel]` | adresses électroniques | non mesuré | non mesuré | non mesuré |" in card
    assert "Mesurés sur 150 cas plantés." in plain(card)


def test_an_unmasked_dataset_says_so_and_claims_no_mask(covered: Coverage) -> None:
    card = dataset_card(manifest_of(), covered, masked=False)
    assert "ne sont pas masquées" in card and "[nom]" not in card


@pytest.mark.parametrize(("setting", "told"), [("keep", "restent"), ("mask", "sont masqués aussi")])
def test_what_becomes_of_public_figures_is_said(covered: Coverage, setting: str, told: str) -> None:
    card = plain(dataset_card(manifest_of(dataset={"public_figures": setting}), covered, masked=True))
    assert f"Les noms de personnes publiques {told}." in card


def test_nothing_is_told_of_the_machine_or_of_secrets(covered: Coverage) -> None:
    given = manifest_of(
        ingest={"salt": "5a17", "text_column": ["avis"]},
        topics={"model": "/home/someone/m", "list": ["/home/someone/x"]},
    )
    card = dataset_card(given, covered, masked=True, themes=ThemeFacts({}, ("grand-debat-2019/3",)))
    assert "someone" not in card and "5a17" not in card and "salt" not in card


def test_names_of_files_are_shown_as_text_and_cannot_end_the_command(covered: Coverage) -> None:
    manifest = manifest_of()
    manifest["inputs"][0]["name"] = "a|b ```\n# <b>.csv"
    card = dataset_card(manifest, covered, masked=True)
    before, _, rest = card.partition("````sh\n")
    fenced, _, after = rest.partition("\n````\n")
    assert fenced == "doleances run 'a|b ```\n# <b>.csv'"
    assert "| `a¦b ''' # <b>.csv` |" in before
    assert "<b>" not in after


@given(st.text())
def test_code_and_inline_text_never_break_a_table(text: str) -> None:
    for shown in (code(text), inline(text)):
        assert "\n" not in shown and "\r" not in shown
    assert "|" not in code(text) and code(text).count("`") == 2
    assert "<" not in inline(text)


def test_typography_leaves_addresses_and_code_alone() -> None:
    assert typeset("voir `a:b` et http://x.fr ; non ?") == "voir `a:b` et http://x.fr\u202f; non\u202f?"


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "topics": st.fixed_dictionaries(
            {},
            optional={
                "minimum_answers": st.integers(2, 900),
                "minimum_score": st.floats(0, 1),
                "seed": st.integers(0, 9),
            },
        ),
        "ingest": st.fixed_dictionaries(
            {},
            optional={
                "near_copies": st.booleans(),
                "questions": st.lists(
                    st.fixed_dictionaries(
                        {"title": st.text(st.characters(exclude_categories=["Cs"]), min_size=1)},
                        optional={"kind": st.sampled_from(["open", "closed"])},
                    ),
                    max_size=2,
                ),
            },
        ),
        "privacy": st.fixed_dictionaries({"mask": st.booleans(), "public_figures": st.sampled_from(["keep", "mask"])}),
    },
)


@settings(deadline=None)
@given(SETTINGS)
def test_the_settings_that_replay_a_run_are_those_it_had(given: dict[str, Any]) -> None:
    config = Config.model_validate(given)
    stages = {
        "ingest": {"parameters": config.ingest.model_dump(mode="json")},
        "topics": {"parameters": config.topics.model_dump(mode="json")},
        "dataset": {"parameters": config.privacy.model_dump(mode="json")},
    }
    manifest = {"inputs": [], "stages": stages}
    read = Config.model_validate(tomllib.loads(replay.settings_file(manifest)))
    assert read.model_copy(update={"execution": config.execution}) == config
    assert ("--config doleances.toml" in replay.command(manifest)) is (read != Config())


def test_a_card_with_settings_shows_them_under_the_command(covered: Coverage) -> None:
    card = dataset_card(manifest_of(topics={"minimum_answers": 40, "seed": 0}), covered, masked=True)
    assert "doleances run avis.csv --config doleances.toml\n" in card
    assert "```toml\n[topics]\nminimum_answers = 40\n```" in card
    assert card_quality.figures(None, {})[0] == "## Chiffres mesurés"
