"""Write shapes.json: outlines of the départements as short SVG paths, from two simplifications of one GeoJSON file.

    python make_shapes.py coarse.geojson fine.geojson shapes.json

README.md says where the outlines come from and how the two files are made.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

NAMES = {
    "01": "Ain", "02": "Aisne", "03": "Allier", "04": "Alpes-de-Haute-Provence", "05": "Hautes-Alpes",
    "06": "Alpes-Maritimes", "07": "Ardèche", "08": "Ardennes", "09": "Ariège", "10": "Aube", "11": "Aude",
    "12": "Aveyron", "13": "Bouches-du-Rhône", "14": "Calvados", "15": "Cantal", "16": "Charente",
    "17": "Charente-Maritime", "18": "Cher", "19": "Corrèze", "2A": "Corse-du-Sud", "2B": "Haute-Corse",
    "21": "Côte-d’Or", "22": "Côtes-d’Armor", "23": "Creuse", "24": "Dordogne", "25": "Doubs", "26": "Drôme",
    "27": "Eure", "28": "Eure-et-Loir", "29": "Finistère", "30": "Gard", "31": "Haute-Garonne", "32": "Gers",
    "33": "Gironde", "34": "Hérault", "35": "Ille-et-Vilaine", "36": "Indre", "37": "Indre-et-Loire", "38": "Isère",
    "39": "Jura", "40": "Landes", "41": "Loir-et-Cher", "42": "Loire", "43": "Haute-Loire", "44": "Loire-Atlantique",
    "45": "Loiret", "46": "Lot", "47": "Lot-et-Garonne", "48": "Lozère", "49": "Maine-et-Loire", "50": "Manche",
    "51": "Marne", "52": "Haute-Marne", "53": "Mayenne", "54": "Meurthe-et-Moselle", "55": "Meuse", "56": "Morbihan",
    "57": "Moselle", "58": "Nièvre", "59": "Nord", "60": "Oise", "61": "Orne", "62": "Pas-de-Calais",
    "63": "Puy-de-Dôme", "64": "Pyrénées-Atlantiques", "65": "Hautes-Pyrénées", "66": "Pyrénées-Orientales",
    "67": "Bas-Rhin", "68": "Haut-Rhin", "69": "Rhône", "70": "Haute-Saône", "71": "Saône-et-Loire", "72": "Sarthe",
    "73": "Savoie", "74": "Haute-Savoie", "75": "Paris", "76": "Seine-Maritime", "77": "Seine-et-Marne",
    "78": "Yvelines", "79": "Deux-Sèvres", "80": "Somme", "81": "Tarn", "82": "Tarn-et-Garonne", "83": "Var",
    "84": "Vaucluse", "85": "Vendée", "86": "Vienne", "87": "Haute-Vienne", "88": "Vosges", "89": "Yonne",
    "90": "Territoire de Belfort", "91": "Essonne", "92": "Hauts-de-Seine", "93": "Seine-Saint-Denis",
    "94": "Val-de-Marne", "95": "Val-d’Oise", "971": "Guadeloupe", "972": "Martinique", "973": "Guyane",
    "974": "La Réunion", "976": "Mayotte",
}  # fmt: skip
OVERSEAS = ("971", "972", "973", "974", "976")
PARIS = ("75", "92", "93", "94")
CORSICA = ("2A", "2B")
NEARER = (-0.026, 0.0)  # Corsica is drawn some 165 km nearer to the coast, in radii of the Earth
MAIN_WIDTH = 800
INSET_SIZE = 100  # the longer side of an inset; an inset holds its shapes whole
SMALLEST = {"main": 6.0, "inset": 8.0}  # twice the area of a ring (an island) that is left out, in units squared

Ring = list[tuple[float, float]]


def lambert(longitude: float, latitude: float) -> tuple[float, float]:
    """Project as France does (Lambert 93), on a sphere: enough for a picture. y grows to the south."""
    first, second, origin, middle = (math.radians(degrees) for degrees in (44, 49, 46.5, 3))

    def half(angle: float) -> float:
        return math.tan(math.pi / 4 + angle / 2)

    n = math.log(math.cos(first) / math.cos(second)) / math.log(half(second) / half(first))
    f = math.cos(first) * half(first) ** n / n
    rho, rho_origin = f / half(math.radians(latitude)) ** n, f / half(origin) ** n
    angle = n * (math.radians(longitude) - middle)
    return rho * math.sin(angle), rho * math.cos(angle) - rho_origin


def flat(longitude: float, latitude: float, middle: float) -> tuple[float, float]:
    """Project a small territory around its middle latitude."""
    return math.radians(longitude) * math.cos(math.radians(middle)), -math.radians(latitude)


def rings_by_code(path: Path) -> dict[str, list[Ring]]:
    """Return the outer rings of each département, in degrees."""
    found: dict[str, list[Ring]] = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        properties, geometry = feature["properties"], feature["geometry"]
        code = "976" if properties["name"] == "Mayotte" else properties["gn_a1_code"].removeprefix("FR.")
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        found[code] = [[(x, y) for x, y, *_ in polygon[0]] for polygon in polygons]
    return found


def doubled_area(ring: Ring) -> float:
    """Return twice the signed area inside a ring."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True))


