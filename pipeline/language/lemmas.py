"""Lemmas good for French consultation answers: spaCy's own, and where they are known to be wrong, ours.

spaCy's French lemmatizer looks forms up by part of speech, and fails where the tagger does: « supprimées » tagged as a
noun keeps its ending. Each correction here is a rule or a closed list, applied after the lemmatizer (`lemma_of`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from pipeline.language.model import is_known, stock
from pipeline.language.verbs import infinitive_of, infinitives
from pipeline.resources import words

# Words of grammar: one lemma whatever the tagger says. Where two are right (« des »: un, de), the form stays.
_GRAMMAR: Final = {
    "l'": "le", "la": "le", "les": "le", "d'": "de", "une": "un", "qu'": "que", "j'": "je", "n'": "ne", "m'": "me",
    "t'": "te", "c'": "ce", "ç'": "ce", "jusqu'": "jusque", "lorsqu'": "lorsque", "puisqu'": "puisque",
    "quoiqu'": "quoique", "presqu'": "presque", "cet": "ce", "cette": "ce", "ces": "ce", "ma": "mon", "mes": "mon",
    "ta": "ton", "tes": "ton", "sa": "son", "ses": "son", "nos": "notre", "vos": "votre", "leurs": "leur", "ils": "il",
    "elles": "elle", "toutes": "tout", "tous": "tout", "toute": "tout", "quelle": "quel", "quels": "quel",
    "quelles": "quel", "celle": "celui", "celles": "celui", "ceux": "celui", "aucune": "aucun", "certaines": "certain",
    "certains": "certain", "certaine": "certain", "laquelle": "lequel", "lesquels": "lequel", "lesquelles": "lequel",
    "quelques": "quelque", "autres": "autre",
    "aux": "au", "l": "le", "d": "de", "j": "je", "qu": "que", "n": "ne", "c": "ce",
    "telle": "tel", "telles": "tel", "tels": "tel", "-il": "il", "-ils": "il",
    "-elle": "elle", "-elles": "elle", "-on": "on", "-je": "je", "-tu": "tu", "-nous": "nous", "-vous": "vous",
    "-ce": "ce", "-t-il": "il", "-t-ils": "il", "-t-elle": "elle", "-t-on": "on", "-les": "le", "-la": "le",
    "-le": "le", "-y": "y", "-en": "en", "-moi": "moi", "-leur": "leur", "-lui": "lui", "meilleure": "meilleur",
    "meilleurs": "meilleur", "meilleures": "meilleur", "aujourd'hui": "aujourd'hui", "quelqu'": "quelque",
    "quelqu'un": "quelqu'un", "quelqu'une": "quelqu'un", "chacune": "chacun", "toutefois": "toutefois",
}  # fmt: skip
_SAME: Final = words(
    "le un de du des au aux et ou où à en dans par pour sur sous avec sans entre vers chez contre pendant",
    "depuis avant après dès que qui quoi dont si ne pas plus moins très trop peu assez aussi ainsi alors",
    "encore déjà jamais toujours souvent bien mal mieux je tu il elle on nous vous me te se lui eux y ce",
    "ça cela ceci mon ton son notre votre leur tout quel celui aucun chaque plusieurs mais donc or ni car",
    "comme quand lorsque puisque quoique afin parce beaucoup autant tant ici là non oui même autre tel",
    "lequel rien personne chacun quelque tant puis voire jusque via envers hélas voilà voici soit durant",
)

_UNCHANGED: Final = frozenset(("ADP", "INTJ", "CCONJ", "SCONJ", "PUNCT", "SYM", "NUM"))
_LETTER: Final = re.compile(r"[^\W\d_]")
# Adjectives and nouns in -é that are words of their own, apart from their verb.
_ADJECTIVE: Final = re.compile(
    r"(privé|âgé|élevé|handicapé|retraité|salarié|député|immigré|réfugié|employé|diplômé|défavorisé|isolé|éloigné|élu"
    r"|compliqué|limité|modéré|motivé|varié|marié|administré|assuré|délégué|énervé|spécialisé|démuni)e?s?"
)
_PARTICIPLE: Final = re.compile(r"ées?$")


def lemma_of(form: str, part_of_speech: str) -> str:
    """Return the lemma of a form in its usual spelling.

    Parameters
    ----------
    form : str
        One token (`spelling.usual_form`).
    part_of_speech : str
        Its universal part of speech in its sentence.
    """
    lower = form.lower()
    if lower in _GRAMMAR:
        return _GRAMMAR[lower]
    if lower in _SAME:
        return lower
    if form.isupper() and len(form) > 1:
        return form  # an acronym: what is no word in lower case stayed in capitals
    if part_of_speech in _UNCHANGED or not _LETTER.search(lower):
        return lower
    if part_of_speech == "PROPN":
        return _of_proper_noun(lower)
    return corrected(lower, part_of_speech, stock_lemma(form, part_of_speech).lower())


def corrected(form: str, part_of_speech: str, lemma: str) -> str:
    """Return `lemma`, put right where spaCy's lemmatizer is known to be wrong for such a form.

    Parameters
    ----------
    form : str
        In lower case.
    part_of_speech, lemma : str
        What the model says.
    """
    if form in infinitives():
        return form
    if part_of_speech in ("VERB", "AUX"):
        # « manque » is its own lemma for a list, and « santé », taken for a verb, has no infinitive « santer ».
        return lemma if lemma in infinitives() else infinitive_of(form) or _of_mistaken(form, lemma)
    if adjective := _ADJECTIVE.fullmatch(form):
        return adjective[1]
    if not is_known(lemma) and (is_known(form) or part_of_speech == "ADJ" or len(lemma) < 2):
        # « locataire », taken for an adjective, has no masculine « locatair ».
        return form[:-1] if form.endswith("s") and not form.endswith(("ss", "us", "is")) else form
    return lemma


def _of_mistaken(form: str, lemma: str) -> str:
    """Return the lemma of a form that is no verb we know: of the noun or adjective that it is, if it is one."""
    for part_of_speech in ("NOUN", "ADJ"):
        found = stock_lemma(form, part_of_speech)
        if is_known(form) and is_known(found):
            return _PARTICIPLE.sub("é", found)
    return lemma


def _of_proper_noun(lower: str) -> str:
    """Return the lemma of what the tagger takes for a name: first words are often common ones."""
    if lower in infinitives():
        return lower
    infinitive = infinitive_of(lower)
    if infinitive and not is_known(lower):
        return infinitive
    noun = stock_lemma(lower, "NOUN")
    return noun if is_known(lower) and is_known(noun) else lower


def stock_lemma(form: str, part_of_speech: str) -> str:
    """Return the lemma that spaCy's French lemmatizer gives a form of this part of speech."""
    from spacy.tokens import Doc

    doc = Doc(stock().vocab, words=[form], pos=[part_of_speech])
    return str(_lemmatizer().lemmatize(doc[0])[0])


def forget() -> None:
    """Let go of the forms that the lemmatizer remembers."""
    _lemmatizer().cache.clear()


@lru_cache(maxsize=1)
def _lemmatizer() -> Any:
    return stock().get_pipe("lemmatizer")
