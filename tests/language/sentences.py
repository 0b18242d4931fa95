"""Sentences that the analyser is compared on: hard ones written for it, and answers of the seeds."""

from __future__ import annotations

import csv

from pipeline.resources import resource

WRITTEN = [
    "L'État doit rendre des comptes aux citoyens, n'est-ce pas ?",
    "J'ai dû faire 40 km pour aller à la CPAM de Saint-Étienne !!!",
    "SUPPRIMER LE SÉNAT ET L'ENA",
    "La Poste, EDF, ENGIE et Malakoff Médéric Humanis ont quitté Béthune.",
    "plus de medecin a la campagne svp merci",
    "1. Baisser la TVA.\n2. Augmenter les retraites.\n\n- Fin des niches fiscales",
    "Le rendez-vous à la mairie s'est-il bien passé ? Non : personne.",
    "Mme Dupont (75 ans) a payé 1 234,56 d'impôts en 2018 ; M. Martin, rien.",
    "Pôle emploi : plus d'accueil physique, moins d'Internet…",
    "c'est-à-dire qu'il n'y a plus de bureau de poste, ni de trésorerie.",
    "Bravo l'inspection académique de Lyon",
    "RAS",
    "?",
    "",
    "  espaces   au   milieu  ",
    "\n une ligne  \t puis\r\nune autre \u3000 fin \n",
    "J.-C. est né av. J.-C., cf. l'art. 3 du C.G.I. (p. 12).",
]


def sentences() -> list[str]:
    """Return at least 150 texts of many kinds and lengths."""
    with resource("seeds", "contributions", "organisation.csv").open(encoding="utf-8", newline="") as file:
        cells = [
            cell for row in csv.DictReader(file) for name, cell in row.items() if name[:1] == "Q" and len(cell) > 3
        ]
    return WRITTEN + [cell[:600] for cell in cells[:: len(cells) // 135]]
