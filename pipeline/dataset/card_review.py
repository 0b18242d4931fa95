"""What the dataset card says of audits and of the agreement of reviewers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.dataset.card_text import code, in_cell, inline
from pipeline.ledger import Coverage
from pipeline.typography import decimal, number, percent, plural, prose, typeset

if TYPE_CHECKING:
    from pipeline.evaluation.audit import AuditFigures
    from pipeline.evaluation.intervals import Score
    from pipeline.evaluation.review_figures import ReviewFigures


def sampled(reviewed: ReviewFigures | None) -> str:
    """Say whether a random sample was audited, as an item of a list."""
    if reviewed is None or not reviewed.audits:
        return "- **Contrôle par échantillon** : aucun n’est enregistré pour ce jeu de données."
    told = ", ".join(
        f"{code(one.audit_id)} ({number(one.drawn)} textes tirés, {number(one.looked)} relus)"
        for one in reviewed.audits
    )
    return f"- **Contrôle par échantillon** : {told} ; voir « Audit »."


def agreed(reviewed: ReviewFigures | None) -> str:
    """Say how far reviewers agree, as an item of a list."""
    found = reviewed.agreement if reviewed is not None else None
    if found is None:
        return "- **Accord entre personnes** : non mesuré sur ce jeu de données."
    pairs = "".join(
        f" ; kappa de Cohen entre {inline(pair.first)} et {inline(pair.second)} {_coefficient(pair.kappa)} "
        f"({plural(pair.answers, 'réponse')})"
        for pair in found.pairs
    )
    return (
        f"- **Accord entre personnes** : sur {plural(found.answers, 'réponse')} que deux personnes au moins ont "
        f"décidées, alpha de Krippendorff {_coefficient(found.alpha)}{pairs}. Distance entre listes de thèmes : MASI "
        "(Passonneau, 2006) ; intervalles à 95 % par rééchantillonnage des réponses (Krippendorff, 2011 ; Zapf et "
        "al., 2016)."
    )


def audits(reviewed: ReviewFigures | None, covered: Coverage) -> list[str]:
    """Return the section on audits: error rates and corrected prevalences; nothing where none was drawn."""
    if reviewed is None or not reviewed.audits:
        return []
    numbers = {question.question_id: f"Q{question.number}" for question in covered.questions}
    lines = [
        "## Audit",
        "",
        *prose(
            "Des textes tirés au hasard, par strates de question et de thème, sont relus sans que le thème de la",
            "machine soit montré. La **prévalence corrigée** est ce que serait la part d’un thème si toutes les",
            "réponses avaient été relues : estimateur post-stratifié sur le thème de la machine, avec les poids du",
            "tirage (Särndal, Swensson et Wretman, *Model Assisted Survey Sampling*, 1992, section 7.6 ; Tenenbein,",
            "1970), intervalles à 95 % de Wilson sur l’effectif efficace, avec correction de population finie, réunis",
            "par la méthode MOVER (Zou et Donner, 2008). Les sous-thèmes comptent pour leur thème ; les copies mot",
            "pour mot sont jugées une fois et comptent toutes.",
        ),
        "",
    ]
    for one in reviewed.audits:
        lines += _audit(one, numbers)
    return lines


def _audit(one: AuditFigures, numbers: dict[str, str]) -> list[str]:
    people = ", ".join(f"{inline(author)} ({number(n)})" for author, n in one.by.items())
    lines = [
        f"### {typeset('Audit')} {code(one.audit_id)}",
        "",
        *prose(
            f"{number(one.drawn)} textes tirés parmi {number(one.texts)} ({number(one.population)} réponses",
            f"lisibles), {number(one.looked)} relus{f' par {people}' if people else ''}.",
            *(
                [
                    f"{number(one.shared)} textes relus par plusieurs personnes, dont {number(one.disputed)} avec",
                    "des thèmes différents : la majorité l’emporte, et à égalité le thème compte pour moitié.",
                ]
                if one.shared
                else []
            ),
            *([] if one.current else ["Les thèmes ont été refaits depuis : l’audit juge ceux d’alors."]),
            f"Thème principal faux : {_share(one.error)} des réponses."
            if one.error is not None
            else "Rien n’a encore été relu : l’audit ne dit rien des erreurs.",
        ),
        "",
    ]
    if one.error is None:
        return lines
    lines += [
        "| question | thème | textes relus | machine | corrigée | précision | rappel |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in one.themes:
        cells = [
            in_cell(numbers.get(row.question_id, row.question_id)),
            in_cell(row.label),
            number(row.texts),
            percent(row.answers, row.base),
            *map(_share, (row.corrected, row.precision, row.recall)),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _share(score: Score | None) -> str:
    if score is None:
        return "–"
    value, low, high = (decimal(100 * one, 1) for one in (score.value, score.low, score.high))
    return typeset(f"{value} % ({low} à {high} %)")


def _coefficient(score: Score | None) -> str:
    if score is None:
        return "non défini"
    return f"{decimal(score.value)} ({decimal(score.low)} à {decimal(score.high)})"
