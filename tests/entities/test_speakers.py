"""Which organisation a form speaks for."""

from __future__ import annotations

import pytest

from pipeline.entities.finder import knowledge, recognise
from pipeline.entities.linker import register_id
from pipeline.entities.speakers import Answer, speaks_for

KINDS = {register_id(key): one.kind for key, one in knowledge().matcher.register.organisations.items()}
PIMMS = "L'Union nationale des PIMMS agit sur tous les territoires, avec EDF. Notre réseau est utile."


def speaker(author_type: str | None, *texts: str, title: str = "") -> str | None:
    found = recognise([title, *texts], use_model=False)
    answers = [Answer(text, spans) for text, spans in zip(texts, found[1:], strict=True)]
    return speaks_for(author_type, found[0], answers, KINDS)


@pytest.mark.parametrize("author_type", [None, "Association", "Notaire"])
def test_our_network_after_its_name_speaks_for_it(author_type: str | None) -> None:
    assert speaker(author_type, PIMMS) == "o-pimms"


def test_a_citizen_speaks_for_nobody() -> None:
    assert speaker("Citoyen", PIMMS, title="PIMMS") is None


@pytest.mark.parametrize(
    "text",
    [
        "L'URSSAF harcèle notre entreprise.",  # its client: the wrong kind
        "Il faut aider la SNCF. Notre entreprise en dépend.",  # not what the sentence speaks of
        "Les PIMMS sont utiles.",  # no « notre »
        "Notre association aide les gens. Les PIMMS aussi.",  # named after it
    ],
)
def test_an_author_of_no_known_kind_must_say_so_after_the_name(text: str) -> None:
    assert speaker(None, text) is None


def test_an_organisation_is_known_by_its_title_by_we_or_by_what_it_names_most() -> None:
    assert speaker("Association", "Rien à dire.", title="Contribution de la CIMADE") == "o-cimade"
    assert speaker("Association", "Nous, le Secours catholique, demandons plus.") == "o-secours-catholique"
    own = "Nos bénévoles accueillent. Emmaüs loge. La SNCF, la SNCF, la SNCF !"
    assert speaker("Association", own, "Emmaüs forme.") == "o-emmaus"
    assert speaker("Association", "La CAF ne répond pas.") is None


def test_folding_does_not_shift_what_stands_before_we() -> None:
    assert speaker("Association", "Œuvre…  ﬁn. Au nom de la CIMADE : asile.") == "o-cimade"
