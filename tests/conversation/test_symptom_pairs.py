"""Which symptom a part of the body and what ails it make together."""

from followup_service.conversation.symptom_pairs import gravest_pair


def test_of_several_pairs_the_gravest_is_told_whatever_the_order_of_the_words() -> None:
    assert gravest_pair(["belly"], ["pain", "tight"]) == gravest_pair(["belly"], ["tight", "pain"]) == "SWOLLEN_ABDOMEN"
    assert gravest_pair(["urine"], ["blood", "dark"]) == gravest_pair(["urine"], ["dark", "blood"]) == "BLEEDING"


def test_what_makes_no_pair_makes_no_symptom() -> None:
    assert gravest_pair(["belly"], ["drooping"]) is None
