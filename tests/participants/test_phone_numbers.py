"""Phone numbers as the ward writes them down."""

import pytest

from followup_service.errors import Refused
from followup_service.participants.phone_numbers import read_phone


@pytest.mark.parametrize(
    ("written", "country", "number"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("138-0013-8000", "CN", "+8613800138000"),
        ("0086 138 0013 8000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("07911 123456", "GB", "+447911123456"),
        ("+44 (0)7911 123456", "CN", "+447911123456"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("098765 43210", "IN", "+919876543210"),
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("0912 345 678", "VN", "+84912345678"),
        ("5123 4567", "HK", "+85251234567"),
        ("01512 3456789", "DE", "+4915123456789"),
    ],
)
def test_any_national_format_becomes_one_form(written: str, country: str, number: str) -> None:
    assert read_phone(written, country) == number


@pytest.mark.parametrize("written", ["", "ask his daughter", "110", "138001380001234567", "+999 123"])
def test_what_no_phone_can_have_is_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(Refused, match="write it like \\+8613800138000") as refused:
        read_phone(written, "CN")
    assert refused.value.errors == {"phone": ["write it like +8613800138000"]}
    assert not written or written not in refused.value.detail


def test_a_number_without_its_area_code_is_refused() -> None:
    with pytest.raises(Refused):
        read_phone("555 0123", "US")
