"""The files of a labelled dataset as Arrow schemas: the contract with those who use it.

They hold what the tables say, joined and masked: a person needs no other file to read one of them.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from pipeline import tables

_TEXT, _INT, _REAL = pa.string(), pa.int32(), pa.float32()


def _field(name: str, kind: pa.DataType, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null)


THEME: Final = pa.struct(
    [
        _field("topic_id", _TEXT),
        _field("label", _TEXT),
        _field("score", _REAL),
        # The theme that topic_id is, or is a sub-theme of.
        _field("theme_id", _TEXT),
        _field("theme_label", _TEXT),
        # Who gave it: "model", "learned" (from reviewed answers) or "reviewer".
        _field("source", _TEXT, null=True),
    ]
)
ORGANISATION: Final = pa.struct([_field("organisation_id", _TEXT), _field("name", _TEXT)])

ANSWERS: Final = pa.schema(
    [
        _field("answer_id", _TEXT),
        _field("contribution_id", _TEXT),
        _field("question_id", _TEXT),
        _field("question", _TEXT),
        _field("text", _TEXT, null=True),
        _field("state", _TEXT),
        _field("topic_id", _TEXT, null=True),
        _field("topic_label", _TEXT, null=True),
        _field("topics", pa.list_(pa.field("element", THEME, nullable=False))),
        _field("organisations", pa.list_(pa.field("element", ORGANISATION, nullable=False))),
        _field("departement", _TEXT, null=True),
        _field("author_type", _TEXT, null=True),
        _field("published_at", pa.timestamp("ms"), null=True),
        # What the three denominators and a reference need.
        _field("reference", _TEXT, null=True),
        _field("author_id", _TEXT, null=True),
        _field("duplicate_of", _TEXT, null=True),
        _field("reason", _TEXT, null=True),
        _field("weight", pa.float64(), null=True),
        # What a condition, a map and coordinated texts need.
        _field("routed", pa.bool_(), null=True),
        _field("region", _TEXT, null=True),
        _field("copy_group_id", _TEXT, null=True),
        # The theme that topic_id is, or is a sub-theme of.
        _field("theme_id", _TEXT, null=True),
        _field("theme_label", _TEXT, null=True),
    ]
)
"""Every row of the table `answers`, in order."""

SEGMENTS: Final = pa.schema(
    [
        _field("segment_id", _TEXT),
        _field("answer_id", _TEXT),
        _field("start", _INT),
        _field("end", _INT),
        _field("text", _TEXT),
        _field("topic_id", _TEXT, null=True),
        _field("topic_label", _TEXT, null=True),
        _field("score", _REAL, null=True),
        _field("margin", _REAL, null=True),
        _field("language", _TEXT),
        _field("theme_id", _TEXT, null=True),
        _field("theme_label", _TEXT, null=True),
        _field("terms", pa.list_(_field("element", _TEXT))),
        # Who gave the theme, and the theme that `margin` sets apart from it.
        _field("source", _TEXT, null=True),
        _field("next_topic_id", _TEXT, null=True),
    ]
)
"""Every segment with its quote, its best theme and its terms; a theme only where the answer is assigned."""

MENTIONS: Final = tables.SCHEMAS["mentions"]
ORGANISATIONS: Final = tables.SCHEMAS["organisations"]
TOPICS: Final = tables.SCHEMAS["topics"]
EXEMPLARS: Final = tables.SCHEMAS["exemplars"]
TOPIC_NUMBERS: Final = tables.SCHEMAS["topic_numbers"]
QUESTIONS: Final = tables.SCHEMAS["questions"]
COPY_GROUPS: Final = tables.SCHEMAS["copy_groups"]

FILES: Final[dict[str, pa.Schema]] = {
    "answers": ANSWERS,
    "segments": SEGMENTS,
    "mentions": MENTIONS,
    "organisations": ORGANISATIONS,
    "topics": TOPICS,
    "exemplars": EXEMPLARS,
    "topic_numbers": TOPIC_NUMBERS,
    "questions": QUESTIONS,
    "copy_groups": COPY_GROUPS,
}
