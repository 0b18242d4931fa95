"""The colours of the pictures: contrast in both themes (WCAG 2.2 AA), and a rule for every class that is used."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from pipeline.report.charts import STYLE
from tests.report.charts.pictures import DRAWINGS, LABELS, parsed

CSS = STYLE.read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--chart-([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(colour: str, opacity: float, paper: str) -> str:
    mixed = (
        round(opacity * int(colour[at : at + 2], 16) + (1 - opacity) * int(paper[at : at + 2], 16)) for at in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out(theme: dict[str, str]) -> None:
    paper = theme["paper"]
    hues = [theme[f"hue-{place}"] for place in range(9)]
    assert contrast(theme["ink"], paper) >= 7 and contrast(theme["muted"], paper) >= 4.5
    for hue in hues:
        assert contrast(hue, paper) >= 4.5  # names of themes are written in it
        tile = over(hue, 0.16, paper)
        sub_theme = over(hue, 0.14, tile)
        for ground in (tile, sub_theme, over(hue, 0.34, tile)):
            assert contrast(theme["ink"], ground) >= 4.5
    assert ".chart-treemap .m { fill: var(--chart-ink); }" in CSS  # muted letters are too faint on a tile
    assert all(contrast(theme[name], paper) >= 3 for name in ("axis", "bar", "more", "less"))
    assert len(set(hues)) == 9


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_classes_of_the_map_go_from_faint_to_strong(theme: dict[str, str]) -> None:
    strength = [contrast(theme[f"class-{place}"], theme["paper"]) for place in range(5)]
    assert all(fainter * 1.25 < stronger for fainter, stronger in pairwise(strength))


def test_both_themes_have_all_colours_and_print_has_the_light_ones() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert "@media screen and (prefers-color-scheme: dark)" in CSS
    assert not re.search(r"url\((?!#)", CSS) and "@import" not in CSS


def test_every_class_that_a_picture_uses_has_a_rule() -> None:
    used = {
        name
        for draw in DRAWINGS.values()
        for element in parsed(draw(LABELS)).iter()
        for name in (element.get("class") or "").split()
        if not name.startswith("chart-")
    }
    assert used - set(re.findall(r"\.([a-z][\w-]*)", CSS)) == set() and len(used) > 20
