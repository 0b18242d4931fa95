"""Labels: a theme is named by its own words, as people wrote them, and no two themes have one name."""

from __future__ import annotations

import re

import numpy as np

from pipeline.resources import words
from pipeline.topics.documents import Document
from pipeline.topics.labels import LABEL_LENGTH, LISTED_TERMS, Naming, name_topics
from tests import corpus

WORD = re.compile(r"\w+")
STOPS = words("le la les de du d des l un une plus moins et il faut sur aux au à contre en ne pas que soit vous m me")


def document(text: str, lemmas: dict[str, str] | None = None) -> Document:
    """Return the document of a text: every word is a term but the stop words, in lower case or its lemma."""
    found = [match for match in WORD.finditer(text) if match.group().lower() not in STOPS]
    terms = tuple((lemmas or {}).get(match.group().lower(), match.group().lower()) for match in found)
    return Document(text, terms, tuple(m.start() for m in found), tuple(m.end() for m in found))


def namings(groups: list[list[str]], lemmas: dict[str, str] | None = None, asked: tuple[str, ...] = ()) -> list[Naming]:
    documents = [document(text, lemmas) for group in groups for text in group]
    labels = np.asarray([number for number, group in enumerate(groups) for _ in group])
    return name_topics(documents, labels, len(groups), asked)


def named(groups: list[list[str]], lemmas: dict[str, str] | None = None, asked: tuple[str, ...] = ()) -> list[str]:
    return [naming.label for naming in namings(groups, lemmas, asked)]


def test_a_theme_is_named_by_the_words_that_tell_it_from_the_others() -> None:
    documents, themes = corpus.documents(80)
    order = list(corpus.THEMES)
    found = name_topics(documents, np.asarray([order.index(theme) for theme in themes]), 4)
    for theme, naming in zip(order, found, strict=True):
        assert set(naming.terms) <= set(corpus.THEMES[theme])
        assert list(naming.term_scores) == sorted(naming.term_scores, reverse=True)
        assert all(score > 0 for score in naming.term_scores)
        assert all(part.lower() in corpus.THEMES[theme] for part in naming.label.split(", "))


def test_an_acronym_keeps_its_capitals_and_shouted_words_lose_theirs() -> None:
    groups = [["la SNCF ferme LES GUICHETS", "trop cher la SNCF et les GUICHETS"], ["moins d impôts"] * 2]
    label = named(groups)[0]
    assert "SNCF" in label
    assert "guichets" in label.lower() and "GUICHETS" not in label


def test_a_phrase_is_a_part_of_the_label() -> None:
    groups = [["le pouvoir d'achat baisse", "plus de pouvoir d'achat", "pouvoir d'achat"], ["les trains"] * 3]
    label = named(groups)[0]
    assert "pouvoir d'achat" in label.lower().split(", ")
    assert "achat" not in label.lower().replace("pouvoir d'achat", "")


def test_a_phrase_keeps_the_words_between_its_terms() -> None:
    groups = [["impôt sur le revenu", "baisser impôt sur le revenu"] * 2, ["les trains"] * 3]
    assert "impôt sur le revenu" in named(groups)[0].lower()


def test_the_usual_form_is_shown_not_the_lemma() -> None:
    documents = [
        Document("les médecins", ("médecin",), (4,), (12,)),
        Document("des médecins", ("médecin",), (4,), (12,)),
        Document("le train", ("train",), (3,), (8,)),
    ]
    first = name_topics(documents, np.asarray([0, 0, 1]), 2)[0]
    assert first.label == "Médecins" and first.terms == ("médecins",)


def test_labels_differ_even_where_the_words_are_the_same() -> None:
    labels = named([["la gare"] * 3, ["la gare"] * 3, ["la gare"] * 3])
    assert len(set(labels)) == 3 and all(labels)


def test_themes_without_words_have_names_that_differ() -> None:
    empty = Document("", (), (), ())
    found = name_topics([empty] * 4, np.asarray([0, 1, 0, -1]), 3)
    assert len({naming.label for naming in found}) == 3
    assert all(naming.terms == () and naming.label and naming.definition for naming in found)


def test_a_theme_without_documents_is_named_too() -> None:
    found = name_topics([document("la gare")], np.asarray([-1]), 1)
    assert found[0].label and found[0].terms == ()


def test_definitions_are_french_with_a_no_break_space_before_the_colon() -> None:
    documents, themes = corpus.documents(20)
    found = name_topics(documents, np.zeros(20, dtype=np.int64), 1)[0]
    assert found.definition.startswith("Réponses où reviennent\u00a0: ")
    assert len(found.terms) <= LISTED_TERMS
    assert themes


def test_naming_twice_gives_the_same_names() -> None:
    documents, _ = corpus.documents(60)
    labels = np.arange(60) % 3
    assert name_topics(documents, labels, 3) == name_topics(documents, labels, 3)


