"""Which thing with which trouble makes which symptom: the belly and pain, the stool and black, unable and breathing."""

from collections.abc import Collection, Iterable
from itertools import product

_BY_THING: dict[str, dict[str, str]] = {
    "belly": {"pain": "ABDOMINAL_PAIN", "swollen": "SWOLLEN_ABDOMEN", "hard": "SWOLLEN_ABDOMEN", "tight": "SWOLLEN_ABDOMEN",
              "unbearable": "ABDOMINAL_PAIN", "UNWELL": "ABDOMINAL_PAIN"},
    "chest": {"pain": "CHEST_PAIN", "tight": "CHEST_PAIN"},
    "shoulder": {"pain": "SHOULDER_PAIN"},
    "head": {"pain": "HEADACHE", "exploding": "WORST_HEADACHE"},
    "forehead_or_body": {"hot": "FEVER"},
    "leg": {"swollen": "LEG_SWELLING", "red": "LEG_SWELLING", "hot": "LEG_SWELLING"},
    "calf": {"swollen": "LEG_SWELLING", "pain": "LEG_SWELLING", "red": "LEG_SWELLING", "hot": "LEG_SWELLING", "hard": "LEG_SWELLING"},
    "face": {"swollen": "ALLERGIC_SWELLING", "drooping": "STROKE_SIGN", "yellow": "JAUNDICE", "yellowy": "JAUNDICE",
             "numb": "STROKE_SIGN"},
    "throat": {"swollen": "ALLERGIC_SWELLING", "tight": "ALLERGIC_SWELLING"},
    "eyes": {"yellow": "JAUNDICE", "yellowy": "JAUNDICE"},
    "mouth": {"blister": "MOUTH_SORES"},
    "teeth": {"chattering": "RIGOR"},
    "heart": {"racing": "CHEST_PAIN"},
    "lips": {"blue": "BREATHLESSNESS", "swollen": "ALLERGIC_SWELLING"},
    "mind": {"lost": "CONFUSION"},
    "legs": {"gave_way": "COLLAPSE"},
    "skin": {"yellow": "JAUNDICE", "yellowy": "JAUNDICE", "black": "BURN", "blister": "BURN"},
    "urine": {"dark": "DARK_URINE_OR_PALE_STOOL", "brown": "DARK_URINE_OR_PALE_STOOL", "black": "DARK_URINE_OR_PALE_STOOL",
              "blood": "BLEEDING", "red": "BLEEDING", "cannot": "NO_URINE", "dry": "NO_URINE"},
    "stool": {"pale": "DARK_URINE_OR_PALE_STOOL", "black": "BLOOD_IN_STOOL", "blood": "BLOOD_IN_STOOL", "red": "BLOOD_IN_STOOL",
              "dark": "BLOOD_IN_STOOL", "loose": "DIARRHOEA"},
    "vomit": {"blood": "VOMITING_BLOOD", "black": "VOMITING_BLOOD", "red": "VOMITING_BLOOD"},
    "phlegm": {"blood": "COUGHING_BLOOD", "red": "COUGHING_BLOOD"},
    "wound": {"pus": "WOUND", "red": "WOUND", "leaking": "WOUND", "hot": "WOUND", "swollen": "WOUND", "blood": "BLEEDING",
              "black": "BURN", "blister": "BURN"},
    "line": {"red": "LINE_PROBLEM", "swollen": "LINE_PROBLEM", "leaking": "LINE_PROBLEM", "pus": "LINE_PROBLEM", "pain": "LINE_PROBLEM",
             "hot": "LINE_PROBLEM", "dry": "LINE_PROBLEM"},
    "nose": {"blood": "BLEEDING"},
    "cloth": {"soaked": "BLEEDING"},
    "speech": {"slurred": "STROKE_SIGN", "cannot": "STROKE_SIGN"},
    "side": {"weak": "STROKE_SIGN", "numb": "STROKE_SIGN", "drooping": "STROKE_SIGN", "cannot": "STROKE_SIGN"},
    "limb": {"weak": "STROKE_SIGN", "cannot": "STROKE_SIGN", "swollen": "LINE_PROBLEM", "red": "LINE_PROBLEM"},
    "breathing": {"cannot": "BREATHLESSNESS", "bad_way": "BREATHLESSNESS"},
    "drinking": {"cannot": "NO_FLUIDS", "comes_back": "NO_FLUIDS"},
    "every_drink": {"comes_back": "NO_FLUIDS", "vomit": "NO_FLUIDS", "VOMITING": "NO_FLUIDS"},
    "drink": {"comes_back": "NO_FLUIDS"},
    "toilet": {"loose": "DIARRHOEA"},
    "waking": {"cannot": "COLLAPSE"},
    "sight": {"cannot": "STROKE_SIGN"},
    "rising": {"cannot": "WEAKNESS"},
    "relative": {"UNWELL": "UNWELL_BY_RELATIVE", "WEAKNESS": "UNWELL_BY_RELATIVE", "sleepy": "CONFUSION"},
}  # fmt: skip

PAIRS: dict[tuple[str, str], str] = {(thing, trouble): code for thing, troubles in _BY_THING.items() for trouble, code in troubles.items()}
THINGS = frozenset(_BY_THING)
TROUBLES = frozenset(trouble for troubles in _BY_THING.values() for trouble in troubles) | {"pain", "blood"}

# Of several that one thing and one trouble could make, an emergency of the protocol goes before the rest.
_EMERGENCIES = frozenset({
    "SWOLLEN_ABDOMEN", "CHEST_PAIN", "WORST_HEADACHE", "ALLERGIC_SWELLING", "STROKE_SIGN", "BLEEDING", "BLOOD_IN_STOOL", "VOMITING_BLOOD",
    "COUGHING_BLOOD", "BREATHLESSNESS", "COLLAPSE", "NO_URINE", "CONFUSION",
})  # fmt: skip


def gravest_pair(things: Iterable[str], troubles: Collection[str]) -> str | None:
    """The code of the gravest symptom that one of the things makes with one of the troubles; None if none does."""
    if "stool" in things and "yellow" in troubles:
        return None  # 黄 makes urine dark, and is what a stool should be
    codes = {PAIRS[pair] for pair in product(things, troubles) if pair in PAIRS}
    return min(codes, key=lambda code: (code not in _EMERGENCIES, code), default=None)


# What a word says where nothing in its clause pairs with it.
ALONE: dict[str, str] = {
    "pain": "PAIN", "blood": "BLEEDING", "vomit": "VOMITING", "phlegm": "COUGH", "numb": "NUMBNESS", "weak": "WEAKNESS",
    "blister": "BURN", "pus": "WOUND", "slurred": "STROKE_SIGN", "drooping": "STROKE_SIGN", "yellow": "JAUNDICE",
}  # fmt: skip

# Codes that a word no longer says by itself once it has paired: the "throwing up" of "throwing up blood".
SUBSUMED = frozenset({"VOMITING", "COUGH", "BLEEDING", "PAIN", "WEAKNESS", "NUMBNESS", "BURN"})

# Things of which "not" or "no" is itself the symptom.
ABSENT: dict[str, str] = {"urine": "NO_URINE", "drinking": "NO_FLUIDS", "breathing": "BREATHLESSNESS", "waking": "COLLAPSE"}
