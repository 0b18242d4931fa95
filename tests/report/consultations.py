"""Finished workspaces whose reports hold all that pages can say, or hardly anything, or nothing but hostile text."""

from __future__ import annotations

from pathlib import Path

from pipeline.workspace import Workspace
from tests.workspaces import HOSTILE, Builder

LONG = "Une gare par canton, et des trains le soir, voilà ce que la vallée attend. " * 60
CHOICES = ("Poste|Gare", "Gare", "Poste | Gare|Autre chose", " Gare ", "Poste|Poste", None, "Autre chose", None)
FORMS = (
    (1.0, "t-rail", 0.02, "t-care", "model", "Davantage de trains de la SNCF ici. Et de meilleures routes partout."),
    (2.0, "t-rail", 0.05, "t-silent", "reviewer", LONG),
    (0.5, "t-road", 0.3, "t-tax", "model", "Les routes de la vallée sont dans un état déplorable"),
    (1.0, "t-care", 0.25, "t-tax", "reviewer", "Un médecin dans chaque commune de la vallée"),
    (1.0, "t-move", 0.08, "t-care", "model", "Se déplacer sans voiture jusqu’à l’hôpital"),
    (1.0, "t-tax", 0.25, "t-care", "model", "Moins de taxes pour ceux qui travaillent"),
    (1.0, None, 0.0, "", "model", "Le ciel est bien bleu ce matin"),
    (None, "t-tax", 0.01, "t-care", "model", "Des impôts pour les soins, et des soins sans impôts"),
)
"""Weight, theme of the first segment, its margin, the next theme, who gave it, and the text."""


def rich(path: Path) -> Workspace:
    """Sub-themes, given and reviewed themes, weights, doubts, several choices at once, a model with a past, long texts.

    ====  ======  ==============  ======  ========
    form  weight  theme           margin  given by
    ====  ======  ==============  ======  ========
    1     1.0     rail, road      .02     model
    2     2.0     rail            .05     a person
    3     0.5     road            .30     model
    4     1.0     care            .25     a person
    5     1.0     move            .08     model
    6     1.0     tax             .25     model
    7     1.0     (none fits)
    8     (none)  tax             .01     model
    ====  ======  ==============  ======  ========
    """
    build = Builder(path)
    wish = build.question(1, "Que faudrait-il près de chez vous ?")
    chosen = build.question(2, "Que vous manque-t-il ?", "choice")
    build.question(3, "À quoi personne n’a répondu ?", "closed")
    rest = build.question(4, "Autre chose ?")
    born = {"event": "created", "topic_id": None, "model": "local/older"}
    came = [born, {"event": "kept", "topic_id": "t-before", "model": "local/x"}]
    split = [born, {"event": "split_from", "topic_id": "t-before", "model": "local/x"}]
    build.topic("t-move", "Transports", wish, "local/x", lineage=came)
    build.topic("t-rail", "Le train", wish, "local/x", parent_id="t-move", lineage=split, terms=["train", "gare"])
    build.topic("t-road", "La route", wish, "local/x", parent_id="t-move", lineage=split, terms=["route"])
    build.topic("t-care", "Santé", wish, "local/x", status="reviewed", definition="Médecins, hôpitaux", stability=0.4)
    build.topic("t-tax", "Impôts", wish, "local/x", stability=None)
    build.topic("t-silent", "Ce que personne ne dit", wish, "local/x")
    build.organisation("o-sncf", "Société nationale des chemins de fer", "SNCF")
    for number, (weight, theme, margin, second, source, said) in enumerate(FORMS, 1):
        if number == 5:
            build.new_partition()
        form = build.contribution(number, weight=weight)
        more = {"scores": [0.6], "source": source, "margins": [margin, 0.3], "seconds": [second, "t-rail"]}
        if number == 1:
            answer = build.answer(form, wish, said, cuts=[35], themes=["t-rail", "t-road"], **more)
            build.mention(answer, "SNCF", "ORG", "o-sncf")
        else:
            build.answer(form, wish, said, themes=[theme], **more)
        choice = CHOICES[number - 1]
        build.answer(form, chosen, choice, "closed" if choice else "empty")
        if number < 3:
            build.answer(form, rest, f"Le ciel numéro {number} est bleu")
    return build.write()


def hostile(path: Path) -> Workspace:
    """Every name, label, title, reference, modality and reason is hostile text."""
    build = Builder(path)
    asked = build.question(1, HOSTILE, "closed")
    which = build.question(2, HOSTILE, depends_on=asked, shown_if=HOSTILE)
    build.topic("t-1", HOSTILE, which, "local/x", terms=[HOSTILE], definition=HOSTILE, against=[HOSTILE], stability=0.1)
    build.topic("t-2", HOSTILE, which, "local/x", terms=[HOSTILE], status="reviewed")
    build.organisation("o-x1", HOSTILE, HOSTILE)
    sent = []
    for number in range(1, 7):
        form = build.contribution(
            number, reference=HOSTILE, author_type=HOSTILE, source_file=HOSTILE, departement=HOSTILE
        )
        build.answer(form, asked, f"{HOSTILE}|</table>{number}", "closed")
        if number < 4:
            sent.append(build.answer(form, which, HOSTILE * 20, themes=["t-1"], routed=False))
        elif number < 6:
            answer = build.answer(form, which, HOSTILE, themes=["t-2"], margins=[0.01], seconds=["t-1"])
            build.mention(answer, HOSTILE, "ORG", "o-x1")
        else:
            build.answer(form, which, f"{HOSTILE} {HOSTILE}")
    build.copy_group(*sent, coordinated=True)
    build.exemplar("t-2", "borderline", answer)
    build.file(HOSTILE, layout=HOSTILE, encoding=HOSTILE, repaired=1)
    build.rejected.append({"rejected_id": "r-1", "file": HOSTILE, "line": 1, "reason": HOSTILE})
    return build.write([HOSTILE])


def bare(path: Path) -> Workspace:
    """Nobody wrote anything."""
    build = Builder(path)
    build.question(1, "Quoi ?")
    build.answer(build.contribution(1), "q-1", None, "empty")
    return build.write()
