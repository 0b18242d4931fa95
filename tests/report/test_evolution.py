"""What became of themes since the model before: told of the last refit, and only where there was one."""

from __future__ import annotations

from pathlib import Path

from tests.campaigns import campaign
from tests.report.consultations import rich
from tests.report.pages import make


def test_a_page_tells_what_the_last_refit_did_to_each_theme_and_not_what_earlier_ones_did(tmp_path: Path) -> None:
    page = make(rich(tmp_path)).question(1)
    _, _, section = page.said.partition("Depuis le modèle précédent")
    told = section[: section.index("Méthode")]
    assert told.count("repris tel quel") == 1
    assert told.count("séparé d’un thème") == 2 and "nouveau" not in told


def test_there_is_no_such_section_where_all_themes_are_of_a_first_fit(tmp_path: Path) -> None:
    assert "Évolution" not in make(campaign(tmp_path)).whole
