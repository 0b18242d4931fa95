"""Which column is which: the English name for machines, the French heading for analysts, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pipeline import vocabulary


@dataclass(frozen=True)
class Column:
    """A column of a file of the dataset.

    Parameters
    ----------
    name : str
        As in the schema: for machines.
    heading : str
        In files for analysts.
    meaning : str
        What it holds, in French.
    words : mapping
        French words for its values, where there are any.
    """

    name: str
    heading: str
    meaning: str
    words: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """A file of the dataset: its French name and its columns, in the order of the schema."""

    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return a column by its English name."""
        return next(column for column in self.columns if column.name == name)


_ANSWER = Column("answer_id", "Identifiant de la réponse", "identifiant stable de la réponse")
_QUESTION = Column("question_id", "Identifiant de la question", "identifiant stable de la question")
_TOPIC = Column("topic_id", "Identifiant du thème précis", "identifiant du thème ou sous-thème le plus précis")
_TOPIC_LABEL = Column("topic_label", "Thème précis", "libellé du thème ou sous-thème le plus précis")
_THEME = Column("theme_id", "Identifiant du thème", "identifiant du thème, celui du dessus pour un sous-thème")
_THEME_LABEL = Column("theme_label", "Thème", "libellé du thème, celui du dessus pour un sous-thème")
_START = Column("start", "Début", "position du premier caractère dans le texte de la réponse, à partir de 0")
_END = Column("end", "Fin", "position qui suit le dernier caractère")
_SEGMENT = Column("segment_id", "Identifiant du segment", "identifiant de l’unité de sens")

