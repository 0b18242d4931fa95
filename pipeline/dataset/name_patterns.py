"""What stands around names: civilities, roles, relations, mandates, and the places that bear a name."""

from __future__ import annotations

import re
from typing import Final

from pipeline.dataset.names import CAPITALISED, PARTICLE
from pipeline.resources import words

CIVILITIES: Final = r"(?:M\.|Mr\.?|Mrs|Mme\.?|Mlle\.?|MM\.|Mmes|Monsieur|Madame|Mademoiselle|Docteur|Dr\.?|Ma[îi]tre)"
CIVILITY_BEFORE: Final = re.compile(rf"\b(?:{CIVILITIES}|Me)\s*$", re.IGNORECASE)

_PARTICLES = rf"(?:{PARTICLE}[\s]?){{0,2}}"
_NAME = rf"{_PARTICLES}(?:[A-Z]\.[\s-]?){{0,2}}{CAPITALISED}(?:\s{{1,2}}(?:{PARTICLE}\s?){{0,2}}{CAPITALISED}){{0,3}}"
# A civility, then one to four capitalised words (particles between): « Mme de La Tour », « M. Jean DUPONT ».
AFTER_CIVILITY: Final = re.compile(
    r"\b(?:(?i:Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Docteure?|Dr\.?)|MM?\.|Me|MME|MLLE|Ma[îi]tre(?!\sd['’]))"
    rf"(?:\s{{1,3}}|(?<=\.))({_NAME})"
)
# The same in lower case, where one word alone is taken.
LOWER_AFTER_CIVILITY: Final = re.compile(
    r"\b(?i:mr\.?|mme\.?|mlle\.?|monsieur|madame|mademoiselle|docteur|dr\.?)\s{1,3}"
    r"((?:(?:le|la|de|du|van|ben|el)\s){0,2}[a-zß-öø-ÿ][^\W\d_]{2,30}(?:-[^\W\d_]{2,30})?)(?![\w'’])"
)
# « le juge Terrasson », « la famille Kerboul »: a role, then a capitalised word that is no French word.
AFTER_ROLE: Final = re.compile(
    r"\b(?i:juge|notaire|percepteur|tr[ée]sori[eè]re?|facteur|factrice|gendarme|adjudant|brigadier"
    r"|commissaire|capitaine|lieutenant|commandant|colonel|professeure?|avocate?|huissier|proviseure?|principale?"
    r"|directeur|directrice|instituteur|institutrice|m[ée]decin|infirmi[eè]re?|dentiste|pharmacienne?|cur[ée]"
    r"|adjointe?|conseill[eè]re?|inspecteur|inspectrice|voisine?|patronne?|famille|[ée]poux|veuve|veuf|n[ée]e"
    rf"|d[ée]nomm[ée]e?|nomm[ée]e?|sieur)\s"
    rf"(?![A-Z]{{2,5}}\b)((?:[A-Z]\.[\s-]?){{0,2}}{CAPITALISED}(?:\s{{1,2}}(?:{PARTICLE}\s?){{0,2}}{CAPITALISED}){{0,3}})"
)
# What a first name alone may follow, in any case.
_RELATIONS = (
    r"fils|filles?|mari|femme|[ée]pou(?:x|se)|ex-(?:mari|femme)|compagn(?:on|e)|conjointe?|p[eè]re|m[eè]re|papa|maman"
    r"|fr[eè]re|s(?:œ|oe)ur|oncle|tante|neveu|ni[eè]ce|cousine?|parrain|marraine|grand-(?:p[eè]re|m[eè]re)|petit-fils"
    r"|petite-fille|beau-(?:p[eè]re|fr[eè]re|fils)|belle-(?:m[eè]re|s(?:œ|oe)ur|fille)|gendre|b[ée]b[ée]|enfant|amie?|copine?"
    r"|copain|coll[eè]gue|voisine?|m[ée]decin|conseill[eè]re?|facteur|factrice|aide-soignante|nounou|patronne?"
)
BEFORE_FIRST_NAME: Final = re.compile(
    rf"\b(?:(?:mon|ma|mes|notre|nos|son|sa|ton|ta)\s(?:{_RELATIONS})\s?[,:]?"
    r"|(?:merci|bravo|f[ée]licitations|demande[rz]|parle[rz]|[ée]cri[rtvez]{1,4}|dire|dites|adressez-vous|pens[ée]e)\s(?:à|a)"
    r"|cordialement|amicalement|salutations|bien à vous|sign[ée]e?|contacte[rz]|rappele[rz]|appele[rz]|suivi par"
    r"|re[çc]u par|je me (?:nomme|pr[ée]nomme)|je m['’ ]?appel{1,2}e|mon (?:pr[ée])?nom(?: est|:)?|moi c['’]est"
    r"|je soussign[ée]e?|bonjour|pr[ée]nomm[ée]e?)\s?[,:.]?\s{0,3}(?=[^\W\d_])",
    re.IGNORECASE,
)
BEFORE_LOWER_NAME: Final = re.compile(
    r"(?:\b(?:je suis|contacte[rz]|demande[rz] à|merci à|selon|avec|chez|par|sign[ée]e?|monsieur|madame"
    r"|m['’ ]?appel{1,2}e|nom est|soussign[ée]e?|de la part de|appele[rz]|bonjour)|[,;:(])\s{0,2}$",
    re.IGNORECASE,
)
AND_FIRST_NAME: Final = re.compile(r"\s{0,2}(?:,|et)\s(?:à\s|de\s|avec\s)?")

