"""Folding makes one spelling of many and keeps the way back to every character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.conversation.normalise import normalise, with_marks


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("３８．５℃", "38.5°c"), ("38。5", "38.5"), ("發燒", "发烧"), ("Can’t", "cant"), ("heeeelp", "help"), ("1o1.4", "101.4"),
        ("38½", "38.5"), ("٣٨٫٥", "38.5"), ("light-headed", "light headed"), ("fie\u0300vre", "fievre"), ("3\u202e8", "38"),
    ("बार-बार", "बार बार"),
    ],
)  # fmt: skip
def test_one_spelling(text: str, folded: str) -> None:
    assert normalise(text).text == folded


@pytest.mark.parametrize(("written", "other_school"), [("khoẻ", "khỏe"), ("hoá", "hóa"), ("thuỷ", "thủy")])
def test_both_schools_of_vietnamese_tones_write_one_word(written: str, other_school: str) -> None:
    assert with_marks(written) == with_marks(other_school)


@given(st.text(st.characters()))
def test_every_character_knows_where_it_came_from(text: str) -> None:
    folded = normalise(text)
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)