TABLES: Final = {
    "answers": Table(
        "reponses",
        (
            _ANSWER,
            Column("contribution_id", "Identifiant de la contribution", "identifiant stable du formulaire rempli"),
            _QUESTION,
            Column("question", "Question", "libellé exact de la question"),
            Column("text", "Réponse", "texte de la réponse, tel que reçu aux masques près"),
            Column(
                "state",
                "État",
                "ce que la réponse est devenue ; chaque réponse reçue a un seul état",
                vocabulary.STATES,
            ),
            _TOPIC,
            _TOPIC_LABEL,
            Column("topics", "Tous les thèmes", "tous les thèmes et sous-thèmes de la réponse, le plus sûr d’abord"),
            Column("organisations", "Organisations", "organisations citées"),
            Column("departement", "Département", "code du département, d’après le code postal"),
            Column("author_type", "Type d’auteur", "citoyen, association, entreprise, élu ou institution"),
            Column("published_at", "Date de publication", "date et heure, comme dans le fichier reçu"),
            Column("reference", "Référence", "référence de la contribution dans le fichier reçu"),
            Column("author_id", "Auteur", "code de l’auteur, sans lien avec son nom"),
            Column("duplicate_of", "Copie de", "première réponse qui dit mot pour mot la même chose"),
            Column("reason", "Motif", "pourquoi cet état"),
            Column("weight", "Poids", "poids de redressement, s’il a été donné"),
            Column("routed", "Question posée", "oui, non (contradiction) ou rien si la question n’a pas de condition"),
            Column("region", "Région", "région du département"),
            Column("copy_group_id", "Groupe de copies", "groupe des réponses copiées les unes sur les autres"),
            _THEME,
            _THEME_LABEL,
        ),
    ),
    "segments": Table(
        "segments",
        (
            _SEGMENT,
            _ANSWER,
            _START,
            _END,
            Column("text", "Texte", "unité de sens : une phrase ou une partie de phrase"),
            _TOPIC,
            _TOPIC_LABEL,
            Column("score", "Score", "de 0 à 1 ; n’est pas une probabilité qu’une personne soit d’accord"),
            Column("margin", "Marge", "écart avec le thème suivant"),
            Column("language", "Langue", "langue reconnue"),
            _THEME,
            _THEME_LABEL,
            Column("terms", "Mots", "lemmes des mots qui peuvent dire un thème, dans l’ordre du texte"),
            Column(
                "source",
                "Source",
                "qui a donné le thème : modèle, appris (des réponses relues) ou personne",
                vocabulary.SOURCES,
            ),
            Column("next_topic_id", "Thème suivant", "le thème dont la marge dit l’écart"),
        ),
    ),
    "mentions": Table(
        "mentions",
        (
            Column("mention_id", "Identifiant de la mention", "identifiant stable de la mention"),
            _ANSWER,
            _SEGMENT,
            _START,
            _END,
            Column("surface", "Mention", "ce qui est écrit dans la réponse"),
            Column("label", "Nature", "organisation, personne, lieu ou autre", vocabulary.ENTITIES),
            Column("organisation_id", "Identifiant de l’organisation", "organisation reconnue, s’il y en a une"),
            Column("author_is_organisation", "Auteur cité", "si l’organisation citée est celle qui répond"),
            Column("source", "Source", "ce qui a trouvé la mention : registre, modèle ou personne", vocabulary.SOURCES),
            Column("score", "Score", "de 0 à 1"),
        ),
    ),
    "organisations": Table(
        "organisations",
        (
            Column("organisation_id", "Identifiant de l’organisation", "identifiant stable de l’organisation"),
            Column("name", "Organisation", "nom usuel"),
            Column("acronym", "Sigle", "sigle"),
            Column("aliases", "Autres noms", "autres noms et graphies"),
            Column("kind", "Nature", "nature de l’organisation"),
            Column("parent_id", "Organisation mère", "identifiant de l’organisation dont elle dépend"),
            Column("successor_id", "Remplacée par", "identifiant de l’organisation qui l’a remplacée"),
            Column("since", "Depuis", "année de création"),
            Column("until", "Jusqu’à", "année de disparition"),
            Column("siren", "SIREN", "numéro SIREN"),
            Column("wikidata", "Wikidata", "identifiant Wikidata"),
            Column("n_mentions", "Mentions", "nombre de mentions"),
        ),
    ),
    "topics": Table(
        "themes",
        (
            Column("topic_id", "Identifiant du thème", "identifiant stable du thème ou sous-thème"),
            Column("question_id", "Identifiant de la question", "rien : thème commun aux questions d’un questionnaire"),
            Column("questionnaire", "Questionnaire", "nom du questionnaire"),
            Column("parent_id", "Thème du dessus", "identifiant du thème dont il est un sous-thème"),
            Column("label", "Thème", "libellé, proposé par la machine tant que personne ne l’a relu"),
            Column("definition", "Définition", "ce que disent les réponses de ce thème"),
            Column("terms", "Mots", "mots les plus caractéristiques"),
            Column("term_scores", "Force des mots", "force de chaque mot, dans le même ordre"),
            Column("against", "Mots opposés", "mots des autres thèmes"),
            Column("stability", "Stabilité", "de 0 à 1 : si le thème se retrouve quand on recommence"),
            Column("n_segments", "Segments", "nombre d’unités de sens du thème, sous-thèmes compris"),
            Column("status", "Statut", "proposé, relu ou validé", vocabulary.STATUSES),
            Column("lineage", "Histoire", "d’où vient le thème, modèle après modèle"),
            Column("model", "Modèle", "modèle qui porte le thème, « reviewer » pour un thème créé par un relecteur"),
            Column("reviewed_by", "Relu par", "qui a décidé de ce thème en dernier"),
            Column("reviewed_at", "Relu le", "date de cette décision"),
        ),
    ),
    "exemplars": Table(
        "exemples",
        (
            Column("exemplar_id", "Identifiant de l’exemple", "identifiant stable de l’exemple"),
            Column("topic_id", "Identifiant du thème", "thème ou sous-thème dont c’est un exemple"),
            _QUESTION,
            Column("kind", "Nature", "central, argumenté, ou en limite d’un autre thème", vocabulary.EXEMPLAR_KINDS),
            _ANSWER,
            _SEGMENT,
            _START,
            _END,
            Column("quote", "Citation", "texte de l’exemple"),
        ),
    ),
    "topic_numbers": Table(
        "nombres_de_themes",
        (
            Column("topic_number_id", "Identifiant de l’essai", "identifiant stable de l’essai"),
            _QUESTION,
            Column("n_topics", "Nombre de thèmes", "nombre de thèmes essayé"),
            Column("stability", "Stabilité", "de 0 à 1 : si les mêmes thèmes se retrouvent quand on recommence"),
            Column("chosen", "Choisi", "si ce nombre a été retenu"),
        ),
    ),
    "questions": Table(
        "questions",
        (
            _QUESTION,
            Column("questionnaire", "Questionnaire", "nom du questionnaire"),
            Column("number", "Numéro", "numéro dans le questionnaire"),
            Column("official_id", "Identifiant officiel", "identifiant dans les exports officiels"),
            Column("title", "Question", "libellé exact"),
            Column("kind", "Nature", "ouverte, fermée ou à choix", vocabulary.QUESTION_KINDS),
            Column("depends_on", "Dépend de", "identifiant de la question dont la réponse décide si elle est posée"),
            Column("shown_if", "Posée si", "ce que doit être cette réponse"),
        ),
    ),
    "copy_groups": Table(
        "groupes_de_copies",
        (
            Column("copy_group_id", "Groupe de copies", "identifiant stable du groupe"),
            _QUESTION,
            Column("answer_id", "Première réponse", "identifiant de la première réponse du groupe"),
            Column("n_answers", "Réponses", "nombre de réponses"),
            Column("n_contributions", "Contributions", "nombre de contributions"),
            Column("n_respondents", "Répondants", "nombre de répondants"),
            Column("n_texts", "Textes différents", "1 : mot pour mot"),
            Column("n_words", "Mots", "nombre de mots de la première réponse"),
            Column("first_published_at", "Première date", "date de la première réponse"),
            Column("last_published_at", "Dernière date", "date de la dernière réponse"),
            Column("author_types", "Types d’auteur", "nombre de contributions par type d’auteur"),
            Column(
                "coordinated", "Texte coordonné", "assez long et envoyé par assez d’auteurs pour n’être pas un hasard"
            ),
        ),
    ),
}
"""Every file of the dataset, by its English name."""