# A place or thing that bears a name: « collège Paul Cézanne », « station Louise Michel », « loi Veil ».
_PLACES = (
    r"coll[eè]ges?|lyc[ée]es?|[ée]coles?|universit[ée]s?|facult[ée]|h[oô]pita(?:l|ux)|cliniques?|chu|chr|ehpad|maternit[ée]"
    r"|rues?|places?|avenues?|boulevards?|quais?|squares?|impasse|all[ée]es?|chemin|cours|faubourg|esplanade|rond-point"
    r"|stades?|gymnases?|piscine|complexe|salles?|espaces?|th[ée][âa]tre|cin[ée]mas?|centres?|mus[ée]es?|m[ée]diath[eè]que"
    r"|biblioth[eè]que|gares?|stations?|m[ée]tro|arr[êe]t|a[ée]roports?|ports?|ponts?|tunnel|parcs?|jardins?|r[ée]sidences?"
    r"|foyers?|cr[eè]ches?|quartiers?|cit[ée]|tours?|immeuble|villa|[ée]glise|chapelle|cath[ée]drale|basilique"
    r"|groupe scolaire|fondations?|instituts?|associations?|soci[ée]t[ée]s?|cabinets?|groupes?|magasins?|[ée]ditions"
    r"|[ée]tablissements|ets|statue|monument|porte|route|promenade|ligue|club|cercle|saint|sainte|st|ste|san|santa"
)
_THINGS = (
    r"rapports?|lois?|plans?|d[ée]crets?|commissions?|amendements?|r[ée]formes?|dispositifs?|ordonnances?|taxes?|prix"
    r"|affaires?|th[ée]or[eè]me|indice|livret"
)
_TITLES = (
    r"(?:(?:de\sla|du|de|des|d['’]|l['’]|le|la|g[ée]n[ée]ral|mar[ée]chal|docteur|dr|pr[ée]sident|colonel|abb[ée]|professeur"
    r"|capitaine|commandant)\s?){0,3}"
)
PLACE_BEFORE: Final = re.compile(rf"\b(?:{_PLACES})\s+{_TITLES}$", re.IGNORECASE)
BEARER_BEFORE: Final = re.compile(rf"\b(?:{_PLACES}|{_THINGS})\s+{_TITLES}$", re.IGNORECASE)
BEARER_WIDTH: Final = 48

