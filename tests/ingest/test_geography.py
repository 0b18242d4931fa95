"""From postcodes as people write them to départements."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.geography import departement


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("69008", "69"),
        (" 75011 ", "75"),
        ("01000", "01"),
        ("1000", "01"),
        ("69001.0", "69"),
        ("F-69001", "69"),
        ("20000", "2A"),
        ("20137", "2A"),
        ("20200", "2B"),
        ("20600", "2B"),
        ("20900", None),
        ("2A004", "2A"),
        ("2b100", "2B"),
        ("97400", "974"),
        ("97110", "971"),
        ("98800", "988"),
        ("98714", "987"),
        ("98000", None),
        ("97900", None),
        ("00100", None),
        ("96000", None),
        ("99999", None),
        ("B-1000", None),
        ("SW1A 1AA", None),
        ("690080", None),
        ("690", None),
        ("69008 Lyon", None),
        ("", None),
        (None, None),
    ],
)
def test_postcodes_lead_to_their_departement_and_anything_else_to_none(postcode, expected):
    assert departement(postcode) == expected


@given(st.text())
def test_any_text_is_taken_for_a_postcode_without_an_error(text):
    found = departement(text)
    assert found is None or 2 <= len(found) <= 3
