"""A finished workspace with all that newer tables hold: copies, conditions, files received again, older forms.

Question 2 is asked of those who say « Oui » to question 1. Its answers, worked by hand:

====  ======  =========  =====  ========
form  author  Q1         theme  in copy
====  ======  =========  =====  ========
1     p-1     Oui        rail   yes, the first
2     p-2     Oui        rail   yes
3     p-3     Oui        rail   yes
4     p-3     Oui        rail   yes, one word changed
5     p-5     Oui        bus
6     p-6     Non        bus           (contradiction)
7     p-7     (empty)    bus
8     p-8     Oui        bike
9     p-9     Non        bike          (contradiction)
10    p-10    Non        (empty)
====  ======  =========  =====  ========
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.workspace import Workspace
from tests.workspaces import HOSTILE, Builder

COPIED = f"Il faut rouvrir toutes les petites lignes de train du pays, dit le collectif. {HOSTILE}"
NEARLY = COPIED.replace("petites", "vieilles")
THEMES = {"t-rail": (1, 2, 3, 4), "t-bus": (5, 6, 7), "t-bike": (8, 9)}
YES, NO = (1, 2, 3, 4, 5, 8), (6, 9, 10)


def campaign(path: Path) -> Workspace:
    """Write it: two partitions, three files of which one brought nothing new."""
    build = Builder(path)
    asked = build.question(1, "Faut-il plus de transports ?", "closed")
    which = build.question(2, "Si oui, lesquels ?", depends_on=asked, shown_if="Oui")
    other = build.question(3, "Autre chose ?")
    for topic_id, label in (("t-rail", "Trains"), ("t-bus", "Cars"), ("t-bike", "Vélos")):
        build.topic(topic_id, label, which, "local/abc123")
    build.topic("t-tax", "TVA", other, "local/abc123")
    theme_of = {number: topic_id for topic_id, numbers in THEMES.items() for number in numbers}
    copies, taxes = [], []
    for number in range(1, 11):
        if number == 6:
            build.new_partition()
        form = build.contribution(
            number,
            source_file="a.csv" if number <= 5 else "b.csv",
            author_id="p-3" if number == 4 else f"p-{number}",
            author_type="Organisation à but lucratif" if number == 3 else "Citoyen / Citoyenne",
            published_at=datetime(2019, 2, number, 9),
            region="Auvergne-Rhône-Alpes",
        )
        said = "Oui" if number in YES else "Non" if number in NO else ""
        build.answer(form, asked, said, "closed" if said else "empty")
        if number == 10:
            build.answer(form, which, None, "empty", routed=False)
            continue
        routed = {"Oui": True, "Non": False}.get(said)
        text = NEARLY if number == 4 else COPIED if number < 4 else f"Une idée parmi d’autres, la numéro {number}"
        more = {"duplicate_of": copies[0]} if number in (2, 3) else {}
        answer = build.answer(form, which, text, themes=[theme_of[number]], routed=routed, **more)
        if number <= 4:
            copies.append(answer)
        if number >= 8:
            more = {"duplicate_of": taxes[0]} if taxes else {}
            taxes.append(build.answer(form, other, "Baisser la TVA", themes=["t-tax"], **more))
    build.copy_group(*copies, coordinated=True)
    build.copy_group(*taxes, coordinated=False)
    build.file("a.csv", repaired=4)
    build.file(
        "b.csv",
        encoding="cp1252",
        already_received_contributions=2,
        already_received=6,
        superseded_contributions=1,
        superseded=3,
        forgotten_contributions=1,
        postcodes_unknown=1,
    )
    build.file("c.csv", already_received_contributions=100, already_received=3300)
    build.superseded_form("c-0000000000000007", "b.csv", {which: "Ce que disait le premier envoi"})
    return build.write()
