"""Near copies: what is grouped, what is not, and that the answer depends on nothing but the texts and their order."""

import hashlib
import os
import random
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest import near_copies
from pipeline.ingest.near_copies import MINIMUM_WORDS, PERMUTATIONS, THRESHOLD, agreement, group, signatures

# Made up, of 16 to 23 words; no two say the same, several share a subject and the small words.
ANSWERS = (
    "il faut remettre des medecins dans les campagnes et ouvrir des maisons de sante dans chaque canton",
    "les medecins devraient etre obliges de s installer quelques annees la ou il n y en a plus assez",
    "la gare de mon village a ferme et il n y a plus aucun car apres dix huit heures pour rentrer du travail",
    "je voudrais que les trains soient moins chers que l avion et qu ils passent plus souvent le soir",
    "supprimer la moitie des deputes et des senateurs et publier toutes leurs notes de frais chaque mois",
    "le nombre d elus n est pas le probleme c est leur presence dans l hemicycle qui laisse a desirer",
    "taxer le kerosene des avions et les navires de croisiere avant de taxer le gazole de ceux qui travaillent",
    "baisser la tva sur les produits de premiere necessite et la remonter sur les produits de luxe importes",
    "tout le monde devrait payer l impot sur le revenu meme un euro symbolique pour se sentir citoyen",
    "la taxe d habitation est injuste mais sa suppression prive les communes de moyens pour les ecoles",
    "reconnaitre le vote blanc et organiser un second tour avec de nouveaux candidats s il est majoritaire",
    "le referendum d initiative citoyenne doit etre encadre et porter sur des questions simples et locales",
    "isoler les logements anciens coute trop cher et les aides sont incomprehensibles pour les personnes agees",
    "interdire les pesticides pres des habitations et aider les paysans qui passent a l agriculture biologique",
    "apprendre a l ecole a trier les dechets a cuisiner les restes et a reparer les objets du quotidien",
    "les demarches par internet sont pratiques mais ma mere de quatre vingt ans ne sait plus a qui parler",
)
WORDS = sorted({word for answer in ANSWERS for word in answer.split(" ")})


def edited(text, source):
    """Change one word in ten: another word, one less, one more, two that swap places, or a slip of the key."""
    words = text.split(" ")
    for _ in range(max(1, round(len(words) / 10))):
        place = source.randrange(len(words) - 1)
        kind = source.choice(("replace", "delete", "insert", "swap", "slip"))
        if kind == "replace":
            words[place] = source.choice(WORDS)
        elif kind == "delete":
            del words[place]
        elif kind == "insert":
            words.insert(place, source.choice(WORDS))
        elif kind == "swap":
            words[place : place + 2] = words[place : place + 2][::-1]
        else:
            words[place] += "s"
    return " ".join(words)


def test_unrelated_answers_stay_alone():
    assert group(signatures(ANSWERS)).tolist() == list(range(len(ANSWERS)))


@pytest.mark.parametrize("seed", range(5))
def test_copies_with_one_word_in_ten_edited_join_their_source(seed):
    source = random.Random(seed)
    texts = [*ANSWERS, *(edited(text, source) for text in ANSWERS for _ in range(5))]
    expected = [*range(len(ANSWERS)), *(place for place in range(len(ANSWERS)) for _ in range(5))]
    found = group(signatures(texts))
    assert (found == expected)[len(ANSWERS) :].mean() >= 0.95
    assert found[: len(ANSWERS)].tolist() == expected[: len(ANSWERS)]


def test_the_same_words_make_one_group_whatever_their_number():
    assert group(signatures([ANSWERS[0]] * 300)).tolist() == [0] * 300
    assert group(signatures([ANSWERS[1], ANSWERS[0], ANSWERS[0], ANSWERS[1]])).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("texts", [[], [ANSWERS[0]], [""], ["a"], ["a", "b"], ["&8217;", "&8217;&128512; a"]])
def test_few_texts_and_short_ones_are_no_error(texts):
    found = signatures(texts)
    assert found.shape == (len(texts), PERMUTATIONS)
    assert found.dtype == np.uint16
    assert group(found).tolist() == list(range(len(texts)))