TRAINS = ["les trains du soir", "des trains plus rapides", "les trains"]


def test_a_label_is_a_phrase_without_its_leading_article() -> None:
    group = ["la suppression des avantages des élus", "suppression des avantages des élus", "les élus"]
    assert named([group, TRAINS])[0] == "Suppression des avantages des élus"


def test_an_infinitive_phrase_keeps_its_object_with_its_article() -> None:
    assert named([["Supprimer le Sénat", "il faut supprimer le Sénat", "SUPPRIMER LE SENAT"], TRAINS])[0] == (
        "Supprimer le Sénat"
    )


def test_a_second_phrase_is_added_where_one_does_not_carry_the_theme() -> None:
    group = ["le vote blanc"] * 3 + ["le tirage au sort"] * 3 + ["autre chose encore", "rien", "tout"]
    parts = named([group, TRAINS * 3])[0].lower().split(", ")
    assert sorted(parts) == ["tirage au sort", "vote blanc"]
    assert named([["le vote blanc", "vote blanc"], TRAINS])[0] == "Vote blanc"


def test_no_expression_is_cut() -> None:
    assert named([["un rendez-vous", "les rendez-vous", "des rendez-vous"], TRAINS])[0] == "Rendez-vous"
    groups = [["pôle emploi m' proposé une formation"] * 3, TRAINS]
    assert "m'" not in named(groups, {"proposé": "proposer"})[0]


def test_what_turns_the_meaning_round_is_part_of_the_label() -> None:
    assert named([["ne pas taxer les retraites", "il faut ne pas taxer les retraites"], TRAINS])[0] == (
        "Ne pas taxer les retraites"
    )
    assert named([["faut moins d'élus", "moins d'élus"], TRAINS])[0] == "Moins d'élus"


def test_missing_accents_are_put_back() -> None:
    lemmas = {"evasion": "évasion", "fiscale": "fiscal"}
    assert named([["l'Evasion fiscale", "contre l'evasion fiscale"], TRAINS], lemmas)[0] == "Évasion fiscale"
    more = ["le referendum local", "un referendum local", "le référendum local"]
    assert named([more, TRAINS], {"referendum": "référendum"})[0] == "Référendum local"


def test_labels_are_at_most_sixty_characters_and_never_cut() -> None:
    word = "anticonstitutionnellement"
    group = [f"la {word}a de {word}b de {word}c", f"{word}a de {word}b de {word}c"]
    label = named([group, TRAINS])[0]
    assert 0 < len(label) <= LABEL_LENGTH
    assert all(part in " ".join(group) for part in label.lower().split(", "))


def test_a_conjugated_verb_is_no_label() -> None:
    lemmas = {"financent": "financer"}
    label = named([["les impôts financent", "impôts qui financent", "ils financent les impôts"], TRAINS], lemmas)[0]
    assert label == "Impôts"


def test_main_phrases_differ() -> None:
    group = ["le vote blanc et le dimanche", "le vote blanc, la semaine", "vote blanc"]
    first, second, third = named([group, [f"{text} au tirage" for text in group], TRAINS])
    assert first.split(", ")[0] != second.split(", ")[0]
    assert third == "Trains"


def test_words_of_the_question_do_not_make_a_label_alone() -> None:
    groups = [["l'impôt et la fortune", "l'impôt, la fortune", "impôt"], ["impôt, le revenu", "impôt, revenu", "impôt"]]
    assert [label.split(", ")[0] for label in named(groups)] == ["Fortune", "Revenu"]
    echo = ["rendre la fiscalité juste", "rendre la fiscalité juste, les riches", "les riches"]
    assert named([echo, TRAINS], asked=("rendre", "fiscalité", "juste"))[0] == "Riches"


def test_a_pair_is_listed_in_the_place_of_its_words() -> None:
    terms = namings([["le vote blanc", "vote blanc", "le vote blanc"], TRAINS])[0].terms
    assert terms == ("vote blanc",)


def test_words_that_a_theme_lacks_are_told() -> None:
    documents, themes = corpus.documents(200)
    order = list(corpus.THEMES)
    found = name_topics(documents, np.asarray([order.index(theme) for theme in themes]), 4)
    for theme, naming in zip(order, found, strict=True):
        assert naming.against and not set(naming.against) & (set(corpus.THEMES[theme]) | set(naming.terms))
    assert name_topics(documents, np.zeros(200, dtype=np.int64), 1)[0].against == ()


def test_the_definition_names_phrases_that_do_not_say_each_other_again() -> None:
    definition = namings([["le vote blanc et le tirage au sort", "vote blanc, tirage au sort"], TRAINS])[0].definition
    assert definition == "Réponses où reviennent\u00a0: tirage au sort, vote blanc."