def fitted(shapes: dict[str, list[Ring]], width: float, height: float, smallest: float) -> tuple[dict, int, int]:
    """Return shapes as paths of whole numbers in a box, and the box that they fill."""
    every = [point for rings in shapes.values() for ring in rings for point in ring]
    left, top = min(x for x, _ in every), min(y for _, y in every)
    wide, high = max(x for x, _ in every) - left, max(y for _, y in every) - top
    scale = min(width / wide, height / high)
    paths = {}
    for code in sorted(shapes):
        whole = [[(round((x - left) * scale), round((y - top) * scale)) for x, y in ring] for ring in shapes[code]]
        whole.sort(key=lambda ring: (-abs(doubled_area(ring)), ring))
        kept = [ring for place, ring in enumerate(whole) if place == 0 or abs(doubled_area(ring)) >= smallest]
        paths[code] = "".join(path_of(ring) for ring in kept)
    return paths, round(wide * scale), round(high * scale)


def path_of(ring: Ring) -> str:
    """Return a closed ring as a path of relative steps, without points on one place or on one line."""
    corners: list[tuple[float, float]] = []
    for point in ring:
        if corners and point == corners[-1]:
            continue
        while len(corners) > 1 and straight(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    x, y = corners[0]
    path, before = f"M{x} {y}l", ""
    for next_x, next_y in corners[1:]:
        for step in (next_x - x, next_y - y):
            path += (" " if before and step >= 0 else "") + str(step)
            before = "step"
        x, y = next_x, next_y
    return path + "z"


def straight(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Say whether three points lie on one line."""
    return (b[0] - a[0]) * (c[1] - a[1]) == (c[0] - a[0]) * (b[1] - a[1])


def main(coarse: str, fine: str, target: str) -> None:
    """Write the file."""
    whole, detailed = rings_by_code(Path(coarse)), rings_by_code(Path(fine))
    assert whole.keys() == detailed.keys() == NAMES.keys()
    mainland = {c: [[lambert(*p) for p in ring] for ring in whole[c]] for c in NAMES if c not in OVERSEAS}
    for code in CORSICA:
        mainland[code] = [[(x + NEARER[0], y + NEARER[1]) for x, y in ring] for ring in mainland[code]]
    paths, width, height = fitted(mainland, MAIN_WIDTH, math.inf, SMALLEST["main"])
    boxes = [{"name": "main", "width": width, "height": height, "paths": paths}]
    around = {code: [[lambert(*point) for point in ring] for ring in detailed[code]] for code in PARIS}
    insets = [("Paris et petite couronne", around)]
    for code in OVERSEAS:
        latitudes = [y for ring in detailed[code] for _, y in ring]
        middle = (min(latitudes) + max(latitudes)) / 2
        insets.append((NAMES[code], {code: [[flat(x, y, middle) for x, y in ring] for ring in detailed[code]]}))
    for name, shapes in insets:
        paths, width, height = fitted(shapes, INSET_SIZE, INSET_SIZE, SMALLEST["inset"])
        boxes.append({"name": name, "width": width, "height": height, "paths": paths})
    text = json.dumps({"names": NAMES, "boxes": boxes}, ensure_ascii=False, indent=1)
    Path(target).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
