"""Start the server: which interface, which port, and the address that lets a browser in."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from pipeline import errors
from pipeline.review.web.app import create_app
from pipeline.review.web.security import Door, is_loopback
from pipeline.review.web.site import Site
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Place:
    """Where the server listens, and who may come in."""

    host: str = "127.0.0.1"
    port: int = 0
    password: str | None = None
    author: str | None = None


def check(place: Place) -> None:
    """Refuse to listen to other machines without a password.

    Raises
    ------
    DoleancesError
        When there is none, or hardly one (E451).
    """
    if not is_loopback(place.host) and len(place.password or "") < 8:
        raise errors.usage("E451", host=place.host)


def serve(workspace: Workspace, place: Place, told: Callable[[str], None], *, browser: bool = True) -> None:
    """Show the review pages until the process is interrupted.

    Parameters
    ----------
    workspace : Workspace
        Its dataset is finished.
    place : Place
        Where to listen.
    told : callable
        Is given the address, which holds the token.
    browser : bool
        Whether to open it in a browser of this machine.

    Raises
    ------
    DoleancesError
        When the port cannot be had (E452), or the workspace has no dataset (E450).
    """
    check(place)
    site = Site(workspace)
    site.warm()
    listening = _listen(place)
    port = listening.getsockname()[1]
    door = Door(place.host, place.password)
    shown = place.host if place.host not in ("0.0.0.0", "::") else socket.gethostname()
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/entrer?jeton={door.token}"
    app = create_app(site, door, port=port, author=place.author)
    told(address)
    if browser and is_loopback(place.host):
        webbrowser.open(address)
    settings = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(settings).run(sockets=[listening])


def _listen(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((place.host, place.port))
        found.listen(128)
    except OSError as error:
        found.close()
        raise errors.usage("E452", host=place.host, port=place.port, detail=error.strerror or error) from None
    return found
