"""QuestionKind: what sort of answer a question expects; the study file names it, reading a text uses it."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """What kind of answer an open question expects."""

    TEMPERATURE = "temperature"
    SEVERITY_0_4 = "severity_0_4"
    YES_NO = "yes_no"
    VISIT_CONFIRM = "visit_confirm"
    MEASUREMENT_SITE = "measurement_site"
    FREE_TEXT = "free_text"


# Any words answer these: what cannot be read in them goes to nobody.
OPEN_KINDS = frozenset({QuestionKind.MEASUREMENT_SITE, QuestionKind.FREE_TEXT})
