"""A finished workspace with two open questions, themes and sub-themes, and what people would say of its answers."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline import dataset
from pipeline.config import Config
from pipeline.workspace import Workspace
from tests.workspaces import Builder

NEAR = "Que faudrait-il améliorer [près de chez vous] ?"
TAX = "Et les impôts ?"
COPIED = "Il faut des trains"


def consultation(path: Path) -> Workspace:
    """Write it: question 2 about trains (which have two sub-themes) and doctors, question 3 about taxes.

    ====  =========================================  =============
    form  answer to question 2                       themes
    ====  =========================================  =============
    1     Il faut des trains                         evening
    2     il faut des TRAINS !                       evening
    3     Des médecins. Des billets                  doctors, fares
    4     Rien de tout cela ne va                    (none)
    5     Jeanne Martin attend un médecin            doctors
    6     Il faut des trains (author of 1, again)    (duplicate)
    7     Des écoles                                 schools
    ====  =========================================  =============
    """
    build = Builder(path)
    asked = build.question(1, "Prenez-vous le train ?", "closed", official_id="160")
    near = build.question(2, NEAR, official_id="161")
    tax = build.question(3, TAX, official_id="162")
    build.topic("t-trains", "Trains", near, "local/1")
    build.topic("t-evening", "Trains du soir", near, "local/1", parent_id="t-trains")
    build.topic("t-fares", "Prix des billets", near, "local/1", parent_id="t-trains")
    build.topic("t-doctors", "Médecins", near, "local/1")
    build.topic("t-schools", "Écoles", near, "local/1")
    build.topic("t-tva", "TVA", tax, "local/1")
    build.topic("t-csg", "CSG", tax, "local/1")
    texts: list[tuple[str, list[str]]] = [
        (COPIED, ["t-evening"]),
        ("il  faut des TRAINS !", ["t-evening"]),
        ("Des médecins. Des billets", ["t-doctors", "t-fares"]),
        ("Rien de tout cela ne va", []),
        ("Jeanne Martin attend un médecin", ["t-doctors"]),
        (COPIED, []),
        ("Des écoles", ["t-schools"]),
    ]
    answers = []
    for number, (text, themes) in enumerate(texts, 1):
        if number == 4:
            build.new_partition()
        form = build.contribution(number, author_id="p-1" if number == 6 else f"p-{number}")
        build.answer(form, asked, "Oui", "closed")
        more = {"state": "duplicate", "duplicate_of": answers[0]} if number == 6 else {}
        cuts = [14] if len(themes) == 2 else []
        answers.append(build.answer(form, near, text, cuts=cuts, themes=themes, scores=[0.9, 0.8], **more))
        if number == 5:
            build.mention(answers[-1], "Jeanne Martin", "PER")
        if number in (1, 2):
            build.answer(form, tax, COPIED if number == 1 else "Baisser la TVA", themes=["t-tva"])
        if number in (3, 4):
            build.answer(form, tax, f"Baisser la CSG de {number} euros", themes=["t-csg"])
    workspace = build.write()
    dataset.run(workspace, Config().with_values("execution", workers=1))
    return workspace


def write_gold(folder: Path, *lines: dict[str, object]) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
