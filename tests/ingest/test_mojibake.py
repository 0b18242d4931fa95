"""Text that was decoded twice: repaired when certain, with the original kept and counted; else left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_inputs import answers, organisation_csv, rows, run

from pipeline.ingest.mojibake import repaired

FRENCH = "L’école à Orléans coûte « très » cher… où ça ? 5 € de Noël, cœur naïf, Île-de-France"


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_french_that_was_decoded_with_the_wrong_codec_is_repaired(codec):
    text = FRENCH if codec == "cp1252" else "L'école coûte très cher, où ça ? Noël à l'Île"
    assert repaired(text.encode("utf-8").decode(codec, "surrogateescape" if codec == "latin-1" else "strict")) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        FRENCH,
        "SANTÂ",
        "ÂGE ET ÉCOLE",
        "São Paulo, Ã",
        "Â «",
        "Москва",
        "日本語",
        "É» ɻ",
        "prix : 5 â€",
        "a\u0300 é 👍",
    ],
)
def test_what_may_be_meant_as_it_stands_is_left_alone(text):
    assert repaired(text) is None


@settings(deadline=None)
@given(st.text(st.sampled_from(" abcéèàçùêîôûëïüœæÉÈÀÇŒ’«»…€-'.,!?()0123456789"), max_size=60))
def test_no_text_in_sound_french_is_ever_changed(text):
    assert repaired(text) is None


@settings(deadline=None)
@given(st.text(st.sampled_from("abcéèàçùêîôûëïü’ "), min_size=1, max_size=40))
def test_what_is_repaired_is_what_was_meant(text):
    spoilt = text.encode("utf-8").decode("cp1252", "ignore")
    found = repaired(spoilt)
    assert found is None or found == text or len(spoilt) < len(text.encode("utf-8"))


def test_original_and_count_are_kept_and_the_rest_of_the_file_is_as_it_was(tmp_path):
    spoilt = "les impÃ´ts et lâ€™Ã©cole"
    path = tmp_path / "x.csv"
    path.write_text(organisation_csv([{1: spoilt}, {1: "déjà bon"}, {6: "idem Ã©"}]), encoding="utf-8")
    summary = run(tmp_path, path)
    found = {answer["text"]: answer["original"] for answer in answers(tmp_path) if answer["text"]}
    assert found["les impôts et l’école"] == spoilt
    assert found["déjà bon"] is None and found["idem é"] == "idem Ã©"
    assert rows(tmp_path, "files")[0]["repaired"] == summary.counts["repaired"] == 2
    assert any(note.startswith("N108") for note in summary.notes)
