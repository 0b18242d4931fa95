"""How authors are hidden: a salted hash, whose salt never leaves the workspace."""

from __future__ import annotations

import hashlib

from pipeline.workspace import Workspace, write_bytes


def settle_salt(workspace: Workspace, configured: str | None, first_input_sha256: str) -> bytes:
    """Return the salt of author hashes, and keep it in WORKSPACE/salt.

    It is the configured one, or else derived from the first input, so that the same inputs give the same tables.
    """
    salt = configured or hashlib.sha256(f"doleances salt {first_input_sha256}".encode()).hexdigest()
    path = workspace.path / "salt"
    write_bytes(salt.encode("utf-8"), path, workspace.path)
    path.chmod(0o600)
    return salt.encode("utf-8")


def author_id(author: str | None, salt: bytes) -> str | None:
    """Return the salted hash of an author, or None when the form does not name one."""
    if author is None:
        return None
    key = hashlib.blake2b(salt, digest_size=32).digest()
    return "u-" + hashlib.blake2b(author.encode("utf-8", "replace"), key=key, digest_size=8).hexdigest()
