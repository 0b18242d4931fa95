"""Small finished workspaces for the tests of the stages that come after topics: real tables, made from rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.workspace import Workspace

QUESTIONNAIRE = "organisation"
HOSTILE = "<script>alert('x')</script> \u202eabc\u202c & <b>gras</b> \U0001f600"
UPSTREAM = ("ingest", "tokenise", "entities", "topics")


def token(text: str, start: int, pos: str, lemma: str | None = None) -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + len(text), "lemma": lemma or text.lower(), "pos": pos}


def tokens_of(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """Cut at blanks; every word is a noun, which is enough for the stages after tokenise."""
    found, position = [], start
    for word in text[start:end].split(" "):
        if word:
            found.append(token(word, position, "NOUN"))
        position += len(word) + 1
    return found


class Builder:
    """Collect rows, then write them as the tables of a workspace whose first four stages are done."""

    def __init__(self, path: Path) -> None:
        self.workspace = Workspace(path)
        self.parts: list[dict[str, list[dict[str, Any]]]] = []
        self.questions: dict[str, dict[str, Any]] = {}
        self.organisations: dict[str, dict[str, Any]] = {}
        self.topics: list[dict[str, Any]] = []
        self.exemplars: list[dict[str, Any]] = []
        self.topic_numbers: list[dict[str, Any]] = []
        self.rejected: list[dict[str, Any]] = []
        # None: the table is not there at all, as in older workspaces.
        self.files: list[dict[str, Any]] | None = None
        self.superseded: list[dict[str, Any]] | None = None
        self.copy_groups: list[dict[str, Any]] | None = None
        self.new_partition()

    def new_partition(self) -> None:
        self.parts.append({name: [] for name in ("contributions", "answers", "segments", "mentions", "assignments")})

    def question(self, number: int, title: str, kind: str = "open", **more: Any) -> str:
        question_id = f"q-{number}"
        self.questions[question_id] = {
            "question_id": question_id,
            "questionnaire": QUESTIONNAIRE,
            "number": number,
            "official_id": str(number),
            "title": title,
            "kind": kind,
        } | more
        return question_id

    def contribution(self, number: int, **more: Any) -> str:
        contribution_id = f"c-{number:016x}"
        self.parts[-1]["contributions"].append(
            {
                "contribution_id": contribution_id,
                "source_file": "formulaires.csv",
                "source_row": number,
                "reference": f"4-{number}",
                "questionnaire": QUESTIONNAIRE,
                "published_at": datetime(2019, 2, 3, 10, 30),
                "author_id": f"p-{number}",
                "author_type": "Citoyen / Citoyenne",
                "departement": "69",
                "trashed": False,
            }
            | more
        )
        return contribution_id

    def answer(
        self,
        contribution_id: str,
        question_id: str,
        text: str | None,
        state: str = "pending",
        *,
        cuts: Sequence[int] = (),
        themes: Sequence[str | None] = (),
        scores: Sequence[float] = (),
        margins: Sequence[float] = (),
        seconds: Sequence[str] = (),
        source: str = "model",
        language: str = "fr",
        tokens: Sequence[Sequence[dict[str, Any]]] | None = None,
        **more: Any,
    ) -> str:
        """Add an answer; a pending one is cut at `cuts`, and `themes` are those of its segments.

        `scores`, `margins` and `seconds` (the next themes) are those of its first segments, `source` gave the first.
        """
        suffix = f"{contribution_id[2:]}-{question_id[2:]}"
        answer_id = f"a-{suffix}"
        row = {"answer_id": answer_id, "contribution_id": contribution_id, "question_id": question_id}
        self.parts[-1]["answers"].append(row | {"text": text, "state": state} | more)
        if state == "pending" and text:
            bounds = [0, *cuts, len(text)]
            for number, (start, end) in enumerate(pairwise(bounds)):
                while start < end and text[start].isspace():
                    start += 1
                self.parts[-1]["segments"].append(
                    {
                        "segment_id": f"s-{suffix}-{number}",
                        "answer_id": answer_id,
                        "start": start,
                        "end": end,
                        "tokens": tokens[number] if tokens is not None else tokens_of(text, start, end),
                        "language": language,
                    }
                )
                if number < len(themes) and themes[number] is not None:
                    score, margin, second = (
                        given[number] if number < len(given) else usual
                        for given, usual in ((scores, 0.75), (margins, 0.25), (seconds, "t-second"))
                    )
                    self._assign(f"s-{suffix}-{number}", str(themes[number]), score, margin, second, source)
        return answer_id

    def _assign(
        self,
        segment_id: str,
        topic_id: str,
        score: float,
        margin: float = 0.25,
        second: str = "t-second",
        source: str = "model",
    ) -> None:
        row = {"segment_id": segment_id, "source": source}
        self.parts[-1]["assignments"] += [
            row | {"topic_id": topic_id, "rank": 1, "score": score, "margin": margin},
            row | {"topic_id": second, "rank": 2, "score": 0.1, "margin": 0.0, "source": "model"},
        ]

    def mention(self, answer_id: str, surface: str, label: str = "ORG", organisation_id: str | None = None) -> None:
        """Add a mention of the first occurrence of `surface`."""
        answer = next(row for row in self.parts[-1]["answers"] if row["answer_id"] == answer_id)
        start = answer["text"].index(surface)
        end = start + len(surface)
        holder = [
            s for s in self.parts[-1]["segments"] if s["answer_id"] == answer_id and s["start"] <= start < s["end"]
        ]
        self.parts[-1]["mentions"].append(
            {
                "mention_id": f"m{answer_id[1:]}-{start}-{end}-{label}",
                "answer_id": answer_id,
                "segment_id": holder[0]["segment_id"] if holder else None,
                "start": start,
                "end": end,
                "surface": surface,
                "label": label,
                "organisation_id": organisation_id,
                "author_is_organisation": False,
                "source": "register" if organisation_id else "model",
            }
        )
        if organisation_id is not None:
            self.organisations[organisation_id]["n_mentions"] += 1

    def organisation(self, organisation_id: str, name: str, acronym: str | None = None, **more: Any) -> str:
        self.organisations[organisation_id] = {
            "organisation_id": organisation_id,
            "name": name,
            "acronym": acronym,
            "aliases": [],
            "n_mentions": 0,
        } | more
        return organisation_id

    def topic(self, topic_id: str, label: str, question_id: str | None, model: str, **more: Any) -> str:
        self.topics.append(
            {
                "topic_id": topic_id,
                "question_id": question_id,
                "questionnaire": QUESTIONNAIRE,
                "label": label,
                "definition": "",
                "terms": [f"{label.lower()} un", f"{label.lower()} deux"],
                "term_scores": [9.5, 4.25],
                "against": ["école"],
                "stability": 0.8,
                "n_segments": 0,
                "status": "proposed",
                "lineage": [],
                "model": model,
            }
            | more
        )
        return topic_id

    def exemplar(self, topic_id: str, kind: str, answer_id: str, segment: int = 0) -> None:
        """Add a row of exemplars: a segment of an answer of any partition, by its place in it."""
        rows = [row for part in self.parts for row in part["segments"] if row["answer_id"] == answer_id]
        text = next(row["text"] for part in self.parts for row in part["answers"] if row["answer_id"] == answer_id)
        start, end = rows[segment]["start"], rows[segment]["end"]
        self.exemplars.append(
            {
                "exemplar_id": f"x-{len(self.exemplars)}",
                "topic_id": topic_id,
                "question_id": f"q-{answer_id.rpartition('-')[2]}",
                "kind": kind,
                "answer_id": answer_id,
                "segment_id": rows[segment]["segment_id"],
                "start": start,
                "end": end,
                "quote": text[start:end],
            }
        )

    def number_of_topics(self, question_id: str, n_topics: int, stability: float, chosen: bool = False) -> None:
        """Add a row of topic_numbers."""
        row = {"topic_number_id": f"{question_id}-{n_topics}", "question_id": question_id, "n_topics": n_topics}
        self.topic_numbers.append(row | {"stability": stability, "chosen": chosen})

    def file(self, name: str, **more: Any) -> None:
        """Add a row of files; `write` counts its contributions."""
        row: dict[str, Any] = dict.fromkeys(tables.SCHEMAS["files"].names, 0)
        row |= {"source_file": name, "layout": "official CSV", "encoding": "utf-8", "sha256": "0" * 64}
        self.files = [*(self.files or []), row | more]

    def superseded_form(self, contribution_id: str, by_file: str, answers: dict[str, str | None]) -> None:
        """Add what a contribution said in an earlier file."""
        row = {"superseded_id": f"v{contribution_id[1:]}-0", "contribution_id": contribution_id, "reference": None}
        row |= {"source_file": "avant.csv", "source_row": 1, "superseded_by_file": by_file, "superseded_by_row": 1}
        old = [{"question_id": question_id, "text": text} for question_id, text in answers.items()]
        self.superseded = [*(self.superseded or []), row | {"answers": old}]

    def copy_group(self, *answer_ids: str, coordinated: bool, **more: Any) -> str:
        """Make answers a group of copies, the first of them its first; counts are those of their forms and texts."""
        answers = {row["answer_id"]: row for part in self.parts for row in part["answers"]}
        forms = {row["contribution_id"]: row for part in self.parts for row in part["contributions"]}
        members = [answers[answer_id] for answer_id in answer_ids]
        sent = {row["contribution_id"]: forms[row["contribution_id"]] for row in members}.values()
        dates = [form["published_at"] for form in sent if form["published_at"] is not None]
        types = Counter(form["author_type"] for form in sent)
        group_id = f"g{answer_ids[0][1:]}"
        for row in members:
            row["copy_group_id"] = group_id
        row = {
            "copy_group_id": group_id,
            "question_id": members[0]["question_id"],
            "answer_id": answer_ids[0],
            "n_answers": len(members),
            "n_contributions": len(sent),
            "n_respondents": len({form["author_id"] or form["contribution_id"] for form in sent}),
            "n_texts": len({row["text"] for row in members}),
            "n_words": len(members[0]["text"].split()),
            "first_published_at": min(dates, default=None),
            "last_published_at": max(dates, default=None),
            "author_types": [{"author_type": kind, "n_contributions": n} for kind, n in types.most_common()],
            "coordinated": coordinated,
        }
        self.copy_groups = [*(self.copy_groups or []), row | more]
        return group_id

    def write(self, notes: Iterable[str] = (), sort: bool = True) -> Workspace:
        """Write the tables and the manifest."""
        for index, part in enumerate(self.parts):
            for name, rows in part.items():
                self.workspace.write_part(name, index, tables.from_rows(name, rows))
        whole = {
            "questions": list(self.questions.values()),
            "organisations": list(self.organisations.values()),
            "topics": self.topics,
            "exemplars": self.exemplars,
            "topic_numbers": self.topic_numbers,
            "rejected": self.rejected,
        }
        sources = Counter(form["source_file"] for part in self.parts for form in part["contributions"])
        for row in self.files or []:
            row["contributions"] = row["contributions"] or sources[row["source_file"]]
        newer = {"files": self.files, "superseded": self.superseded, "copy_groups": self.copy_groups}
        whole |= {name: rows for name, rows in newer.items() if rows is not None}
        for name, rows in whole.items():
            self.workspace.write_part(name, 0, tables.from_rows(name, rows))
        mark_done(self.workspace, notes)
        return self.workspace


def mark_done(workspace: Workspace, notes: Iterable[str] = ()) -> None:
    """Enter the first four stages in the manifest as done, with a fingerprint of their tables."""
    digest = hashlib.sha256()
    for path in sorted((workspace.path / "tables").rglob("*.parquet")):
        if path.parent.name != "outcomes":
            digest.update(path.read_bytes())
    workspace.manifest["inputs"] = [{"name": "formulaires.csv", "path": "formulaires.csv", "sha256": "0" * 64}]
    for name in UPSTREAM:
        workspace.manifest["stages"][name] = {
            "fingerprint": digest.hexdigest(),
            "status": "done",
            "parameters": {"versions": {"spacy": "3.8.18"}} if name == "tokenise" else {},
            "upstream": {},
            "files": {},
            "summary": {
                "stage": name,
                "counts": {},
                "notes": list(notes) if name == "topics" else [],
                "problems": [],
                "seconds": 0.5,
            },
        }
    workspace.save_manifest()


def small(path: Path) -> Workspace:
    """Two partitions, three questions, every state, hostile text, private people, copies by other authors."""
    build = Builder(path)
    access = build.question(1, "Estimez-vous avoir accès aux services publics ?", "closed")
    missing = build.question(2, "Si non, quels services vous manquent ?", depends_on=access, shown_if="Non")
    other = build.question(3, "Autre chose ?")
    build.organisation(
        "o-caf", "Caisse d'allocations familiales", "CAF", aliases=["caisse d'allocations"], kind="public"
    )
    build.organisation("o-x0123456789ab", "Les Amis du Lot")
    build.topic("t-health", "Médecins", missing, "local/abc123", terms=["médecin", "hôpital"])
    build.topic("t-post", "Poste et transports", missing, "local/abc123", terms=["poste", "gare"])
    build.topic("t-unused", "Rien", missing, "local/abc123")

    first = build.contribution(1)
    build.answer(first, access, "Non", "closed")
    text = "Il manque des médecins. La CAF ferme, dit Mme Jeanne Martin (jeanne.martin@example.org)."
    answer = build.answer(first, missing, text, cuts=[23], themes=["t-health", "t-post"], scores=[0.9, 0.6])
    build.mention(answer, "CAF", "ORG", "o-caf")
    build.mention(answer, "Jeanne Martin", "PER")
    build.answer(first, other, "RAS", themes=["t-post"])

    second = build.contribution(2, author_id=None, departement="2A", published_at=None, reference=None)
    build.answer(second, access, "", "empty")
    hostile = build.answer(second, missing, HOSTILE, themes=["t-post"], scores=[0.5])
    build.answer(second, other, "Une vraie idée qui ne trouve pas de thème.")

    build.new_partition()
    third = build.contribution(3, author_id="p-1", source_file="suite.csv", source_row=1)
    build.answer(third, access, None, "empty")
    again = build.answer(third, missing, text, "duplicate", duplicate_of=answer)
    build.answer(third, other, "I would like more trains and fewer roads please", language="en")

    fourth = build.contribution(4, departement="75", source_file="suite.csv", source_row=2)
    build.answer(fourth, access, "Oui", "closed")
    copy = build.answer(fourth, missing, text, cuts=[23], themes=["t-health", "t-post"], duplicate_of=answer)
    build.mention(copy, "CAF", "ORG", "o-caf")
    build.mention(copy, "Jeanne Martin", "PER")
    local = build.answer(fourth, other, "Les Amis du Lot et Emmanuel Macron au 06 12 34 56 78")
    build.mention(local, "Les Amis du Lot", "ORG", "o-x0123456789ab")
    build.mention(local, "Emmanuel Macron", "PER")

    fifth = build.contribution(5, trashed=True, source_file="suite.csv", source_row=3)
    build.answer(fifth, access, "Oui", "trashed")
    build.answer(fifth, missing, "Propos modérés de Jeanne Martin", "trashed")
    build.answer(fifth, other, "\ufffd\ufffd", "rejected")
    assert again
    build.exemplar("t-health", "central", answer, 0)
    build.exemplar("t-post", "argued", answer, 1)
    build.exemplar("t-post", "borderline", hostile)
    for n_topics, stability in ((3, 0.91), (4, 0.84), (5, 0.7)):
        build.number_of_topics(missing, n_topics, stability, chosen=n_topics == 4)
    build.rejected.append(
        {"rejected_id": "r-1", "file": "suite.csv", "line": 12, "reason": "E109 suite.csv, line 12: <i>3</i> columns"}
    )
    return build.write(["Question 2: own themes (local/abc123), 3 distinct segments."])
