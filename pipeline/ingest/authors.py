"""Who filled in a form: a salted hash in place of its author, and the kind of author under one name."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from pipeline import storage
from pipeline.workspace import Workspace, write_bytes

AUTHOR_TYPES: Final = {
    "Citoyen": "citoyen citoyenne citoyens habitant habitante habitants particulier particuliers usager usagers",
    "Association": "association associations asso ong non_lucratif syndicat collectif association_loi_1901 non_profit",
    "Entreprise": "entreprise entreprises societe lucratif professionnel commerce company business",
    "Élu ou institution": "elu elue elus institution institutions collectivite mairie commune elected_official maire",
}
"""The kinds of author that tables know, and the words that say so; any other stays as it was received."""

_WORDS: Final = {word: name for name, words in AUTHOR_TYPES.items() for word in words.split()}


def settle_salt(workspace: Workspace, configured: str | None, first_input_sha256: str) -> bytes:
    """Return the salt of author hashes, and keep it in WORKSPACE/salt.

    It is the configured one, or else derived from the first input, so that the same inputs give the same tables.
    """
    salt = configured or hashlib.sha256(f"doleances salt {first_input_sha256}".encode()).hexdigest()
    path = workspace.path / "salt"
    write_bytes(salt.encode("utf-8"), path, workspace.path)
    if storage.is_local(path):
        path.chmod(0o600)
    return salt.encode("utf-8")


class AuthorKeys:
    """Hides authors: the same author gives the same 64 bits, and nobody without the salt can tell who it is.

    Parameters
    ----------
    salt : bytes
        As `settle_salt` returns it.
    """

    def __init__(self, salt: bytes) -> None:
        self._state = hashlib.blake2b(key=hashlib.blake2b(salt, digest_size=32).digest(), digest_size=8)

    def keys(self, authors: Iterable[str | None]) -> list[int]:
        """Return the key of each author; 0 where the form does not name one."""
        found = []
        for author in authors:
            if author is None:
                found.append(0)
            else:
                state = self._state.copy()
                state.update(author.encode("utf-8", "replace"))
                found.append(int.from_bytes(state.digest()) or 1)
        return found


@cache
def author_type(received: str) -> str:
    """Return the kind of author under the name that tables use, or as received when it is none of them.

    >>> [author_type(name) for name in ("Citoyen / Citoyenne", "Organisation à but non lucratif", "Notaire")]
    ['Citoyen', 'Association', 'Notaire']
    """
    plain = unicodedata.normalize("NFKD", received.casefold())
    plain = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    words = plain.replace("non lucratif", "non_lucratif").replace("non profit", "non_profit").split()
    found = {_WORDS[word] for word in words if word in _WORDS}
    return found.pop() if len(found) == 1 else received
