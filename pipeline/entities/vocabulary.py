"""The words that decide whether what the model takes for an organisation may stand. All folded."""

from __future__ import annotations

from typing import Final


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# Words that begin the name of an organisation when they have a capital.
HEADS: Final = _words(
    "agence amicale association autorite banque cercle chambre cite collectif comite commission compagnie",
    "confederation conseil coordination direction federation fondation fonds groupe groupement haut haute inspection",
    "institut laboratoire ligue maison mission mouvement mutuelle observatoire office ordre parti rassemblement regie",
    "reseau secours societe syndicat union universite",
)
# Words that begin the expansion of an acronym, in any casing.
SPELT_OUT: Final = HEADS | _words(
    "academie administration alliance assemblee assurance bureau caisse centre centrale conservatoire cour delegation",
    "departement ecole entreprise etablissement force garde groupements inspection mutualite organisation",
    "organisme point pole protection regime secretariat securite service services tribunal unite",
)
# What cannot come right after such a word inside a name.
NEVER_SECOND: Final = _words("et ou pour dans les mes ma mon nos notre qui a en avec est sont supprimer")
# Common nouns: a name made of these alone is none (l'État, la mairie, le service des impôts).
GENERIC: Final = _words(
    "etat etats gouvernement administration administrations republique nation mairie mairies prefecture prefectures",
    "ministere ministeres commune communes departement departements region regions collectivite collectivites ecole",
    "ecoles college lycee universite hopital hopitaux banque banques syndicat syndicats mutuelle mutuelles police",
    "gendarmerie justice armee eglise parlement assemblee assemblees depute deputes elus senateur senateurs maire",
    "maires president europe france francais francaise ville service services caisse caisses retraite retraites",
    "education sante securite travail emploi impot impots tribunal tribunaux greffe rectorat academie medecin medecins",
    "association associations entreprise entreprises societe administratif publique public",
    "de du des la le les l d et",
)
# What « mairie de » may come before without a place: « préfecture de police », « mairie de quartier ».
NOT_PLACES: Final = _words("etat france police justice ordre quartier secteur commune ville pays republique")
