"""Ids of organisations of the register and of those that only a corpus knows."""

from __future__ import annotations

import pytest

from pipeline.entities.linker import local_id, register_id
from pipeline.organisation_ids import is_local


@pytest.mark.parametrize(
    ("organisation_id", "local"),
    [
        (local_id("Pôle d'Initiative Sud Luberon"), True),
        (register_id("xerox"), False),
        (register_id("x0123456789abc"), False),
        ("o-x", False),
    ],
)
def test_an_id_of_the_register_that_begins_alike_is_not_local(organisation_id: str, local: bool) -> None:
    assert is_local(organisation_id) is local
