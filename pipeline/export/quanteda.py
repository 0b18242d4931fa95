"""A CSV that quanteda and other packages of R read as a corpus: an answer a row, its variables in snake_case."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipeline.export.cells import MARK, escaped
from pipeline.export.source import Source
from pipeline.export.texts import with_text
from pipeline.typography import prose, typeset

STATES: Final = ("assigned", "unassigned", "uninformative", "off_language", "duplicate")
"""The answers of a corpus: those whose text may be read. Analyses mostly want the first two."""

BASE: Final = STATES[:2]
COLUMNS: Final = (
    *("doc_id", "text", "contribution_id", "author_id", "question_id", "question", "state", "reason"),
    *("theme_id", "theme", "subtheme_id", "subtheme", "themes", "organisations", "departement", "region"),
    *("author_type", "published_at", "year", "month", "weight", "routed", "duplicate_of", "copy_group_id", "reference"),
)
"""Columns of corpus.csv."""

_AS_THEY_ARE: Final = (
    *("contribution_id", "author_id", "question_id", "question", "state", "reason", "theme_id", "departement"),
    *("region", "author_type", "duplicate_of", "copy_group_id", "reference"),
)
_READ: Final = (
    *("answer_id", "text", "topic_id", "topic_label", "topics", "theme_label", "organisations"),
    *("published_at", "weight", "routed"),
    *_AS_THEY_ARE,
)
_SCHEMA: Final = pa.schema([pa.field(name, pa.string()) for name in COLUMNS])


def write(source: Source, folder: Path) -> None:
    """Write corpus.csv, and README.txt with the lines of R that read it."""
    # Arrow puts every text in quotes, so that no line end of any kind is taken for the end of a row.
    with pa_csv.CSVWriter(folder / "corpus.csv", _SCHEMA) as writer:
        for batch in source.batches("answers", _READ):
            writer.write_batch(_columns(with_text(batch, STATES)))
    (folder / "README.txt").write_text(_read_me(source.masked), encoding="utf-8", newline="")


def _columns(answers: pa.RecordBatch) -> pa.RecordBatch:
    day = answers["published_at"].cast(pa.timestamp("s"), safe=False)
    has_part = pc.not_equal(answers["topic_id"], answers["theme_id"])
    nothing = pa.scalar(None, pa.string())
    weights = answers["weight"].to_pylist()
    columns = {name: answers[name] for name in _AS_THEY_ARE} | {
        "doc_id": answers["answer_id"],
        "text": answers["text"],
        "theme": answers["theme_label"],
        "subtheme_id": pc.if_else(has_part, answers["topic_id"], nothing),
        "subtheme": pc.if_else(has_part, answers["topic_label"], nothing),
        "themes": _listed(answers["topics"], "label"),
        "organisations": _listed(answers["organisations"], "name"),
        "published_at": pc.strftime(day, "%Y-%m-%dT%H:%M:%S"),
        "year": pc.strftime(day, "%Y"),
        "month": pc.strftime(day, "%Y-%m"),
        "weight": pa.array([None if weight is None else repr(weight) for weight in weights], pa.string()),
        "routed": pc.if_else(answers["routed"], "TRUE", "FALSE"),
    }
    return pa.RecordBatch.from_arrays([_escaped(columns[name]) for name in COLUMNS], schema=_SCHEMA)


def _escaped(column: pa.Array) -> pa.Array:
    coded = column.dictionary_encode()
    cells = [escaped(value) for value in coded.dictionary.to_pylist()]
    return pa.array(cells, pa.string()).take(coded.indices)


def _listed(column: pa.ListArray, name: str) -> pa.Array:
    """Return lists of names as text: « one | two », null for none."""
    names = [name.replace("|", "¦") for name in pc.struct_field(column.flatten(), name).to_pylist()]
    ends = pc.cumulative_sum(pc.list_value_length(column)).to_pylist()
    starts = [0, *ends[:-1]]
    joined = [" | ".join(dict.fromkeys(names[start:end])) for start, end in zip(starts, ends, strict=True)]
    return pa.array([text or None for text in joined], pa.string())


def _read_me(masked: bool) -> str:
    private = "masquées" if masked else "NON MASQUÉES"
    told = {
        "doc_id": "identifiant de la réponse ; text : son texte",
        "contribution_id": "formulaire rempli ; author_id : code de l’auteur, sans lien avec son nom",
        "question_id": "question, et son libellé exact (question)",
        "state, reason": f"ce que la réponse est devenue, et pourquoi : {', '.join(STATES)}",
        "theme_id, theme": "thème dont parle la plus grande part de la réponse",
        "subtheme_id, subtheme": "son sous-thème, s’il en a un",
        "themes": "tous les thèmes et sous-thèmes de la réponse, séparés par « | », le plus sûr d’abord",
        "organisations": "organisations citées, séparées par « | »",
        "weight": "poids de redressement, s’il a été donné",
        "routed": "TRUE si la question a été posée, FALSE sinon (contradiction), vide si on ne sait pas",
        "duplicate_of": "première réponse qui dit mot pour mot la même chose ; copy_group_id : groupe de copies",
        "reference": "celle de la contribution dans le fichier reçu",
    }
    columns = "\n".join(typeset(f"  {name:<22} {what}") for name, what in told.items())
    how = prose(
        "corpus.csv : UTF-8, séparateur « , », une réponse par ligne, cellules vides pour ce qui manque. Une espace",
        "sans chasse (U+200B, invisible) précède les cellules qu’un tableur prendrait pour une formule ; la",
        "deuxième ligne ci-dessous l’enlève, et rend le texte exact, à ceci près que read.csv lit « CR » et « CR LF »",
        f"comme « LF ». Données personnelles : {private}.",
    )
    denominators = prose(
        "Trois dénominateurs : répondants (author_id distincts, contribution_id où il manque), contributions",
        "(contribution_id distincts), textes uniques (duplicate_of distincts, doc_id où il manque).",
    )
    return _READ_ME.format(
        how="\n".join(how), r=R_LINES, more=_QUANTEDA, columns=columns, denominators="\n".join(denominators)
    )


R_LINES: Final = f"""\
d <- read.csv("corpus.csv", encoding = "UTF-8", colClasses = "character", na.strings = "")
d[] <- lapply(d, function(x) sub("^\\u{ord(MARK):x}", "", x))
d$weight <- as.numeric(d$weight)
d$routed <- as.logical(d$routed)
"""
"""What reads corpus.csv in R, without any package."""

_QUANTEDA: Final = f"""\
library(quanteda)
corp <- corpus(d, docid_field = "doc_id", text_field = "text")
corp <- corpus_subset(corp, state %in% c("{'", "'.join(BASE)}"))  # sans « RAS », autres langues et doublons
toks <- tokens(corp, remove_punct = TRUE, remove_numbers = TRUE)
dfmat <- dfm_remove(dfm(toks), stopwords("fr"))
topfeatures(dfmat, groups = theme)
"""
_READ_ME: Final = """\
Corpus pour quanteda et les autres paquets de R
===============================================

{how}

Lire le corpus dans R (en UTF-8), puis l’ouvrir avec quanteda :

{r}
{more}
Colonnes
{columns}

{denominators}
"""
