"""Lines of a transcript fit the terminal, Chinese ones as well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup_service.rehearsal.wrap_text import columns, wrap_text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two three", ["one two", "three"]),
        ("您现在体温多少？", ["您现在体", "温多少？"]),
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("averylongword x", ["averylongword", "x"]),
    ],
)
def test_wrapping(text: str, lines: list[str]) -> None:
    assert wrap_text(text, 8) == lines


@given(st.text(alphabet="ab 38.5度疼，。\n", max_size=80))
def test_nothing_but_spaces_is_lost(text: str) -> None:
    assert "".join("".join(wrap_text(text, 12)).split()) == "".join(text.split())


def test_a_chinese_character_takes_two_columns() -> None:
    assert columns("38度5") == 5


def test_a_mark_on_a_letter_and_a_direction_mark_take_none() -> None:
    assert columns("कि") == columns("e\u0301") == columns("\u200ea\u200f") == 1
