"""The dataset card: what the files hold, what they were made from, and how, in Markdown."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from pipeline.ledger import Coverage

_COLUMNS = {
    "answers.parquet": "one row a received cell, in the order of the input: text, final state, themes, organisations",
    "segments.parquet": "one row a unité de sens: quote, offsets in the text of its answer, best theme",
    "mentions.parquet": "one row a named entity: quote, offsets, label, organisation",
    "organisations.parquet": "one row a canonical organisation",
    "topics.parquet": "one row a theme (« thème proposé » until a person has reviewed it): label, terms, origin, "
    "and the number of rows of segments.parquet that have it; themes of a shipped model only where one has",
    "exemplars.parquet": "texts by which to judge a theme: central, argued or borderline, each the text of a segment",
    "topic_numbers.parquet": "how stable each number of themes is that was tried for a question, and the chosen one",
    "questions.parquet": "one row a question: exact wording, kind, condition",
    "copy_groups.parquet": "one row a group of answers that are copies of each other, word for word (`n_texts` 1) or "
    "nearly: its size, dates and kinds of author; `coordinated`: long enough, and sent by enough authors, not to be "
    "chance",
}
_STATES = {
    "rejected": "could not be read",
    "trashed": "moderated away in the export",
    "empty": "nothing was written",
    "closed": "answer to a closed question",
    "duplicate": "the same text by the same author to the same question, again",
    "uninformative": "says nothing that can be classified (« RAS », « sans avis », « voir plus haut »)",
    "off_language": "not in French",
    "assigned": "has at least one theme",
    "unassigned": "readable, but no theme fits well enough, or there were too few answers to find themes",
}


def dataset_card(manifest: dict[str, Any], covered: Coverage, *, masked: bool) -> str:
    """Return the README.md of a dataset.

    Parameters
    ----------
    manifest : dict
        The manifest of the workspace: inputs and parameters of the stages are read, never times or folders.
    covered : Coverage
        The coverage ledger.
    masked : bool
        Whether private data was masked.
    """
    return "\n".join(
        [
            *_head(),
            *_files(masked),
            *_inputs(manifest),
            *_ledger(covered),
            *_method(manifest),
            *_limits(masked),
        ]
    )


def _head() -> list[str]:
    return [
        "---",
        "language: fr",
        "pretty_name: Réponses libres à une consultation, thèmes et organisations",
        "task_categories: [text-classification, token-classification]",
        "license: unknown # to be completed: the licence of the input",
        "---",
        "",
        "# Réponses libres à une consultation : thèmes et organisations",
        "",
        "Ce jeu de données rassemble les réponses à une consultation publique, découpées en unités de sens, avec pour",
        "chacune les thèmes proposés par la machine et les organisations citées. Les répondants sont volontaires : ils",
        "ne sont pas représentatifs de la population, et les effectifs ne se lisent pas comme un sondage.",
        "",
    ]


def _files(masked: bool) -> list[str]:
    lines = ["## Files", "", "| file | what |", "|---|---|"]
    lines += [f"| `{name}` | {what} |" for name, what in _COLUMNS.items()]
    lines += [
        "",
        "Offsets count characters of `answers.text` in this folder, end exclusive: `text[start:end]` is the quote.",
        "Three denominators: *répondants* are distinct `author_id` (the contribution where it is null),",
        "*contributions* distinct `contribution_id`, *textes uniques* distinct `duplicate_of` (the `answer_id`",
        "where it is null).",
        "",
        "`routed` says whether the form asked the question: true, false (answered all the same: a contradiction), or",
        "null (no condition, or no clear answer to the question that decides). `copy_group_id` is the group of copies",
        "that an answer belongs to; nothing was removed. `departement` and `region` are those of the postcode, null",
        "where it is foreign or broken.",
        "",
    ]
    if masked:
        lines += [
            "Names of private persons, e-mails, phone numbers, postal addresses, social security and bank account",
            "numbers are replaced by `[nom]`, `[courriel]`, `[téléphone]`, `[adresse]`, `[NIR]`, `[IBAN]`; offsets",
            "are those of the masked text. The text of moderated and of unreadable answers is withheld: it reads",
            "`[texte modéré]` and `[texte illisible]`. Masking is automatic and misses some: read before you publish.",
            "",
        ]
    else:
        lines += ["**Private data is not masked** (`[privacy] mask = false`): do not publish this folder.", ""]
    return lines


def _inputs(manifest: dict[str, Any]) -> list[str]:
    lines = ["## Made from", "", "| input | SHA-256 |", "|---|---|"]
    for entry in manifest.get("inputs", []):
        lines.append(f"| {_cell(file_name(entry))} | `{entry['sha256']}` |")
    return [*lines, "", "Licence of the input: unknown, **to be completed** by whoever publishes this dataset.", ""]


def file_name(entry: dict[str, Any]) -> str:
    """Return the name of an input of the manifest, without the folder that it was in."""
    return PurePath(str(entry.get("name") or entry.get("path") or "?")).name


def _ledger(covered: Coverage) -> list[str]:
    lines = ["## Coverage", "", "| state | answers | what it means |", "|---|---:|---|"]
    lines += [f"| {state} | {count} | {_STATES.get(state, '')} |" for state, count in covered.states.items()]
    lines.append(f"| **received** | **{covered.received}** | the sum of the states |")
    return [
        *lines,
        "",
        f"{covered.contributions} contributions; {covered.rejected_total} lines or files could not be read.",
        "",
        *_beside(covered),
        "",
    ]


def _beside(covered: Coverage) -> list[str]:
    told = {
        "contributions received again, not counted twice": covered.already_received_contributions,
        "contributions replaced by a later version": covered.superseded_contributions,
        "contributions erased on request": covered.forgotten_contributions,
        "answers whose encoding was repaired": covered.repaired,
        "contributions with a foreign or broken postcode": covered.postcodes_unknown,
        "answers to a question that was not asked": covered.contradictions,
        "coordinated texts": covered.copies.coordinated if covered.copies else 0,
    }
    return [f"- {what}: {count}" for what, count in told.items() if count]


def _method(manifest: dict[str, Any]) -> list[str]:
    lines = ["## How it was made", "", "| stage | parameters and versions |", "|---|---|"]
    for name in ("ingest", "tokenise", "entities", "topics", "dataset"):
        parameters = without_folders(manifest["stages"].get(name, {}).get("parameters", {}))
        lines.append(f"| {name} | {_cell(json.dumps(parameters, ensure_ascii=False, sort_keys=True))} |")
    notes = manifest["stages"].get("topics", {}).get("summary", {}).get("notes", [])
    if notes:
        lines += ["", "Themes, question by question:", "", *(f"- {_inline(note)}" for note in notes)]
    return [*lines, ""]


def _limits(masked: bool) -> list[str]:
    return [
        "## Intended use and limits",
        "",
        "For reading and exploring a consultation, checking what a theme rests on, and training after review.",
        "Themes and organisations are proposed by a machine, which misses irony, negation and what is implied.",
        "Scores are not the chance that a person would agree. One answer may have several themes, so shares add",
        "up to more than 100 %. " + ("It is not a poll." if masked else "It is not a poll, and it holds private data."),
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


def _inline(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()).replace("<", "&lt;")


def _cell(text: str) -> str:
    return "`" + _inline(text).replace("|", "¦").replace("`", "'").replace("&lt;", "<") + "`"
