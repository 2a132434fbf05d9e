"""Numb fingers, weak legs, a sore mouth and an itch page somebody once they hinder or are everywhere (protocol, rows 6 and 34)."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

_HINDERED = [
    ("en", "feet so numb i cant walk to the gate without holding the wall"),
    ("zh_Hans", "手指麻得扣不上扣子"),
    ("zh_Hant", "腳底麻到沒辦法走路了,像踩棉花"),
    ("es", "los dedos no me responden para abrochar ni coger monedas, los tengo dormidos"),
    ("fr", "j'arrive plus à tenir un stylo ni fermer mes boutons, les doigts morts"),
    ("pt", "dedos dormentes, não consigo abotoar a camisa"),
    ("ru", "руки немеют, застегнуть пуговицы не могу"),
    ("ar", "اصابعي منملة لدرجة ما بقدر سكر زرار القميص"),
    ("hi", "talve sunn hai, diwar pakde bina chala nahi jata ab"),
    ("vi", "mấy đầu ngón tay tê cứng, cài cúc áo không nổi"),
    ("en", "Itching from scalp to soles, nothing shifts it"),
    ("zh_Hans", "痒啊!前胸后背手心脚心,没有不痒的"),
    ("fr", "tout me démange, même le cuir chevelu et entre les doigts"),
    ("vi", "ngứa hết, ngứa cả da đầu lẫn kẽ tay"),
    ("ru", "весь рот в язвах, пью через силу"),
    ("en", "whole mouth full of ulcers, have to force myself to drink"),
]
_ITCHING_ALL_OVER = {
    "en": ["yellow eyes and itching all over", "my eyes have gone yellow, my whole body itches"],
    "zh_Hans": ["眼睛发黄,全身痒", "眼睛发黄,从头痒到脚"],
    "zh_Hant": ["眼睛發黃,全身痕", "眼睛發黃,由頭痕到落腳"],
    "es": ["ojos amarillos y me pica todo el cuerpo", "ojos amarillos y picor generalizado"],
    "fr": ["les yeux jaunes et ça me gratte partout", "les yeux jaunes et démangeaisons sur tout le corps"],
    "pt": ["olho amarelo e uma coceira no corpo inteiro", "olho amarelo e coço-me todo"],
    "ru": ["глаза желтые и все тело чешется", "глаза желтые и чешусь вся не переставая"],
    "ar": ["عيوني صفرا وحكة في كل جسمي", "عيوني صفرا وجسمي كله ياكلني"],
    "hi": ["आंखें पीली हैं और पूरे शरीर में खुजली", "आंखें पीली हैं और pure sharir me khujli"],
    "vi": ["mắt vàng và ngứa khắp người", "mắt vàng và gãi khắp người"],
}
_BORNE = [
    ("en", "my fingers are a bit tingly"),
    ("es", "hormigueo en los dedos, lo de siempre"),
    ("pt", "formigamento leve nas mãos"),
    ("zh_Hans", "手有点麻,还行"),
    ("ru", "чешется рука, комар укусил"),
    ("hi", "ungliyon me jhunjhuni, pehle jaisi"),
]


def _level(language: str, text: str) -> str:
    level: str = summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"]
    return level


@pytest.mark.parametrize(("language", "text"), _HINDERED)
def test_what_hinders_or_is_everywhere_pages(language: str, text: str) -> None:
    assert _level(language, text) in {"urgent", "emergency"}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in _ITCHING_ALL_OVER.items() for text in texts])
def test_yellow_eyes_and_an_itch_all_over_are_two_signs(language: str, text: str) -> None:
    assert _level(language, text) == "emergency"


@pytest.mark.parametrize(("language", "text"), _BORNE)
def test_what_is_borne_does_not(language: str, text: str) -> None:
    assert _level(language, text) == "none"
