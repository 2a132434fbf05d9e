"""What to do about a provider's error code (Twilio's error dictionary); for a code that is not listed, a person looks."""

from enum import StrEnum


class ErrorClass(StrEnum):
    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    CONFIGURATION = "configuration"
    PASSING = "passing"
    A_PERSON_LOOKS = "a_person_looks"


_CODES = {
    ErrorClass.BAD_NUMBER: ("21211", "21614", "30005", "30006"),
    ErrorClass.OPTED_OUT: ("21610", "30004"),
    ErrorClass.CONFIGURATION: ("20003", "21408", "21606", "21212", "21703", "21704", "30034", "30032"),
    ErrorClass.PASSING: ("30001", "21611", "30003", "30008", "30410"),
}
_CLASS_OF = {code: error_class for error_class, codes in _CODES.items() for code in codes}


def error_class(code: str | None) -> ErrorClass:
    return _CLASS_OF.get(code or "", ErrorClass.A_PERSON_LOOKS)
