"""The tables of a workspace as Arrow schemas: the contract between stages.

A stage reads tables and writes tables; two stages share nothing else. Ids are strings, the same for the same inputs
in every run. Offsets count characters of ``answers.text``, end exclusive, so that ``text[start:end]`` is the quote.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

STATES: Final = (
    "rejected",
    "trashed",
    "empty",
    "closed",
    "duplicate",
    "uninformative",
    "off_language",
    "assigned",
    "unassigned",
)
"""The final states of an answer, in order of precedence. Each answer received ends in exactly one."""

INGEST_STATES: Final = ("rejected", "trashed", "empty", "closed", "duplicate", "pending")
"""What ingest can say of an answer; ``pending`` is for the later stages to settle in ``outcomes``."""

LEARNED: Final = "learned"
"""What column source says of a theme that was learned from reviewed answers: it is given to whole answers."""
REVIEWER: Final = "reviewer"
"""What column source says of what a person decided, and column model of a theme that people made."""
PROPOSED: Final = "proposed"
"""Status of a theme that a machine found and no person decided on."""
COUNTED_AT_ALL_RANKS: Final = (LEARNED, REVIEWER)
"""Sources of themes that are given to whole answers: beside the first of a segment they count as it does."""


def _field(name: str, kind: pa.DataType, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null)


_TEXT, _INT, _REAL, _FLAG = pa.string(), pa.int64(), pa.float32(), pa.bool_()

TOKEN: Final = pa.struct(
    [
        _field("text", _TEXT),
        _field("start", pa.int32()),
        _field("end", pa.int32()),
        _field("lemma", _TEXT),
        _field("pos", _TEXT),
    ]
)
AUTHOR_TYPE: Final = pa.struct([_field("author_type", _TEXT, null=True), _field("n_contributions", _INT)])
OLD_ANSWER: Final = pa.struct([_field("question_id", _TEXT), _field("text", _TEXT, null=True)])
LINEAGE: Final = pa.struct([_field("event", _TEXT), _field("topic_id", _TEXT, null=True), _field("model", _TEXT)])

SCHEMAS: Final[dict[str, pa.Schema]] = {
    # One filled form. source_row is the number of the record in its file, from 1. author_type is one of those of
    # ingest/authors.py, or as received where it is none of them; author_type_received and postcode are as received.
    "contributions": pa.schema(
        [
            _field("contribution_id", _TEXT),
            _field("source_file", _TEXT),
            _field("source_row", _INT),
            _field("reference", _TEXT, null=True),
            _field("title", _TEXT, null=True),
            _field("questionnaire", _TEXT),
            _field("published_at", pa.timestamp("ms"), null=True),
            _field("author_id", _TEXT, null=True),
            _field("author_type", _TEXT, null=True),
            _field("author_type_received", _TEXT, null=True),
            _field("postcode", _TEXT, null=True),
            _field("departement", _TEXT, null=True),
            _field("region", _TEXT, null=True),
            _field("trashed", _FLAG),
            _field("weight", pa.float64(), null=True),
        ]
    ),
    # One question. depends_on is the question_id of the parent; shown_if what its answer must be ("Oui", "Non").
    "questions": pa.schema(
        [
            _field("question_id", _TEXT),
            _field("questionnaire", _TEXT),
            _field("number", pa.int32()),
            _field("official_id", _TEXT, null=True),
            _field("title", _TEXT),
            _field("kind", _TEXT),
            _field("depends_on", _TEXT, null=True),
            _field("shown_if", _TEXT, null=True),
        ]
    ),
    # One received cell. text is null where the export holds no value at all (a JSON null). original is the text as it
    # stood in the file where its encoding had to be repaired (« Ã© » → « é »). copy_group_id: see copy_groups.
    "answers": pa.schema(
        [
            _field("answer_id", _TEXT),
            _field("contribution_id", _TEXT),
            _field("question_id", _TEXT),
            _field("text", _TEXT, null=True),
            _field("state", _TEXT),
            _field("duplicate_of", _TEXT, null=True),
            _field("routed", _FLAG, null=True),
            _field("original", _TEXT, null=True),
            _field("copy_group_id", _TEXT, null=True),
        ]
    ),
    # One input file. already_received: forms (and their cells) that another file, or an earlier one, held already;
    # superseded: forms of earlier files that a form of this one replaced; forgotten: forms erased on request. None of
    # them is among the answers. repaired: cells whose encoding was repaired. postcodes_unknown: forms whose postcode
    # is foreign or broken.
    "files": pa.schema(
        [
            _field("source_file", _TEXT),
            _field("layout", _TEXT),
            _field("encoding", _TEXT, null=True),
            _field("sha256", _TEXT),
            _field("contributions", _INT),
            _field("already_received_contributions", _INT),
            _field("already_received", _INT),
            _field("superseded_contributions", _INT),
            _field("superseded", _INT),
            _field("forgotten_contributions", _INT),
            _field("repaired", _INT),
            _field("postcodes_unknown", _INT),
        ]
    ),
    # A form that a later file replaced: same reference, other words. answers: what it said.
    "superseded": pa.schema(
        [
            _field("superseded_id", _TEXT),
            _field("contribution_id", _TEXT),
            _field("source_file", _TEXT),
            _field("source_row", _INT),
            _field("reference", _TEXT, null=True),
            _field("published_at", pa.timestamp("ms"), null=True),
            _field("superseded_by_file", _TEXT),
            _field("superseded_by_row", _INT),
            _field("answers", pa.list_(pa.field("element", OLD_ANSWER, nullable=False))),
        ]
    ),
    # Answers to one question that are copies of each other, word for word or nearly (answers.copy_group_id): two at
    # least, duplicates of one author included. answer_id is the first of them; n_texts counts distinct normalised
    # texts (1: word for word). coordinated: enough authors sent a text that is long enough not to be chance ([ingest]).
    "copy_groups": pa.schema(
        [
            _field("copy_group_id", _TEXT),
            _field("question_id", _TEXT),
            _field("answer_id", _TEXT),
            _field("n_answers", _INT),
            _field("n_contributions", _INT),
            _field("n_respondents", _INT),
            _field("n_texts", _INT),
            _field("n_words", _INT),
            _field("first_published_at", pa.timestamp("ms"), null=True),
            _field("last_published_at", pa.timestamp("ms"), null=True),
            _field("author_types", pa.list_(pa.field("element", AUTHOR_TYPE, nullable=False))),
            _field("coordinated", _FLAG),
        ]
    ),
    # What could not be read: a whole file (line is null) or a record of it. reason starts with the message's code.
    "rejected": pa.schema(
        [
            _field("rejected_id", _TEXT),
            _field("file", _TEXT),
            _field("line", _INT, null=True),
            _field("reason", _TEXT),
        ]
    ),
    # A unité de sens: a sentence or part of one. Token offsets, too, count characters of answers.text.
    "segments": pa.schema(
        [
            _field("segment_id", _TEXT),
            _field("answer_id", _TEXT),
            _field("start", pa.int32()),
            _field("end", pa.int32()),
            _field("tokens", pa.list_(pa.field("element", TOKEN, nullable=False))),
            _field("language", _TEXT),
        ]
    ),
    # A named entity. segment_id is the segment where it starts. author_is_organisation: it names the organisation that
    # the form speaks for (« Notre réseau… »).
    "mentions": pa.schema(
        [
            _field("mention_id", _TEXT),
            _field("answer_id", _TEXT),
            _field("segment_id", _TEXT, null=True),
            _field("start", pa.int32()),
            _field("end", pa.int32()),
            _field("surface", _TEXT),
            _field("label", _TEXT),
            _field("organisation_id", _TEXT, null=True),
            _field("author_is_organisation", _FLAG),
            _field("source", _TEXT),
            _field("score", _REAL, null=True),
        ]
    ),
    # A canonical organisation that is named at least once, or that one of these belongs to or became (parent_id,
    # successor_id). since and until: YYYY or YYYY-MM-DD, null where not known.
    "organisations": pa.schema(
        [
            _field("organisation_id", _TEXT),
            _field("name", _TEXT),
            _field("acronym", _TEXT, null=True),
            _field("aliases", pa.list_(_TEXT)),
            _field("kind", _TEXT, null=True),
            _field("parent_id", _TEXT, null=True),
            _field("successor_id", _TEXT, null=True),
            _field("since", _TEXT, null=True),
            _field("until", _TEXT, null=True),
            _field("siren", _TEXT, null=True),
            _field("wikidata", _TEXT, null=True),
            _field("n_mentions", _INT),
        ]
    ),
    # A theme or sub-theme of one question (question_id null: across the questions of one questionnaire).
    # terms: most specific first; term_scores: their signed keyness (log-likelihood), in the same order; against: terms
    # that are rarer in the theme than chance would have. stability: how well it is found again among samples, 0 to 1.
    # model: the bundle that the theme comes from, "name/version", or "reviewer" where people made it. reviewed_by and
    # reviewed_at: who decided on it last, and when as the decision says it.
    "topics": pa.schema(
        [
            _field("topic_id", _TEXT),
            _field("question_id", _TEXT, null=True),
            _field("questionnaire", _TEXT, null=True),
            _field("parent_id", _TEXT, null=True),
            _field("label", _TEXT),
            _field("definition", _TEXT),
            _field("terms", pa.list_(_TEXT)),
            _field("term_scores", pa.list_(_REAL)),
            _field("against", pa.list_(_TEXT)),
            _field("stability", _REAL, null=True),
            _field("n_segments", _INT),
            _field("status", _TEXT),
            _field("lineage", pa.list_(pa.field("element", LINEAGE, nullable=False))),
            _field("model", _TEXT),
            _field("reviewed_by", _TEXT, null=True),
            _field("reviewed_at", _TEXT, null=True),
        ]
    ),
    # Segment x topic, best first (rank 1). score: probability in [0, 1]; margin: score less the next topic's.
    "assignments": pa.schema(
        [
            _field("segment_id", _TEXT),
            _field("topic_id", _TEXT),
            _field("rank", pa.int8()),
            _field("score", _REAL),
            _field("margin", _REAL),
            _field("source", _TEXT),
        ]
    ),
    # The texts by which people judge a theme or sub-theme, question by question: central, argued or borderline.
    # answers.text[start:end] is the quote.
    "exemplars": pa.schema(
        [
            _field("exemplar_id", _TEXT),
            _field("topic_id", _TEXT),
            _field("question_id", _TEXT),
            _field("kind", _TEXT),
            _field("answer_id", _TEXT),
            _field("segment_id", _TEXT),
            _field("start", _INT),
            _field("end", _INT),
            _field("quote", _TEXT),
        ]
    ),
    # How stable each number of themes is that was tried for a question, where it was chosen by that.
    "topic_numbers": pa.schema(
        [
            _field("topic_number_id", _TEXT),
            _field("question_id", _TEXT),
            _field("n_topics", _INT),
            _field("stability", _REAL),
            _field("chosen", pa.bool_()),
        ]
    ),
    # The final state of every answer, in the order of answers.
    "outcomes": pa.schema(
        [
            _field("answer_id", _TEXT),
            _field("state", _TEXT),
            _field("reason", _TEXT, null=True),
        ]
    ),
}

# What the machine found (above) with what people decided in its place: what dataset and report hold.
SCHEMAS.update({f"reviewed_{name}": SCHEMAS[name] for name in ("topics", "assignments", "mentions", "organisations")})


def empty(table: str) -> pa.Table:
    """Return a table of no rows with the schema of `table`."""
    return SCHEMAS[table].empty_table()


def from_rows(table: str, rows: list[dict[str, object]]) -> pa.Table:
    """Build a table with the schema of `table` from dictionaries (missing keys become null)."""
    return pa.Table.from_pylist(rows, schema=SCHEMAS[table])


def counted(assignments: pa.Table) -> pa.ChunkedArray:
    """Say which rows of `assignments` are themes of the answer: the first of a segment, and what all of it was given.

    Parameters
    ----------
    assignments : pyarrow.Table
        With the columns rank and source.
    """
    whole = pc.is_in(assignments["source"], pa.array(COUNTED_AT_ALL_RANKS))
    return pc.or_(pc.equal(assignments["rank"], 1), whole)
