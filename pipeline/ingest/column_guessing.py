"""What the columns of a plain table are, when nobody says: guessed from their names, checked on their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pipeline.ingest import column_names
from pipeline.ingest.column_names import folded, rank
from pipeline.ingest.column_shapes import Shape, is_data, shape_of

_ALL_NAMES: Final = (*column_names.FIELDS.values(), column_names.QUESTION, column_names.TEXT)
_LONGEST_QUESTION: Final = 1000
_WORDS_OF_AN_ANSWER: Final = 12


def is_headless(names: Sequence[str | None], rows: Sequence[Sequence[str | None]]) -> bool:
    """Say whether the first row is data: a date above dates, a long answer above others, or the values of other rows.

    Parameters
    ----------
    names : sequence of str or None
        The first row.
    rows : sequence of sequences of str or None
        Rows below it.
    """
    filled = [(place, (name or "").strip()) for place, name in enumerate(names) if (name or "").strip()]
    if not filled or not rows:
        return False
    if any(rank(name, known) is not None for _, name in filled for known in _ALL_NAMES):
        return False
    below = {place: [(row[place] or "").strip() for row in rows if place < len(row)] for place, _ in filled}
    data = [place for place, name in filled if is_data(name) and _mostly(is_data, below[place])]
    answers = [
        place
        for place, name in filled
        if len(name.split()) > _WORDS_OF_AN_ANSWER and name[-1] not in "?:" and shape_of(below[place]).mean_words > 5
    ]
    again = [place for place, name in filled if name in below[place]]
    return bool(data or answers) or 2 * len(again) > len(filled)


def _mostly(test: Callable[[str], bool], cells: Sequence[str]) -> bool:
    found = [test(cell) for cell in cells if cell]
    return sum(found) > 0.8 * len(found)


def guess(
    fields: dict[str, int], texts: list[int], names: Sequence[str], shapes: Sequence[Shape], *, texts_named: bool
) -> None:
    """Add to `fields` (with « question ») and `texts` what nobody named.

    Parameters
    ----------
    fields : dict
        Columns by role, as far as they were named.
    texts : list of int
        The columns of answers; added to unless they were named.
    names, shapes : sequence
        The name and the cells of each column.
    texts_named : bool
        A person has named the columns of answers.
    """

    def free() -> list[int]:
        return [place for place in range(len(names)) if place not in fields.values() and place not in texts]

    def best(known: tuple[str, ...], suits: Callable[[Shape], bool]) -> int | None:
        ranked = [(rank(names[place], known), place) for place in free() if suits(shapes[place])]
        found = sorted((position, place) for position, place in ranked if position is not None)
        return found[0][1] if found else None

    for field, known in column_names.FIELDS.items():
        if field not in fields:
            place = best(known, _SUITS[field])
            if place is not None:
                fields[field] = place
    if "published_at" not in fields:
        dates = [place for place in free() if shapes[place].filled >= 5 and shapes[place].dates >= 0.95]
        if len(dates) == 1 and not {"naissance", "birth"} & set(folded(names[dates[0]]).split()):
            fields["published_at"] = dates[0]
    if "postcode" not in fields:
        postcodes = [
            place
            for place in free()
            if shapes[place].filled >= 20 and shapes[place].postcodes >= 0.95 and shapes[place].repeats
        ]
        postcodes = [place for place in postcodes if "insee" not in folded(names[place])]
        if len(postcodes) == 1:
            fields["postcode"] = postcodes[0]
    if "question" not in fields:
        place = best(column_names.QUESTION, lambda shape: shape.longest <= _LONGEST_QUESTION)
        if place is not None and _names_questions(place, fields, texts, names, shapes):
            fields["question"] = place
    if "reference" not in fields and len(names) > 1 and "question" not in fields:
        first = free()[:1]
        if first == [0] and shapes[0].is_unique_key:
            fields["reference"] = 0
    if not texts_named:
        texts += _texts(free(), names, shapes, one="question" in fields)


def _names_questions(
    place: int, fields: Mapping[str, int], texts: Sequence[int], names: Sequence[str], shapes: Sequence[Shape]
) -> bool:
    # « question » may also be what people ask: free text, and then it comes once a row.
    reference = fields.get("reference")
    again = reference is not None and shapes[reference].repeats
    few = shapes[place].filled > 0 and (shapes[place].distinct <= 0.5 * shapes[place].filled or again)
    left = [other for other in range(len(names)) if other != place and other not in fields.values()]
    return few and bool(texts or _texts(left, names, shapes, one=True))


def _texts(free: Sequence[int], names: Sequence[str], shapes: Sequence[Shape], *, one: bool) -> list[int]:
    """Return the columns of free text: those with such a name, and long cells. ``one``: the best of them alone."""
    ranks = {place: rank(names[place], column_names.TEXT) for place in free}
    found = [place for place in free if ranks[place] is not None and not shapes[place].is_technical]
    found += [place for place in free if place not in found and shapes[place].is_prose]
    if one and found:
        return [min(found, key=lambda place: (ranks[place] is None, ranks[place] or 0, -shapes[place].mean_length))]
    if one:
        left = [place for place in free if not shapes[place].is_technical and shapes[place].filled]
        return sorted(left, key=lambda place: -shapes[place].mean_length)[:1]
    return sorted(found)


_SUITS: Final[dict[str, Callable[[Shape], bool]]] = {
    "reference": lambda shape: shape.longest <= 100 and shape.single_line and shape.mean_words <= 2,
    "author": lambda shape: shape.longest <= 200 and shape.single_line and shape.mean_words <= 5,
    "author_type": lambda shape: shape.longest <= 200 and shape.single_line,
    "published_at": lambda shape: not shape.filled or shape.dates >= 0.8,
    "postcode": lambda shape: not shape.filled or (shape.longest <= 20 and shape.codes >= 0.5),
    "weight": lambda shape: not shape.filled or shape.numbers >= 0.8,
    "trashed": lambda shape: shape.filled > 0 and shape.distinct <= 2 and shape.longest <= 5,
}
