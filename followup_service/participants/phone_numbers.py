"""Phone numbers as people write them, turned into the one form that we store and look up (E.164)."""

import phonenumbers

from followup_service.errors import Refused
from followup_service.protocol.sentences import said

EXAMPLE = "+8613800138000"


def read_phone(written: str, country: str) -> str:
    """The number in E.164. A number without a country code is read as one of `country` (ISO 3166, two letters).

    Raises Refused where no phone could have it.
    """
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        number = None
    # A number without its area code is possible only within that area: no text reaches it.
    if number is None or phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Refused(
            # Not what was written: a number with one digit wrong is still nearly somebody's.
            said(
                "this is no phone number of %(country)s nor an international one: write it like %(example)s",
                country=country,
                example=EXAMPLE,
            ),
            {"phone": [said("write it like %(example)s", example=EXAMPLE)]},
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