# Elected people and those in office are public by their function: « le maire de Lyon, M. Durand ».
_PLACE_OF_OFFICE = (
    r"(?:\s(?:de\sla|du|des|de|d['’])\s?(?:(?:la|le|les|l['’])\s?)?"
    r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}(?:\s[A-ZÀ-ÖØ-Þ][\w'’-]{1,30}){0,3})"
)
_OFFICE = (
    r"(?i:maire|d[ée]put[ée]e?|s[ée]nateur|s[ée]natrice|(?:premi(?:er|[eè]re)\s)?ministre|pr[ée]f[eè]te?|eurod[ée]put[ée]e?"
    r"|secr[ée]taire\sd['’][ée]tat|pr[ée]sidente?\s(?:de\s(?:la\s)?(?:r[ée]gion|r[ée]publique|m[ée]tropole)"
    r"|du\s(?:d[ée]partement|s[ée]nat|conseil\s(?:r[ée]gional|d[ée]partemental|g[ée]n[ée]ral))))"
)
OFFICE_BEFORE: Final = re.compile(
    rf"(?:^|[.!?\n]\s?|\b(?i:le|la|notre|votre|l['’]actuel(?:le)?)\s){_OFFICE}{_PLACE_OF_OFFICE}?\s?,?\s"
    rf"(?:(?i:{CIVILITIES})\s?)?$"
)
OFFICE_AFTER: Final = re.compile(
    rf"\s?[,(]?\s?(?:(?i:le|la|notre|votre)\s)?{_OFFICE}(?=\s(?:de|du|des|d['’])|\s?[,.)])"
)
OFFICE_WIDTH: Final = 110

# Two to four words written as a name is, from every word on: a list of capitals may hold a name anywhere.
NAME_SEQUENCE: Final = re.compile(
    rf"(?<![\w-])(?=({CAPITALISED}(?:\s{{1,3}}(?:{PARTICLE}\s{{0,3}}){{0,2}}{CAPITALISED}){{1,3}}))"
)
INITIAL_AND_SURNAME: Final = re.compile(
    rf"(?<![\w.])(?!M\.\s?[^\W\d_]{{2}})(?:[A-Z]\.\s?-?\s?){{1,2}}(?:{PARTICLE}\s?){{0,2}}(?:(?:Ben|El|Le|La|De|Du|Van|Von)\s)?({CAPITALISED})"
)
TOKEN: Final = re.compile(r"[^\W\d_](?:[\w-]{0,30}\w)?")

# « Monsieur le Président », « Madame la Ministre »: a function, not a name; and people whom nobody is.
NOT_A_NAME: Final = words(
    "presidente president ministre maire prefet prefete depute deputee senateur senatrice premier",
    "premiere secretaire directeur directrice tout toute tous toutes bonjour merci pole propre et qui ne",
    "a en dans pour sur que michu machin truc bidule hyde jekyll x y z",
)
# Words of the above, for a text without any of them need not be searched.
CIVIL_WORDS: Final = words("m mm mr mme mmes mlle monsieur madame mademoiselle docteur docteure dr me maître maitre")
ROLE_WORDS: Final = words(
    "juge notaire percepteur trésorier trésorière tresorier tresoriere facteur factrice gendarme adjudant",
    "brigadier commissaire capitaine lieutenant commandant colonel professeur professeure avocat avocate huissier",
    "proviseur proviseure principal principale directeur directrice instituteur institutrice médecin medecin",
    "infirmier infirmière infirmiere dentiste pharmacien pharmacienne curé cure adjoint adjointe conseiller",
    "conseillère conseillere inspecteur inspectrice voisin voisine patron patronne famille époux epoux veuve veuf",
    "né née ne nee dénommé dénommée denomme nommé nommée nomme sieur",
)
ARTICLES: Final = words("le la les l un une")
STOCK: Final = frozenset(("dupont la joie", "tout le monde", "tartempion", "lambda"))
