"""French answers on planted themes: small enough to fit in seconds, clear enough to know what must be found."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pipeline.topics.documents import Document

THEMES = {
    "health": ["médecin", "hôpital", "infirmier", "maternité", "pharmacie", "urgence", "clinique", "soin"],
    "transport": ["train", "gare", "tramway", "autobus", "voiture", "route", "vélo", "métro"],
    "taxes": ["impôt", "taxe", "cotisation", "prélèvement", "fraude", "revenu", "fisc", "salaire"],
    "school": ["école", "professeur", "élève", "collège", "lycée", "classe", "cantine", "enseignant"],
}
PATTERNS = (
    "Il manque ici {0}, {1} et {2}",
    "Je voudrais parler de {0}, de {1} et de {2}",
    "Améliorer {0} et {1}, mais aussi {2} et {3}",
    "Trop de problèmes avec {0} : {1}, {2}, {3}",
)


def answers(n_answers: int, themes: Sequence[str] = tuple(THEMES), seed: int = 0) -> list[tuple[str, str]]:
    """Return (theme, text) pairs, the themes in turn; most texts differ."""
    chance = random.Random(seed)
    found = []
    for number in range(n_answers):
        theme = themes[number % len(themes)]
        words = chance.sample(THEMES[theme], 4)
        found.append((theme, chance.choice(PATTERNS).format(*words)))
    return found


def forms(n_forms: int, seed: int = 0) -> list[dict[int, str]]:
    """Return filled forms of the organisation questionnaire: two open questions and two closed ones."""
    first, second = answers(n_forms, seed=seed), answers(n_forms, ("health", "transport"), seed=seed + 1)
    return [
        {1: one, 4: "Non" if number % 2 else "Oui", 11: other, 12: "Oui"}
        for number, ((_, one), (_, other)) in enumerate(zip(first, second, strict=True))
    ]


def documents(
    n_documents: int, themes: Sequence[str] = tuple(THEMES), seed: int = 0
) -> tuple[list[Document], list[str]]:
    """Return documents made of theme words alone, without spaCy, and the theme of each."""
    chance = random.Random(seed)
    chosen = [themes[number % len(themes)] for number in range(n_documents)]
    return [written(chance.choices(THEMES[theme], k=chance.randint(4, 7))) for theme in chosen], chosen


def written(words: Sequence[str]) -> Document:
    """Return the document of words that stand apart from each other (no phrases)."""
    text = " ; ".join(words)
    starts, position = [], 0
    for word in words:
        starts.append(position)
        position += len(word) + 3
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    return Document(text, tuple(word.lower() for word in words), tuple(starts), tuple(ends))
