"""A corpus for IRaMuTeQ: « **** *id_1 *theme_medecins … » begins a text, the lines below it are the text.

There is a file for each question and one of all; variables.csv says what the modalities stand for, textes.csv which
answer each text is. A line of a text that IRaMuTeQ would take for a mark of its own gets one space more in front, which
no analysis sees and `unprotected` takes away.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pipeline.export.cells import escaped
from pipeline.export.modalities import EMPTY, Modalities
from pipeline.export.source import Source
from pipeline.export.texts import with_text
from pipeline.typography import FIRM, prose, typeset

STATES: Final = ("assigned", "unassigned")
"""The answers of a corpus: those that could be given a theme, which are the base of every share of the report."""

CORPUS: Final = "corpus.txt"
VARIABLES: Final = "variables.csv"
TEXTS: Final = "textes.csv"
READ_ME: Final = "LISEZMOI.txt"

_COLUMNS: Final = (
    *("answer_id", "contribution_id", "question_id", "text", "state", "reference", "topic_id", "topic_label"),
    *("theme_id", "theme_label", "departement", "region", "author_type", "published_at"),
)
# IRaMuTeQ ends lines where str.splitlines does, our own reader at the first three only.
_BREAK: Final = re.compile("(\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])")


def write(source: Source, folder: Path) -> None:
    """Write the corpora of a dataset, the tables of their variables and texts, and how to open them."""
    questions = {row["question_id"]: row for row in source.table("questions").to_pylist()}
    modalities, files = Modalities(), Modalities()
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    number = 0
    (folder / CORPUS).touch()
    # Line ends of two characters, for Python quotes cells with one of the two only where it ends lines with it.
    with (folder / TEXTS).open("w", encoding="utf-8-sig", newline="") as handle:
        texts = csv.writer(handle, delimiter=";", lineterminator="\r\n")
        texts.writerow(("id", "answer_id", "contribution_id", "reference", "question_id", "fichier"))
        for batch in source.batches("answers", _COLUMNS):
            blocks: dict[str, list[str]] = {CORPUS: []}
            for answer in with_text(batch, STATES).to_pylist():
                number += 1
                key = answer["question_id"]
                if key not in names:
                    names[key] = _file_name(questions[key], files)
                name = names[key]
                block = f"**** {_variables(number, answer, modalities)}\n{protected(answer['text'])}\n\n"
                blocks[CORPUS].append(block)
                blocks.setdefault(name, []).append(block)
                counts[key] += 1
                ids = (answer["answer_id"], answer["contribution_id"], answer["reference"] or "", key)
                texts.writerow((number, *(escaped(cell, for_excel=True) for cell in ids), name))
            for name, written in blocks.items():
                _append(folder / name, written)
    with (folder / VARIABLES).open("w", encoding="utf-8-sig", newline="") as handle:
        variables = csv.writer(handle, delimiter=";", lineterminator="\r\n")
        variables.writerow(("variable", "modalite", "valeur", "identifiant", "textes"))
        for *told, n_texts in modalities.rows():
            variables.writerow((*(escaped(cell, for_excel=True) for cell in told), n_texts))
    shown = [(names[key], questions[key]["title"], counts[key]) for key in sorted(names, key=lambda key: names[key])]
    (folder / READ_ME).write_text(_read_me(shown, source.masked), encoding="utf-8", newline="")


def _append(path: Path, blocks: list[str]) -> None:
    # A consultation may have more questions than a process may have open files.
    with path.open("a", encoding="utf-8", newline="") as handle:
        handle.writelines(blocks)


def _file_name(question: Mapping[str, Any], files: Modalities) -> str:
    place = f"{question['questionnaire']} {question['number']:02d} {question['question_id']}"
    return f"question_{files.of('fichier', place)}.txt"


def _variables(number: int, answer: Mapping[str, Any], modalities: Modalities) -> str:
    day = answer["published_at"]
    part = answer["topic_id"] if answer["topic_id"] != answer["theme_id"] else None
    of = modalities.of
    # « *auteur_… » would be the author's identity to our own reader, and then two people of a kind one person.
    return (
        f"*id_{number}"
        f" *theme_{of('theme', answer['theme_label'], answer['theme_id'])}"
        f" *soustheme_{of('soustheme', answer['topic_label'] if part else None, part)}"
        f" *question_{of('question', answer['question_id'])}"
        f" *departement_{of('departement', answer['departement'])}"
        f" *region_{of('region', answer['region'])}"
        f" *typeauteur_{of('typeauteur', answer['author_type'])}"
        f" *annee_{of('annee', None if day is None else f'{day.year:04d}')}"
        f" *mois_{of('mois', None if day is None else f'{day.year:04d}-{day.month:02d}')}"
    )


def protected(text: str) -> str:
    """Return a text none of whose lines is a mark of IRaMuTeQ, and whose first and last lines are not empty.

    Such a line gets one space more in front; so does one that would be such a line without its spaces.

    >>> protected("-*peu\\n **** *a_b\\nrien")
    ' -*peu\\n  **** *a_b\\nrien'
    """
    if text and "*" not in text and text == text.strip():
        return text  # most are, and to look at each line takes time
    pieces = _BREAK.split(text)
    for at in range(0, len(pieces), 2):
        if _is_mark(pieces[at].lstrip(" "), edge=at in (0, len(pieces) - 1)):
            pieces[at] = " " + pieces[at]
    return "".join(pieces)


def unprotected(text: str) -> str:
    """Return the text that `protected` was given."""
    pieces = _BREAK.split(text)
    for at in range(0, len(pieces), 2):
        if _is_mark(pieces[at].lstrip(" "), edge=at in (0, len(pieces) - 1)):
            pieces[at] = pieces[at].removeprefix(" ")
    return "".join(pieces)


def _is_mark(line: str, *, edge: bool) -> bool:
    if not line:
        return edge  # readers leave out what is empty around a text
    return line.startswith(("****", "-*")) or (line[:4].isdigit() and "*" in line)


def _read_me(files: list[tuple[str, str, int]], masked: bool) -> str:
    whole = sum(count for *_, count in files)
    listed = [f"  {name}{FIRM}: {count} textes. {' '.join(title.split())}" for name, title, count in files]
    private = "sont masquées" if masked else "NE SONT PAS masquées"
    paragraphs = [
        ["Corpus pour IRaMuTeQ", "===================="],
        prose(
            "Ouvrir : Fichier > Ouvrir un corpus texte, encodage « utf8 », langue française, marqueur de texte «",
            "**** ». Un texte est une réponse à une question ouverte, parmi celles qui ont un thème proposé ou",
            "auraient pu en recevoir un : ni les réponses vides, ni « RAS », ni les doublons d’un même auteur.",
        ),
        [
            "Fichiers",
            typeset(f"  {CORPUS} : toutes les questions ({whole} textes), pour comparer des questions entre elles"),
            *listed,
            typeset(f"  {VARIABLES} : ce que veut dire chaque modalité"),
            typeset(f"  {TEXTS} : la réponse, la contribution et la référence de chaque texte, par son numéro (*id_…)"),
        ],
        prose(
            "Variables : theme, soustheme, question, departement, region, typeauteur, annee, mois. IRaMuTeQ",
            "n’accepte ni espaces ni accents dans leurs modalités : « Manque de médecins » devient",
            "*theme_manque_de_medecins, et deux thèmes de même nom (dans deux questions) se distinguent par un",
            f"numéro. « {EMPTY} » : non renseigné, ou sans thème. Le thème est celui dont parle la plus grande part",
            "de la réponse, proposé par la machine tant que personne ne l’a relu.",
        ),
        prose(
            "Textes : ils sont ceux du jeu de données, au caractère près, à une exception. Une ligne qui commence",
            "par « **** », par « -* », ou par quatre chiffres quand elle contient une étoile (IRaMuTeQ y verrait le",
            "début d’un texte ou d’une thématique) est précédée d’une espace de plus ; de même la première ou la",
            "dernière ligne d’un texte, si elle est vide. Pour revenir au texte exact, retirer une espace au début",
            "de ces lignes.",
        ),
        prose(
            "Dans les fichiers .csv (UTF-8, séparateur « ; »), une espace sans chasse (U+200B, invisible) précède",
            "ce qu’un tableur prendrait pour une formule, un nombre ou une date (« -5 % », « 01 ») : l’enlever au",
            "début de la cellule rend le texte exact.",
        ),
        prose(f"Les données personnelles {private} dans les textes."),
    ]
    return "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"
