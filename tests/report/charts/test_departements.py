"""The map has every département, tells no count below five, and says how its classes are made."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.geography import _REGIONS
from pipeline.report.charts import DepartementMap, departement_map
from pipeline.report.charts.departements import quintiles, shapes
from tests.report.charts.pictures import LABELS, SVG, all_text, departements, parsed

OFFICIAL = {code for codes in _REGIONS.values() for code in codes.split()}


def titles(svg: str) -> list[str]:
    return [path.findtext(f"{SVG}title", "") for path in parsed(svg).iter(f"{SVG}path") if len(path)]


def test_every_departement_is_drawn_once_and_the_petite_couronne_twice() -> None:
    assert shapes()["names"].keys() == OFFICIAL
    found = [re.findall(r"\((\w+)\)", title)[0] for title in titles(departements(LABELS))]
    assert sorted(found) == sorted([*OFFICIAL, "75", "92", "93", "94"])


def test_outlines_are_closed_and_lie_in_their_boxes() -> None:
    for box in shapes()["boxes"]:
        for path in box["paths"].values():
            assert path.endswith("z")
            for ring in path.removesuffix("z").split("z"):
                start, _, steps = ring.removeprefix("M").partition("l")
                x, y = map(int, start.split())
                numbers = list(map(int, re.findall(r"-?\d+", steps)))
                assert len(numbers) >= 4 and len(numbers) % 2 == 0
                for across, down in zip(numbers[::2], numbers[1::2], strict=True):
                    x, y = x + across, y + down
                    assert 0 <= x <= box["width"] and 0 <= y <= box["height"]


def test_neighbours_lie_where_they_should() -> None:
    def middle(code: str) -> tuple[int, int]:
        x, y = map(int, re.findall(r"\d+", shapes()["boxes"][0]["paths"][code])[:2])
        return x, y

    assert middle("29")[0] < middle("75")[0] < middle("67")[0]  # Finistère, Paris, Bas-Rhin
    assert middle("59")[1] < middle("63")[1] < middle("66")[1] < middle("2A")[1]
    areas = {code: len(path) for code, path in shapes()["boxes"][0]["paths"].items()}
    assert areas["75"] < areas["33"]


def test_no_count_below_five_is_told() -> None:
    counts: dict[str, int | None] = {"69": 1240, "48": 4, "2A": 0, "974": 5, "13": None, "988": 3}
    svg = departement_map(DepartementMap("Carte", counts, unknown=77))
    said = titles(svg)
    assert "Rhône (69)\u00a0: 1\u202f240" in said and "La Réunion (974)\u00a0: 5" in said
    for name in ("Lozère (48)", "Corse-du-Sud (2A)", "Bouches-du-Rhône (13)", "Ain (01)"):
        assert f"{name}\u00a0: moins de 5" in said
    text = all_text(svg)
    assert "moins de 5, ou non communiqué" in text.replace("\u00a0", " ")
    assert "autres territoires\u00a0: moins de 5" in svg and "département inconnu\u00a0: 77" in svg
    shaded = [path for path in parsed(svg).iter(f"{SVG}path") if re.fullmatch("k[0-4]", path.get("class") or "")]
    assert len(shaded) == 2
    hatched = [path for path in parsed(svg).iter(f"{SVG}path") if path.get("fill") == "url(#hachure-carte)"]
    assert len(hatched) == 105 - 2


@given(counts=st.dictionaries(st.sampled_from(sorted(OFFICIAL)), st.integers(5, 500), min_size=1))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_classes_are_fifths_and_equals_share_one(counts: dict[str, int]) -> None:
    classes = quintiles(counts)
    for one, count in counts.items():
        for other, more in counts.items():
            assert (count < more) <= (classes[one] <= classes[other])
            assert count != more or classes[one] == classes[other]
    if len(set(counts.values())) == len(counts) >= 5:
        sizes = [list(classes.values()).count(place) for place in range(5)]
        assert max(sizes) - min(sizes) <= 1


def test_the_legend_has_the_classes_and_their_rule() -> None:
    text = all_text(departements(LABELS))
    assert "5 à " in text and "un cinquième des départements" in text and "autres territoires" in text
