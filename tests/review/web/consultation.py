"""A small finished workspace to review, and a client that speaks to its pages without a network."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx

from pipeline import dataset
from pipeline.config import Config
from pipeline.review.web.app import create_app
from pipeline.review.web.security import Door
from pipeline.review.web.site import Site
from pipeline.workspace import Workspace
from tests.workspaces import HOSTILE, Builder

ADDRESS = "http://127.0.0.1:8765"
QUESTION = "q-2"


def build(path: Path) -> Workspace:
    """Write twelve answers to one question under three themes, one of them with a sub-theme, and copies of one."""
    make = Builder(path)
    question = make.question(2, "Quels services vous manquent ?")
    make.organisation("o-caf", "Caisse d'allocations familiales", "CAF", kind="protection sociale")
    make.organisation("o-poste", "La Poste", None, kind="entreprise")
    make.topic(
        "t-health", "Médecins", question, "local/abc", terms=["médecin", "hôpital", "santé"], definition="Soins."
    )
    make.topic("t-hospital", "Hôpitaux", question, "local/abc", terms=["hôpital"], parent_id="t-health")
    make.topic("t-care", "Soins", question, "local/abc", terms=["soin", "médecin", "santé"])
    make.topic("t-post", "Poste <b>et</b> transports", question, "local/abc", terms=["poste", "gare"])
    texts = [
        ("Il manque des médecins partout.", "t-health", 0.9),
        ("Un hôpital plus proche.", "t-hospital", 0.8),
        ("Des soins pour les anciens.", "t-care", 0.7),
        ("La gare a fermé, dit Mme Jeanne Martin. La CAF aussi.", "t-post", 0.6),
        ("Rouvrir la poste du village.", "t-post", 0.5),
        (HOSTILE, "t-post", 0.4),
        ("Une idée qui ne trouve pas de thème.", None, 0.0),
        ("Les médecins et les soins de nuit.", "t-care", 0.3),
        ("Des guichets avec des humains 😀 et la CAF à côté.", "t-post", 0.35),
        ("Un médecin scolaire dans chaque école.", "t-health", 0.45),
    ]
    first = None
    for number, (text, theme, score) in enumerate(texts, start=1):
        themes = [theme] if theme else []
        answer = make.answer(
            make.contribution(number), question, text, themes=themes, scores=[score], margins=[score / 2]
        )
        if "CAF" in text:
            make.mention(answer, "CAF", "ORG", "o-caf")
        if "Jeanne Martin" in text:
            make.mention(answer, "Jeanne Martin", "PER")
        first = first or answer
    make.new_partition()
    for number in (11, 12):
        make.answer(
            make.contribution(number),
            question,
            texts[0][0],
            themes=["t-health"],
            scores=[0.9],
            margins=[0.45],
            duplicate_of=first,
        )
    make.exemplar("t-health", "central", str(first))
    workspace = make.write()
    dataset.run(workspace, Config().with_values("execution", workers=1))
    return workspace


def answer_id(number: int) -> str:
    """Return the id of the answer of a contribution."""
    return f"a-{number:016x}-2"


class Client:
    """A browser without scripts: it keeps cookies and sends forms as pages give them."""

    def __init__(self, workspace: Workspace, name: str | None = "Zoé", site: Site | None = None, **door: Any) -> None:
        self.site = site or Site(workspace)
        self.door = Door(door.pop("host", "127.0.0.1"), **door)
        self.app = create_app(self.site, self.door, port=8765)
        self.loop = asyncio.new_event_loop()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=ADDRESS)
        if name is not None:
            self.get(f"/entrer?jeton={self.door.token}")
            self.post("/nom", nom=name)

    @property
    def csrf(self) -> str:
        return next(reversed(self.door.sessions.values())).csrf

    def get(self, path: str, headers: dict[str, str] | None = None, follow: bool = True) -> httpx.Response:
        return self.loop.run_until_complete(self.http.get(path, headers=headers, follow_redirects=follow))

    def post(
        self, path: str, headers: dict[str, str] | None = None, follow: bool = True, **fields: Any
    ) -> httpx.Response:
        given = {"csrf": self.csrf} if self.door.sessions else {}
        sent = {"origin": ADDRESS} | (headers or {})
        call = self.http.post(path, data=given | fields, headers=sent, follow_redirects=follow)
        return self.loop.run_until_complete(call)

    def close(self) -> None:
        self.loop.run_until_complete(self.http.aclose())
        self.loop.close()


def field(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]
