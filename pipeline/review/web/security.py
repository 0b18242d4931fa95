"""Who may speak to the server: the host that is asked for, the session, and what a form must bring back."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST: Final = 2_000_000
"""Bytes of a form: none of ours is near it."""
SESSIONS: Final = 1_000
_FAILURES: Final = 20
"""Wrong passwords after which none is taken any more; a restart gives a new token and counts anew."""

CLOSED: Final = "Ouvrez l’adresse que la commande « doleances review » a affichée : elle contient le jeton d’accès.\n"

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    # A form that is sent without a referrer has no origin either, and could not be told from one of another site.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass
class Session:
    """A browser that came in with the token: who sits at it, and what its forms must bring back."""

    name: str | None = None
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Door:
    """Lets browsers in: the token of this start, and a password where the server is open to other machines.

    Parameters
    ----------
    host : str
        The interface that the server listens on.
    password : str, optional
        Asked for beside the token.
    """

    def __init__(self, host: str, password: str | None = None, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(32)
        self.sessions: dict[str, Session] = {}
        self._host, self._password, self._failures = host.lower(), password, 0

    @property
    def asks_password(self) -> bool:
        return self._password is not None

    def opens(self, token: str, password: str = "") -> bool:
        """Say whether somebody may come in."""
        if self._failures >= _FAILURES:
            return False
        right = compare_digest(token.encode(), self.token.encode())
        if self._password is not None:
            right &= compare_digest(password.encode(), self._password.encode())
        if not right and self._password is not None and password:
            self._failures += 1
        return right

    def enter(self, name: str | None = None) -> str:
        """Return the key of a new session."""
        if len(self.sessions) >= SESSIONS:
            del self.sessions[next(iter(self.sessions))]
        key = secrets.token_urlsafe(32)
        self.sessions[key] = Session(name)
        return key

    def knows(self, host: str) -> bool:
        """Say whether a Host header names this server: a page of another name that leads here is turned away."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").lower()
        if name in ("localhost", self._host):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        # An address was not looked up in a DNS that somebody else runs.
        return address.is_loopback if is_loopback(self._host) else True


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """Stands before the application: checks host, session and origin, and puts the headers on every answer."""

    def __init__(self, app: App, door: Door, cookie: str) -> None:
        self._app, self._door, self._cookie = app, door, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def safe_send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {key.lower() for key, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in given),
                ]
            await send(message)

        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _plain(safe_send, *refusal)
            return
        session = self._door.sessions.get(Request(scope).cookies.get(self._cookie, ""))
        scope.setdefault("state", {})["session"] = session
        if scope["method"] == "POST":
            body = await _body(receive)
            if body is None:
                await _plain(safe_send, 413, "Le formulaire est trop long.")
                return
            form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10_000)
            given = form.get("csrf", [""])[0]
            scope["state"]["form"] = form
            entering = scope["path"] == "/entrer"
            if not entering and (session is None or not compare_digest(given.encode(), session.csrf.encode())):
                await _plain(safe_send, 403, "Ce formulaire n’est plus valable : rouvrez la page et recommencez.")
                return
        elif session is None and scope["path"] != "/entrer" and not scope["path"].startswith("/static/"):
            await _plain(safe_send, 403, CLOSED)
            return
        await self._app(scope, receive, safe_send)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._door.knows(host):
            return 421, "Ce serveur ne répond pas sous ce nom."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Méthode inconnue."
        if scope["method"] == "POST":
            origin = headers.get("origin", "")
            if origin not in (f"http://{host}", f"https://{host}"):  # the second behind a proxy
                return 403, "Cette demande vient d’un autre site."
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/x-www-form-urlencoded":
                return 415, "Ce n’est pas un formulaire de ces pages."
        return None


async def _body(receive: Receive) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            return None
        if not message.get("more_body"):
            return b"".join(parts)


async def _plain(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