def test_signatures_do_not_depend_on_the_texts_around():
    texts = [f"{ANSWERS[place % len(ANSWERS)]} {place}" for place in range(3000)]
    whole = signatures(texts)
    for size in (1, 7, 1000):
        few = texts[: size * 50]
        parts = [signatures(few[start : start + size]) for start in range(0, len(few), size)]
        assert np.array_equal(np.concatenate(parts), whole[: len(few)])


# Computed with rensa 0.5.0 (algorithm version 2): workspaces hold signatures, so another digest is another format.
PINNED = "bc4ae7f7500db8474fb20a34f1c6e96abdda5a4e9d02c31a33b5743f8e113cad"


def test_signatures_are_the_same_in_every_process_and_version():
    program = (
        "import sys; from pipeline.ingest.near_copies import signatures; import hashlib;"
        "print(hashlib.sha256(signatures(sys.stdin.read().splitlines()).astype('<u2').tobytes()).hexdigest())"
    )
    for seed in ("1", "2"):
        result = subprocess.run(
            [sys.executable, "-c", program],
            input="\n".join(ANSWERS),
            env={**os.environ, "PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert result.stdout.strip() == PINNED
    assert hashlib.sha256(signatures(ANSWERS).astype("<u2").tobytes()).hexdigest() == PINNED


def test_the_estimate_follows_the_share_of_shingles_in_common():
    source = random.Random(4)
    texts = [text for _ in range(20) for answer in ANSWERS for text in (answer, edited(answer, source))]
    pairs = [{*words, *pairwise(words)} for words in (text.split(" ") for text in texts)]
    exact = np.array([len(a & b) / len(a | b) for a, b in zip(pairs[::2], pairs[1::2], strict=True)])
    even = np.arange(0, len(texts), 2)
    error = agreement(signatures(texts), even, even + 1) - exact
    assert abs(error.mean()) < 0.01
    assert error.std() < 0.045


def chain(texts):
    """Return texts of which each is a near copy of the next, and the last has no word of the first."""
    return [" ".join(f"mot{word}" for word in range(3 * place, 3 * place + 30)) for place in range(texts)]


def has_centre(found, members):
    """Say whether all of some texts are near copies of one of them."""
    return any((agreement(found, members, np.full_like(members, one)) >= THRESHOLD).all() for one in members)


def test_a_chain_of_near_copies_does_not_lead_from_one_text_to_another():
    texts = chain(200)
    found = signatures(texts)
    groups = group(found)
    assert len(set(groups.tolist())) > 20
    for first in set(groups.tolist()):
        members = np.flatnonzero(groups == first)
        assert has_centre(found, members)
        assert set(texts[members[0]].split(" ")) & set(texts[members[-1]].split(" "))


def test_the_work_on_a_chain_is_bounded(monkeypatch):
    monkeypatch.setattr(near_copies, "_ROUNDS", 1)
    _, sizes = np.unique(group(signatures(chain(200))), return_counts=True)
    assert (sizes > 1).sum() == 1


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 3)), max_size=40))
def test_a_group_is_told_by_its_first_text_and_held_by_one_centre(chosen):
    texts = list(dict.fromkeys(edited(ANSWERS[place], random.Random(seed)) for place, seed in chosen))
    found = signatures(texts)
    groups = group(found)
    assert (groups <= np.arange(len(texts))).all()
    assert (groups[groups] == groups).all()
    assert all(has_centre(found, np.flatnonzero(groups == first)) for first in set(groups.tolist()))


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(32)))
def test_groups_far_apart_are_the_same_in_every_order(order):
    texts = [*ANSWERS, *(f"{text} merci" for text in ANSWERS)]
    groups = group(signatures([texts[place] for place in order]))
    for place, first in enumerate(groups.tolist()):
        assert order[place] % 16 == order[first] % 16
    assert len(set(groups.tolist())) == 16


def test_only_long_texts_are_worth_comparing():
    assert near_copies.worth_comparing(np.array([1, MINIMUM_WORDS - 1, MINIMUM_WORDS])).tolist() == [False, False, True]
