"""What the dataset card says of quality: annotation, figures, biases, personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pipeline import catalogue, errors, storage
from pipeline.bundles import read_manifest
from pipeline.dataset import card_review, mask_figures
from pipeline.dataset.card_text import code, in_cell
from pipeline.dataset.mask_figures import Interval, MaskFigures
from pipeline.dataset.measured_figures import ORGANISATIONS, THEMES, Measured
from pipeline.ledger import Coverage
from pipeline.privacy import KINDS
from pipeline.tables import REVIEWER
from pipeline.typography import decimal, number, prose, typeset
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.evaluation.review_figures import ReviewFigures

_STATUSES: Final = {"proposed": "proposés par la machine", "reviewed": "relus", "validated": "validés"}
_NOT_MEASURED: Final = "non mesuré"


@dataclass(frozen=True)
class ThemeFacts:
    """What is known of the themes of a dataset: how many are in each status, their models, the figures of these."""

    statuses: Mapping[str, int] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def theme_facts(workspace: Workspace) -> ThemeFacts:
    """Read them from the written dataset and from the models that its themes come from."""
    path = workspace.path / "dataset" / "topics.parquet"
    topics = storage.read_table(path, columns=["status", "model"], partitioning=None).to_pylist()
    models = sorted({row["model"] for row in topics} - {REVIEWER})
    figures = {model: found for model in models if (found := _figures(model, workspace))}
    return ThemeFacts(Counter(row["status"] for row in topics), tuple(models), figures)


def _figures(model: str, workspace: Workspace) -> Mapping[str, Any]:
    name, _, _ = model.partition("/")
    try:
        folder = catalogue.locate(model if name == "local" else name, workspace.path)
        content = read_manifest(folder)
    except errors.DoleancesError:
        return {}  # a dataset can outlive the model that it was made with
    found: Mapping[str, Any] = content["figures"] if f"{content['name']}/{content['version']}" == model else {}
    return found


def annotation(facts: ThemeFacts | None, reviewed: ReviewFigures | None = None) -> list[str]:
    """Say who annotated: the machine, and what people have done and have not."""
    return [
        "## Annotation",
        "",
        *prose(
            "- **Machine** : unités de sens, organisations et thèmes sont proposés par la machine ; chaque unité",
            "garde son score et sa marge, chaque mention sa source.",
        ),
        *prose(_reviewed(facts)),
        *prose(card_review.sampled(reviewed)),
        *prose(card_review.agreed(reviewed)),
        "",
    ]


def _reviewed(facts: ThemeFacts | None) -> str:
    if facts is None or not facts.statuses:
        return "- **Relecture** : voir la colonne `status` de `topics.parquet`."
    told = ", ".join(f"{number(facts.statuses.get(key, 0))} {what}" for key, what in _STATUSES.items())
    read = sum(facts.statuses.get(key, 0) for key in ("reviewed", "validated"))
    return f"- **Relecture** : thèmes et sous-thèmes {told}." + ("" if read else " Personne n’a relu ces thèmes.")


def figures(facts: ThemeFacts | None, parameters: Mapping[str, Any]) -> list[str]:
    """Return the figures that were measured, with what on; those of the method are not of this dataset.

    Parameters
    ----------
    facts : ThemeFacts or None
        With the figures recorded in the models of the themes.
    parameters : mapping
        The parameters of the topics stage: the figures of themes are those of one method.
    """
    measured = [*ORGANISATIONS]
    if parameters.get("method", "vectors") == "vectors" and not parameters.get("codebook"):
        measured += THEMES
    lines = [
        "## Chiffres mesurés",
        "",
        *prose(
            "**Aucun chiffre d’exactitude n’a été mesuré sur ce jeu de données.** Ceux-ci l’ont été sur d’autres",
            "textes, avec la même méthode. Entre parenthèses, l’intervalle à 95 % ; après ±, l’écart d’un tirage à",
            "l’autre.",
        ),
        "",
        "| mesure | valeur | mesurée sur |",
        "|---|---:|---|",
        *(f"| {typeset(one.what)} | {_value(one)} | {typeset(one.on)} |" for one in measured),
    ]
    for model, found in sorted((facts.figures if facts else {}).items()):
        lines += [
            f"| {in_cell(name)} | {in_cell(str(value))} | modèle {code(model)} |" for name, value in found.items()
        ]
    return [
        *lines,
        "",
        *prose(
            "`stability` (`topics.parquet`) dit si un thème se retrouve quand on recommence (de 0 à 1), et non si une",
            "personne serait d’accord avec lui.",
        ),
        "",
    ]


def _value(one: Measured) -> str:
    if one.low is not None and one.high is not None:
        return f"{decimal(one.value, 3)} ({decimal(one.low, 3)}–{decimal(one.high, 3)})"
    return decimal(one.value, 3) + (f" ± {decimal(one.spread, 3)}" if one.spread is not None else "")


def biases(covered: Coverage) -> list[str]:
    """Say what the dataset is not."""
    copies = covered.copies.coordinated if covered.copies else 0
    return [
        "## Biais connus",
        "",
        *prose(
            "- Les répondants sont **volontaires** : ils ne sont pas représentatifs de la population, et les",
            "effectifs ne se lisent pas comme un sondage. Rien n’est redressé ; `weight` est repris tel quel, s’il",
            "a été donné.",
        ),
        *prose("- Une personne peut avoir répondu plusieurs fois sous plusieurs identifiants."),
        *prose(
            f"- Des campagnes envoient le même texte : {number(copies)} textes coordonnés ici. Rien n’a été retiré ;",
            "`copy_groups.parquet` et les textes uniques permettent de ne les compter qu’une fois.",
        ),
        *prose(
            "- Les thèmes se lisent dans les mots : ironie, négation et sous-entendus échappent à la machine, le",
            "pour et le contre tombent souvent dans un même thème.",
        ),
        *prose(
            "- Seul le français est analysé ; les noms rares ou très mal écrits d’organisations sont moins reconnus."
        ),
        *prose(
            "- Une réponse peut avoir plusieurs thèmes : les parts dépassent 100 %. Un score n’est pas la probabilité",
            "qu’une personne soit d’accord.",
        ),
        "",
    ]


def personal_data(*, masked: bool, keep_public: bool = True) -> list[str]:
    """Say what was masked, and how well where that was measured.

    Parameters
    ----------
    masked : bool
        Whether private data was masked.
    keep_public : bool
        Whether the names of public figures stay.
    """
    if not masked:
        return [
            "## Données personnelles",
            "",
            *prose(
                "**Les données personnelles ne sont pas masquées** (`[privacy] mask = false`) : ne publiez pas ce",
                "dossier.",
            ),
            "",
        ]
    on = mask_figures.MEASURED_ON
    public = "restent" if keep_public else "sont masqués aussi"
    return [
        "## Données personnelles",
        "",
        *prose(
            "Ce qui désigne une personne privée est remplacé par un mot entre crochets, et les positions sont",
            f"celles du texte masqué. Les noms de personnes publiques {public}. Le texte des réponses modérées ou",
            "illisibles n’est pas donné : il se lit `[texte modéré]` ou `[texte illisible]`. `author_id` est une",
            "empreinte salée. Le masquage est automatique et **en oublie** : relisez avant de publier.",
        ),
        "",
        *prose(
            "Rappel : part de ce qui devait être masqué et l’est ; précision : part des masques qui le devaient.",
            *([f"Mesurés sur {on}."] if on else []),
        ),
        "",
        "| masque | ce qu’il cache | cas | rappel | précision |",
        "|---|---|---:|---:|---:|",
        *(_mask_row(f"`{mask}`", mask_figures.MASK_FIGURES[kind]) for mask, kind in KINDS.items()),
        _mask_row("", mask_figures.ALL_MASKS),
        "",
    ]


def _mask_row(mask: str, one: MaskFigures) -> str:
    cases = _NOT_MEASURED if one.cases is None else number(one.cases)
    return f"| {mask} | {one.what} | {cases} | {_interval(one.recall)} | {_interval(one.precision)} |"


def _interval(found: Interval | None) -> str:
    if found is None:
        return _NOT_MEASURED
    value, low, high = found
    return f"{decimal(value, 3)} ({decimal(low, 3)}–{decimal(high, 3)})"
