"""The state that grows with the log is what a replay of the whole log gives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.review.decisions import Decision, Target
from pipeline.review.replay import named_answers, replay
from pipeline.review.web.site import Site
from pipeline.review.web.state import State
from tests.review.web.consultation import answer_id, build

TOPICS = ("t-health", "t-hospital", "t-care", "t-post", "t-new", "t-none")
TEXTS = {1: "Il manque des médecins partout.", 5: "Rouvrir la poste du village.", 11: "Il manque des médecins partout."}
topics = st.sampled_from(TOPICS)


@st.composite
def decisions(draw: st.DrawFn) -> list[Decision]:
    """Draw a log in which people speak of the same few things."""
    made: list[Decision] = []
    for number in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(["answer", "answer", "theme", "mention", "undo", "organisation"]))
        key, common = f"d-{number}", {"at": "2026-01-01T00:00:00Z", "author": draw(st.sampled_from(["Ana", "Bo"]))}
        if kind == "undo":
            earlier = draw(st.sampled_from([one.decision_id for one in made] or ["d-none"]))
            target, more = Target(kind="topic", id="t-care"), {"action": "rename", "undoes": earlier}
        elif kind == "theme":
            action = draw(st.sampled_from(["rename", "merge", "retire", "validate", "create", "reparent", "split"]))
            target = Target(kind="topic", id=draw(topics))
            after = {
                "rename": draw(st.sampled_from(["A", "B"])),
                "merge": draw(topics),
                "reparent": draw(topics | st.none()),
                "create": {"label": "Neuf", "question_id": "q-2", "questionnaire": "organisation"},
                "split": {"into": [{"topic_id": "t-new", "label": "N", "answers": [answer_id(11), answer_id(5)]}]},
            }.get(action)
            more = {"action": action, "before": draw(st.sampled_from(["A", "Soins", None])), "after": after}
        elif kind == "organisation":
            target = Target(kind="organisation", id=draw(st.sampled_from(["o-caf", "o-poste"])))
            more = {"action": "alias", "after": draw(st.sampled_from(["la caisse", "LA CAISSE"]))}
        else:
            number = draw(st.sampled_from(sorted(TEXTS)))
            text = TEXTS[number]
            start, end = draw(st.sampled_from([(0, len(text)), (0, 9), (3, 9)]))
            target = Target(kind="answer", answer_id=answer_id(number), start=start, end=end, quote=text[start:end])
            more = {"action": draw(st.sampled_from(["assign", "unassign", "confirm", "uninformative"]))}
            more |= {
                "before": draw(st.lists(topics, max_size=2) | st.none()),
                "after": draw(st.lists(topics, max_size=2)),
            }
            if kind == "mention":
                place = {"start": start, "end": end, "label": draw(st.sampled_from(["ORG", "LOC"]))}
                more = {"action": draw(st.sampled_from(["mention_add", "mention_edit", "mention_delete"]))}
                more |= {"before": draw(st.none() | st.just(place)), "after": place}
        made.append(Decision.model_validate({"decision_id": key, "target": target} | common | more))
    return made


@lru_cache(maxsize=1)
def site() -> Site:
    return Site(build(Path(mkdtemp(prefix="doleances-test-")) / "workspace"))


@settings(max_examples=60, deadline=None)
@given(decisions(), st.lists(st.integers(1, 6), min_size=1))
def test_a_log_that_grows_gives_what_the_whole_log_gives(log: list[Decision], steps: list[int]) -> None:
    here, known = site(), frozenset({"o-caf", "o-poste"})
    grown = State(here.corpus.received, here.answers, known)
    rest, place = list(log), 0
    while rest:
        step = steps[place % len(steps)]
        grown.extend(rest[:step])
        rest, place = rest[step:], place + 1
    answers = {key: here.answers[key] for key in named_answers(log) if key in here.answers}
    whole = replay(log, here.corpus.received, answers, known)
    assert grown.reviewed.themes == whole.themes
    assert grown.reviewed.answers.verdicts == whole.answers.verdicts
    assert grown.reviewed.mentions.edits == whole.mentions.edits
    assert grown.reviewed.mentions.aliases == whole.mentions.aliases
    assert grown.troubles == whole.troubles
