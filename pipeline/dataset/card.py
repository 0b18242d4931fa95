"""The dataset card: what the files hold, what they were made from and how, how far they can be trusted, in Markdown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import pipeline
from pipeline import replay
from pipeline.dataset.card_quality import ThemeFacts, annotation, biases, figures, personal_data, theme_facts
from pipeline.dataset.card_review import audits
from pipeline.dataset.card_text import code, in_cell, inline
from pipeline.ledger import Coverage
from pipeline.typography import number, prose, typeset

if TYPE_CHECKING:
    from pipeline.evaluation.review_figures import ReviewFigures

__all__ = ["ThemeFacts", "dataset_card", "file_name", "theme_facts", "without_folders"]

_FILES: Final = {
    "answers.parquet": "une ligne par cellule reçue, dans l’ordre des fichiers : texte, état final, thèmes, "
    "organisations",
    "segments.parquet": "une ligne par unité de sens : citation, place dans le texte de la réponse, meilleur thème",
    "mentions.parquet": "une ligne par entité nommée : citation, place, nature, organisation",
    "organisations.parquet": "une ligne par organisation",
    "topics.parquet": "une ligne par thème ou sous-thème (`parent_id`), « proposé » tant que personne ne l’a relu : "
    "libellé, mots, origine, nombre de lignes de segments.parquet ; d’un modèle livré, ceux-là seuls qui servent",
    "exemplars.parquet": "les textes où juger un thème : centraux, argumentés ou en limite, chacun un segment",
    "topic_numbers.parquet": "pour chaque question, les nombres de thèmes essayés, leur stabilité, celui qui sert",
    "questions.parquet": "une ligne par question : libellé exact, nature, condition",
    "copy_groups.parquet": "une ligne par groupe de réponses copiées les unes sur les autres, mot pour mot "
    "(`n_texts` 1) ou presque : taille, dates, types d’auteur ; `coordinated` : assez long, et envoyé par assez "
    "d’auteurs, pour n’être pas un hasard",
}
_STATES: Final = {
    "rejected": "illisible",
    "trashed": "écartée par la modération dans l’export d’origine",
    "empty": "rien n’a été écrit",
    "closed": "réponse à une question fermée",
    "duplicate": "même texte, même auteur, même question, une fois de plus",
    "uninformative": "rien à classer (« RAS », « sans avis », « voir plus haut »)",
    "off_language": "dans une autre langue que le français",
    "assigned": "au moins un thème",
    "unassigned": "lisible, mais aucun thème ne convient, ou trop peu de réponses pour en trouver",
}
_SIZES: Final = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_NOT_SHOWN: Final = frozenset({"inputs", "salt", "audits", "decisions"})  # shown apart; a secret; what people did
_STAGES: Final = ("ingest", "tokenise", "entities", "topics", "dataset")


def dataset_card(
    manifest: dict[str, Any],
    covered: Coverage,
    *,
    masked: bool,
    themes: ThemeFacts | None = None,
    reviewed: ReviewFigures | None = None,
) -> str:
    """Return the README.md of a dataset.

    Parameters
    ----------
    manifest : dict
        The manifest of the workspace: inputs and parameters of the stages are read, never times or folders.
    covered : Coverage
        The coverage ledger.
    masked : bool
        Whether private data was masked.
    themes : ThemeFacts, optional
        What is known of the themes and their models.
    reviewed : ReviewFigures, optional
        What audits and double coding tell.
    """
    return "\n".join(
        [
            *_head(manifest, covered),
            *_files(),
            *_inputs(manifest),
            *_ledger(covered),
            *_method(manifest, themes),
            *annotation(themes, reviewed),
            *audits(reviewed, covered),
            *figures(themes, _parameters(manifest, "topics")),
            *biases(covered),
            *personal_data(masked=masked, keep_public=_parameters(manifest, "dataset").get("public_figures") != "mask"),
            *_replay(manifest, themes),
            *_licence_and_citation(manifest),
        ]
    )


def _parameters(manifest: Mapping[str, Any], stage: str) -> dict[str, Any]:
    found: dict[str, Any] = manifest["stages"].get(stage, {}).get("parameters", {})
    return found


def _head(manifest: Mapping[str, Any], covered: Coverage) -> list[str]:
    size = next((name for limit, name in _SIZES if covered.received < limit), "n>1M")
    front = [
        "---",
        "language: fr",
        "pretty_name: Réponses libres à une consultation, thèmes et organisations",
        "annotations_creators: [machine-generated]",
        "task_categories: [text-classification, token-classification]",
        f"size_categories: [{size}]",
        "license: unknown # to be completed: the licence of the input",
        "---",
        "",
    ]
    files = number(len(manifest.get("inputs", [])))
    return [
        *front,
        typeset("# Réponses libres à une consultation : thèmes et organisations"),
        "",
        *prose(
            "Ce jeu de données rassemble les réponses à une consultation publique, découpées en unités de sens, avec",
            "pour chacune les thèmes proposés par la machine et les organisations citées. Il compte",
            f"{number(covered.contributions)} contributions et {number(covered.received)} réponses, lues dans {files}",
            "fichiers. Les répondants sont volontaires : ils ne sont pas représentatifs de la population, et les",
            "effectifs ne se lisent pas comme un sondage.",
        ),
        "",
        *prose(
            "Il sert à lire et explorer une consultation, à vérifier sur quoi repose un thème, et, une fois relu, à",
            "entraîner des modèles. Il ne sert ni à mesurer l’opinion, ni à identifier des personnes.",
        ),
        "",
    ]


def _files() -> list[str]:
    lines = ["## Fichiers", "", "| fichier | contenu |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in _FILES.items()]
    return [
        *(typeset(line) for line in lines),
        "",
        *prose(
            "Les positions comptent les caractères de `answers.text` dans ce dossier, fin exclue :",
            "`text[start:end]` est la citation. `topic_id` est le thème le plus précis (parfois un sous-thème),",
            "`theme_id` le thème dont il fait partie ; `topics` les a tous, le plus sûr d’abord.",
        ),
        "",
        *prose(
            "Trois dénominateurs : *répondants* (`author_id` distincts, la contribution où il manque), *contributions*",
            "(`contribution_id` distincts), *textes uniques* (`duplicate_of` distincts, `answer_id` où il manque).",
        ),
        "",
        *prose(
            "`routed` dit si le formulaire posait la question : true, false (répondue quand même : une",
            "contradiction), ou rien (pas de condition, ou pas de réponse claire à la question qui décide).",
            "`copy_group_id` est le groupe de copies dont la réponse fait partie ; rien n’a été retiré.",
            "`departement` et `region` sont ceux du code postal, vides s’il est étranger ou illisible.",
        ),
        "",
    ]


def _inputs(manifest: Mapping[str, Any]) -> list[str]:
    lines = ["## Origine", "", "| fichier reçu | SHA-256 |", "|---|---|"]
    lines += [f"| {code(file_name(entry))} | `{entry['sha256']}` |" for entry in manifest.get("inputs", [])]
    return [*lines, ""]


def file_name(entry: Mapping[str, Any]) -> str:
    """Return the name of an input of the manifest, without the folder that it was in."""
    return PurePath(str(entry.get("name") or entry.get("path") or "?")).name


def _ledger(covered: Coverage) -> list[str]:
    lines = ["## Couverture", "", "| état | réponses | ce que cela veut dire |", "|---|---:|---|"]
    lines += [f"| {key} | {number(count)} | {typeset(_STATES.get(key, ''))} |" for key, count in covered.states.items()]
    lines += [
        f"| **reçues** | **{number(covered.received)}** | la somme des états |",
        "",
        *prose(
            f"{number(covered.contributions)} contributions ; {number(covered.rejected_total)} lignes ou fichiers",
            "n’ont pas pu être lus.",
        ),
        "",
        *_beside(covered),
        "",
    ]
    questions = [question for question in covered.questions if question.kind == "open"]
    if questions:
        lines += ["| question ouverte | reçues | avec thème | sans thème |", "|---|---:|---:|---:|"]
        for question in questions:
            name = in_cell(f"{question.questionnaire} {question.number}. {question.title}")
            counts = (question.received, *(question.states.get(state, 0) for state in ("assigned", "unassigned")))
            lines.append(f"| {name} | {' | '.join(map(number, counts))} |")
        lines.append("")
    return lines


def _beside(covered: Coverage) -> list[str]:
    told = {
        "contributions reçues une fois de plus, comptées une seule fois": covered.already_received_contributions,
        "contributions remplacées par une version plus récente": covered.superseded_contributions,
        "contributions effacées à la demande": covered.forgotten_contributions,
        "réponses dont l’encodage a été réparé": covered.repaired,
        "contributions au code postal étranger ou illisible": covered.postcodes_unknown,
        "réponses à une question qui n’était pas posée": covered.contradictions,
        "textes coordonnés": covered.copies.coordinated if covered.copies else 0,
    }
    return [typeset(f"- {what} : {number(count)}") for what, count in told.items() if count]


def _method(manifest: Mapping[str, Any], themes: ThemeFacts | None) -> list[str]:
    lines = ["## Méthode", "", "| étape | paramètres, graines et versions |", "|---|---|"]
    for name in _STAGES:
        given = _parameters(manifest, name)
        shown = without_folders({key: value for key, value in given.items() if key not in _NOT_SHOWN})
        lines.append(f"| {name} | {code(json.dumps(shown, ensure_ascii=False, sort_keys=True))} |")
    if themes is not None and themes.models:
        lines += ["", typeset(f"Modèles des thèmes : {', '.join(code(model) for model in themes.models)}.")]
    notes = manifest["stages"].get("topics", {}).get("summary", {}).get("notes", [])
    if notes:
        lines += ["", typeset("D’où viennent les thèmes, question par question (la machine le dit en anglais) :"), ""]
        lines += [f"- {inline(note)}" for note in notes]
    return [*lines, ""]


def _replay(manifest: Mapping[str, Any], themes: ThemeFacts | None) -> list[str]:
    settings, given = replay.settings_file(manifest), replay.by_people(manifest)
    enough = "suffit :"
    if given:
        enough = "suffit, dans un dossier de travail qui tient déjà les décisions et les audits :"
    if replay.has_history(manifest):
        enough = "part des mêmes fichiers ; les thèmes viennent de réentraînements successifs, qu’elle ne refait pas :"
    lines = [
        "## Refaire ce jeu de données",
        "",
        *prose(
            f"Avec doleances {pipeline.__version__}, les mêmes fichiers et les versions ci-dessus, une commande",
            enough,
        ),
        "",
        *_fenced("sh", replay.command(manifest, themes.models if themes else ())),
        "",
    ]
    lines += [f"- {code(name)} : {code(sha256)}" for name, sha256 in given.items()] + [""] * bool(given)
    if settings:
        lines += [typeset(f"avec ce `{replay.CONFIG_FILE}` :"), "", *_fenced("toml", settings), ""]
    return lines


def _fenced(language: str, text: str) -> list[str]:
    # A name of a file may hold back quotes: the fence must be longer than any run of them.
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)
    fence = "`" * max(3, longest + 1)
    return [
        fence + language,
        *("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines()),
        fence,
    ]


def _licence_and_citation(manifest: Mapping[str, Any]) -> list[str]:
    sums = "".join(str(entry["sha256"]) for entry in manifest.get("inputs", []))
    stamp = hashlib.sha256(sums.encode("ascii", "replace")).hexdigest()[:12]
    return [
        "## Licence",
        "",
        *prose(
            "Licence des fichiers reçus : inconnue, **à compléter** par qui publie ce jeu de données, de même que la",
            "ligne `license` en tête de ce fichier. doleances est sous licence MIT.",
        ),
        "",
        "## Citer",
        "",
        *prose(
            "**[organisme, à compléter]**, *Réponses libres à une consultation : thèmes et organisations*, jeu de",
            f"données produit avec doleances {pipeline.__version__}, empreinte des fichiers reçus `{stamp}`,",
            "**[année, à compléter]**.",
        ),
        "",
    ]


def without_folders(value: Any) -> Any:
    """Return parameters in which an absolute path is cut to its last name: a dataset tells nothing of a machine."""
    if isinstance(value, dict):
        return {key: without_folders(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_folders(inner) for inner in value]
    if isinstance(value, str) and PurePath(value).is_absolute():
        return PurePath(value).name
    return value
