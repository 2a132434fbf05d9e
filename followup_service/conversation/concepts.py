"""The concepts a lexicon may give words for, by the table of the lexicon file in which they stand."""

from collections.abc import Iterable

from followup_service.protocol.symptom_codes import SYMPTOM_CODES


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


SECTIONS: dict[str, frozenset[str]] = {
    "symptoms": SYMPTOM_CODES,
    "things": _names(
        "belly chest shoulder head forehead_or_body leg calf face throat eyes skin urine stool vomit phlegm wound line nose speech "
        "side limb cloth breathing drinking waking sight rising relative visit mouth teeth heart lips mind legs "
        "every_drink drink toilet"
    ),
    "troubles": _names(
        "pain swollen hard blood black yellow dark pale red pus hot blister numb weak drooping slurred tight leaking cannot worst "
        "exploding loose bad_way sleepy chattering racing blue lost gave_way soaked "
        "comes_back yellowy dry brown"
    ),
    "grammar": _names(
        "no not filler_noun filler_verb degree either_or list_and but breaks_denial if if_filler unsure gone gone_filler no_longer "
        "perfective list_noun is_filler question times none_of_all "
        "never_participant stranger lifeless vet self_well same_for_others about_self "
        "about_now long_ago a_while_ago years_ago ago years also "
        "threshold story dream woke watched character future hearsay joking moved understood "
        "writer this_time alike almost cost laugh taken_back bystander thanks since_then planned referee funeral "
        "acquaintance kin spouse nearby title spoken closing bruise coloured at_age when_aged treated visits_others infection slaughter "
        "in_your_care papers examined limit"
    ),
    "severity": _names("mild moderate strong severe unbearable worse than_before widespread hinders repeated of_ten scale"),
    "commands": _names(
        "stop_word stop_alone stop_phrase ending our_texts start_word start_phrase help_word call_me reschedule confirm_word dont please "
        "in_language"
    ),
    "answers": _names("yes yes_alone yes_perhaps undecided no_answer accept refuse other_day none little medium much most"),
    "temperature": _names(
        "temperature_label temperature_claim high celsius fahrenheit degree_sign point half half_before quarter_before quarter_to "
        "number_and tenth armpit forehead ear oral rectum other_label oxygen_label pressure_label points "
        "place_label counted counted_glued currency weather street birthday self_is below below_after above clock change quoted "
        "has_it digits_label game warm_place topic minus priced measure comes_whole counted_before came_out ambient out_there own_reading "
        "in_parts quarter three_quarters less_quarter and_some ring_at open_above bearer own_number climate"
    ),
    "quiet": _names("fine smalltalk idiom medicine"),
}

# Words that count only as the whole text, or nearly so: an untranslated STOP must not fail, however short.
STANDING_ALONE = _names("stop_word stop_alone start_word help_word please")
# What a word means in a text of any language; every other concept counts only in texts of the word's own language.
PORTABLE = (
    STANDING_ALONE | SECTIONS["symptoms"] | SECTIONS["things"] | SECTIONS["troubles"] | _names(
        "stop_phrase start_phrase call_me in_language temperature_label temperature_claim celsius fahrenheit "
        "half quarter three_quarters less_quarter point armpit forehead ear oral rectum severe unbearable medicine other_label"
    )
)  # fmt: skip

# One bit a concept, so that what a whole text speaks of is one number and one "and" tells whether a rule has anything to do with it.
BITS = {concept: 1 << place for place, concept in enumerate(sorted(frozenset().union(*SECTIONS.values())))}


def bits_of(concepts: Iterable[str]) -> int:
    """The concepts as one number."""
    together = 0
    for concept in concepts:
        together |= BITS[concept]
    return together


class Concepts(frozenset[str]):
    """What a term means, and the same as `bits`."""

    __slots__ = ("bits",)
    bits: int


def together(concepts: Iterable[str]) -> Concepts:
    """The concepts of one term."""
    meant = Concepts(concepts)
    meant.bits = bits_of(meant)
    return meant
