"""`doleances review` in a process of its own, and clients that speak HTTP to it."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[3]


@dataclass
class Running:
    """A server, and the address that lets a browser in."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return int(urlsplit(self.address).port or 0)


@contextmanager
def running(workspace: Path, *options: str) -> Iterator[Running]:
    """Start the command, wait for its address, and end it."""
    command = [sys.executable, "-m", "pipeline.cli", "review", "--workspace", str(workspace), "--no-browser", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield Running(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Visitor:
    """Somebody who came in by the address and gave a name."""

    def __init__(self, server: Running, name: str) -> None:
        self._host = f"127.0.0.1:{server.port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=30)
        path = urlsplit(server.address)
        headers, _ = self.request("GET", f"{path.path}?{path.query}")
        self._cookie = headers["set-cookie"].partition(";")[0]
        _, page = self.request("GET", "/nom")
        self._csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]
        self.post("/nom", {"nom": name})

    def request(self, method: str, path: str, body: str | None = None) -> tuple[Message, str]:
        headers = {"Cookie": getattr(self, "_cookie", "")}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read().decode()
        assert answer.status in (200, 303), content
        return answer.headers, content

    def post(self, path: str, fields: Mapping[str, object]) -> str:
        """Send a form, and return where the server leads then: what was decided is on the disk."""
        headers, _ = self.request("POST", path, urlencode({"csrf": self._csrf, **fields}, doseq=True))
        return str(headers["location"])
