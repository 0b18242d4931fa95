"""What people decided on themes, carried out on the themes that the machine found; these stay as they are in tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pipeline.review.activity import Held, Trouble, topic_ids
from pipeline.review.decisions import Decision
from pipeline.tables import REVIEWER

Row = dict[str, Any]

ACTIONS: Final = frozenset(("rename", "define", "merge", "split", "create", "retire", "reparent", "validate"))


_MADE: Final[list[Row]] = [{"event": "created", "topic_id": None, "model": REVIEWER}]


class NotPossible(Exception):
    """A decision that cannot be carried out; its message says why."""


@dataclass(frozen=True)
class ReviewedThemes:
    """Themes as people settled them.

    Parameters
    ----------
    rows : tuple of dict
        Rows of the table `topics`; those that people made come last.
    moves : mapping
        Where the segments of a theme that is gone belong now, None where nowhere.
    parts : mapping of mappings
        By answer and theme, the theme that this answer has instead: what was split off by answers.
    decided : mapping
        The last decision on each theme that people decided on.
    troubles : tuple of Trouble
        Decisions that were not carried out.
    """

    rows: tuple[Row, ...]
    moves: Mapping[str, str | None] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    decided: Mapping[str, Decision] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    def now(self, topic_id: str) -> str | None:
        """Return the theme that a theme is now: itself, what it was merged into, or None where it was retired."""
        return self.moves.get(topic_id, topic_id)


def replay_themes(rows: Iterable[Mapping[str, Any]], decisions: Iterable[Decision]) -> ReviewedThemes:
    """Carry out decisions on themes.

    Parameters
    ----------
    rows : iterable of mappings
        Rows of the table `topics`, as the machine made them.
    decisions : iterable of Decision
        Those that count (`activity.active`), in the order of the log; those on other things are passed over.
    """
    state = _State([dict(row) for row in rows])
    for decision in decisions:
        if decision.action not in ACTIONS:
            continue
        try:
            _DO[decision.action](state, decision)
        except NotPossible as error:
            state.troubles.append(Trouble(decision, "lost", str(error)))
    state.forget_unmade()
    moves = {topic_id: state.now(topic_id) for topic_id in state.moves}
    parts: dict[str, dict[str, str]] = {}
    for (answer_id, topic_id), new in sorted(state.parts.items()):
        if (now := state.now(new)) is not None:
            parts.setdefault(answer_id, {})[topic_id] = now
    return ReviewedThemes(tuple(state.themes.values()), moves, parts, state.decided, tuple(state.troubles))


class _State:
    def __init__(self, rows: Sequence[Row]) -> None:
        self.themes: dict[str, Row] = {row["topic_id"]: row for row in rows}
        self.moves: dict[str, str | None] = {}
        self.parts: dict[tuple[str, str], str] = {}
        self.decided: dict[str, Decision] = {}
        self.troubles: list[Trouble] = []
        self._held = Held()
        # Themes that people made and that a retrain of this workspace learned: a decision of the log makes them again.
        self._learned = {
            key
            for key, row in self.themes.items()
            if list(row.get("lineage") or ())[:1] == _MADE and row["model"].startswith("local/")
        }

    def now(self, topic_id: str) -> str | None:
        found: str | None = topic_id
        while found is not None and found in self.moves:
            found = self.moves[found]
        return found

    def theme(self, topic_id: str | None) -> Row:
        if topic_id is None:
            raise NotPossible("it names no theme")
        if topic_id in self.themes:
            return self.themes[topic_id]
        heir = self.now(topic_id)
        if topic_id not in self.moves:
            raise NotPossible(f"there is no theme {topic_id}")
        raise NotPossible(f"theme {topic_id} was {'retired' if heir is None else f'merged into {heir}'}")

    def forget_unmade(self) -> None:
        """Retire what the model learned of themes that, by now, nobody made: the decision was undone."""
        for topic_id in sorted(self._learned & self.themes.keys()):
            self.leave(topic_id, None)

    def children(self, topic_id: str) -> list[str]:
        return [key for key, row in self.themes.items() if row["parent_id"] == topic_id]

    def allowed(self, what: str, decision: Decision, *, saw: bool, same: bool) -> bool:
        other = self._held.other((decision.target.id, what), decision, saw=saw, same=same)
        if other is not None:
            detail = f"{other.author} decided otherwise on the {what} of {decision.target.id}"
            self.troubles.append(Trouble(decision, "conflict", detail, other))
        return other is None

    def touch(self, topic_id: str, decision: Decision, status: str = "reviewed") -> None:
        self.themes[topic_id] |= {"status": status, "reviewed_by": decision.author, "reviewed_at": decision.at}
        self.decided[topic_id] = decision

    def leave(self, topic_id: str, to: str | None) -> None:
        del self.themes[topic_id]
        self.moves[topic_id] = to

    def taken(self, topic_id: str) -> bool:
        return (topic_id in self.themes and topic_id not in self._learned) or topic_id in self.moves

    def add(self, topic_id: str, label: str, definition: str, like: Mapping[str, Any], parent_id: str | None) -> None:
        if self.taken(topic_id):
            raise NotPossible(f"there is a theme {topic_id} already")
        self._learned.discard(topic_id)
        self.themes[topic_id] = {
            "topic_id": topic_id,
            "question_id": like["question_id"],
            "questionnaire": like["questionnaire"],
            "parent_id": parent_id,
            "label": label,
            "definition": definition,
            "terms": [],
            "term_scores": [],
            "against": [],
            "stability": None,
            "n_segments": 0,
            "status": "reviewed",
            "lineage": list(_MADE),
            "model": REVIEWER,
            "reviewed_by": None,
            "reviewed_at": None,
        }


def _text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else value
    if not isinstance(found, str) or not found.strip():
        raise NotPossible(f"it gives no {key}")
    return " ".join(found.split()) if key == "label" else found.strip()


def _wording(key: str) -> Callable[[_State, Decision], None]:
    def do(state: _State, decision: Decision) -> None:
        row = state.theme(decision.target.id)
        after = _text(decision.after, key)
        before = decision.before.get(key) if isinstance(decision.before, dict) else decision.before
        if state.allowed(key, decision, saw=before == row[key], same=after == row[key]):
            row[key] = after
            state.touch(row["topic_id"], decision)

    return do


def _merge(state: _State, decision: Decision) -> None:
    topic_id = decision.target.id
    heir_id = next(iter(topic_ids(decision.after)), None)
    if topic_id in state.moves and heir_id is not None:
        now, wanted = state.now(topic_id), state.now(heir_id)
        if now == wanted:
            return  # two people said the same
        if not state.allowed("place", decision, saw=False, same=False):
            return
    row, heir = state.theme(topic_id), state.theme(heir_id)
    if row is heir:
        raise NotPossible(f"theme {topic_id} cannot be merged into itself")
    if (row["question_id"], row["questionnaire"]) != (heir["question_id"], heir["questionnaire"]):
        raise NotPossible(f"{topic_id} and {heir_id} are themes of different questions")
    if heir["parent_id"] == topic_id:
        raise NotPossible(f"{heir_id} is a sub-theme of {topic_id}")
    if not state.allowed("place", decision, saw=True, same=False):
        return
    for part in state.children(row["topic_id"]):
        if heir["parent_id"] is None:
            state.themes[part]["parent_id"] = heir_id
        else:
            state.leave(part, heir_id)
    state.leave(row["topic_id"], heir_id)
    state.decided[row["topic_id"]] = decision
    state.touch(heir["topic_id"], decision)


def _retire(state: _State, decision: Decision) -> None:
    topic_id = decision.target.id
    if topic_id in state.moves and state.now(topic_id) is None:
        return
    if topic_id in state.moves and not state.allowed("place", decision, saw=False, same=False):
        return
    row = state.theme(topic_id)
    if state.allowed("place", decision, saw=True, same=False):
        for part in state.children(row["topic_id"]):
            state.leave(part, None)
        state.leave(row["topic_id"], None)
        state.decided[row["topic_id"]] = decision


def _reparent(state: _State, decision: Decision) -> None:
    row = state.theme(decision.target.id)
    parent_id = next(iter(topic_ids(decision.after)), None)
    if parent_id is not None:
        parent = state.theme(parent_id)
        if parent is row or parent["parent_id"] is not None:
            raise NotPossible(f"{parent_id} is no theme that could have sub-themes")
        if state.children(row["topic_id"]):
            raise NotPossible(f"{row['topic_id']} has sub-themes itself, and there are two levels")
        if (row["question_id"], row["questionnaire"]) != (parent["question_id"], parent["questionnaire"]):
            raise NotPossible(f"{row['topic_id']} and {parent_id} are themes of different questions")
    before = next(iter(topic_ids(decision.before)), None)
    if state.allowed("parent", decision, saw=before == row["parent_id"], same=parent_id == row["parent_id"]):
        row["parent_id"] = parent_id
        state.touch(row["topic_id"], decision)


def _create(state: _State, decision: Decision) -> None:
    given = decision.after if isinstance(decision.after, dict) else {"label": decision.after}
    if decision.target.id is None:
        raise NotPossible("it gives the new theme no id")
    parent_id = given.get("parent_id")
    like: Mapping[str, Any] = given
    if parent_id is not None:
        like = state.theme(str(parent_id))
        if like["parent_id"] is not None:
            raise NotPossible(f"{parent_id} is no theme that could have sub-themes")
    like = {key: like.get(key) for key in ("question_id", "questionnaire")}
    if like["question_id"] is None and like["questionnaire"] is None:
        raise NotPossible("it does not say the question_id of the new theme")
    definition = given.get("definition") or ""
    parent_id = None if parent_id is None else str(parent_id)
    state.add(decision.target.id, _text(given, "label"), str(definition), like, parent_id)
    state.touch(decision.target.id, decision)


def _split(state: _State, decision: Decision) -> None:
    row = state.theme(decision.target.id)
    given = decision.after.get("into") if isinstance(decision.after, dict) else decision.after
    parts = [part for part in given if isinstance(part, dict)] if isinstance(given, list) else []
    if not parts:
        raise NotPossible("it does not say into what")
    new_ids = [part.get("topic_id") for part in parts]
    for part, new_id in zip(parts, new_ids, strict=True):  # all of it or nothing
        if not isinstance(new_id, str):
            raise NotPossible("it gives a new theme no topic_id")
        if state.taken(new_id) or new_ids.count(new_id) > 1:
            raise NotPossible(f"there is a theme {new_id} already")
        _text(part, "label")
    inside = state.children(row["topic_id"])
    for part in parts:
        new, whole = str(part["topic_id"]), row["parent_id"]
        state.add(new, _text(part, "label"), str(part.get("definition") or ""), row, whole)
        for subtopic in topic_ids(part.get("subtopics")):
            if subtopic in inside:
                state.themes[subtopic]["parent_id"] = new
        for answer_id in topic_ids(part.get("answers")):
            for place in (row["topic_id"], *inside):
                state.parts[answer_id, place] = new
        state.touch(new, decision)
    state.touch(row["topic_id"], decision)


def _validate(state: _State, decision: Decision) -> None:
    row = state.theme(decision.target.id)
    state.touch(row["topic_id"], decision, "validated")


_DO: Final[Mapping[str, Callable[[_State, Decision], None]]] = {
    "rename": _wording("label"),
    "define": _wording("definition"),
    "merge": _merge,
    "split": _split,
    "create": _create,
    "retire": _retire,
    "reparent": _reparent,
    "validate": _validate,
}
