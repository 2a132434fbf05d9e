"""Folds a text to one plain spelling (case, width, accents, digits, traditional characters) and keeps the way back to it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_TRADITIONAL = (
    "發燒熱體溫燙腫脹鬆頭暈嘔噁瀉傷痺癢疊膚紅黃紫鼻氣喘長險鈴電話給們來時間點後會說請變嚴厲劇烈無開關門問題識糊塗"
    "亂腦臟肝膽腎腸術藥顆針醫護師訊號簡停訂閱動齊測過還沒這裡個麼樣歲華氏攝兩幾學覺難滿漸軟壓緊憋窩額嗎應該漢語"
    "買賣錢樓號線導瘡膿滲舊濃醬陶淺屬見視應腳腿臉腰喚聲認親爸媽爺婆媳閨兒東現為與從對幫無謝沖週檢查報確認約換"
    "顫斷續單雙遠離經貧顱咳嗆驚風癱瘓當讓轉邊歪臥靠臨總結種維葉齦麵吃喝飲饑餓絞灼癥狀懷敏蕁蔴疹創貼"
)
_SIMPLIFIED = (
    "发烧热体温烫肿胀松头晕呕恶泻伤痹痒叠肤红黄紫鼻气喘长险铃电话给们来时间点后会说请变严厉剧烈无开关门问题识糊涂"
    "乱脑脏肝胆肾肠术药颗针医护师讯号简停订阅动齐测过还没这里个么样岁华氏摄两几学觉难满渐软压紧憋窝额吗应该汉语"
    "买卖钱楼号线导疮脓渗旧浓酱陶浅属见视应脚腿脸腰唤声认亲爸妈爷婆媳闺儿东现为与从对帮无谢冲周检查报确认约换"
    "颤断续单双远离经贫颅咳呛惊风瘫痪当让转边歪卧靠临总结种维叶龈面吃喝饮饥饿绞灼症状怀敏荨麻疹创贴"
)
_TRADITIONAL_ONLY = frozenset(_TRADITIONAL) - frozenset(_SIMPLIFIED)
# Some simplified characters are others' traditional ones, or are written so by hand everywhere.
_SIMPLIFIED_ONLY = frozenset(_SIMPLIFIED) - frozenset(_TRADITIONAL) - frozenset("后里几术松面种冲个症咸叶周点只")
_SPELLINGS = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)) | {
    "\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n",
    "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'", "“": '"', "”": '"',
    "。": ".", "·": ".", "•": ".", "・": ".", "∙": ".", "٫": ".", "٪": "%", "､": "、", "،": ",", "؛": ";", "؟": "?",
    "º": "°", "˚": "°", "½": ".5", "–": "-", "—": "-", "−": "-", "‐": "-", "～": "~", "đ": "d", "ß": "ss",
    "ـ": "", "़": "", "।": ".", "॥": ".", "ँ": "ं", "ى": "ي", "ة": "ه",
}  # fmt: skip
# A letter that stays and what is dropped after it: an apostrophe inside the word, its own repetitions.
_APOSTROPHE = re.compile(r"([a-z])'(?=[a-z])")
_HELD_DOWN = re.compile(r"([a-z])\1{2,}")
# Typed digits that are letters: 1o1, 4o, l01; and a degree sign typed as the letter: 38o5.
_LETTER_DIGITS = (
    (re.compile(r"(?<![\w.])l(?=0\d)"), "1"),
    (re.compile(r"(?<![\w.])1o(?=[\do])"), "10"),
    (re.compile(r"(?<=(?<!\w)10)o(?![a-z])"), "0"),
    (re.compile(r"(?<![\w.])4o(?![a-z])"), "40"),
    (re.compile(r"(?<=\d\.)o(?![a-z])"), "0"),
    (re.compile(r"(?<=\d\d)o(?![a-z])"), "°"),
)
# As on a cheque: 叁拾捌度五. By themselves they are other words, 收拾 or 队伍.
_CHEQUE_DIGITS = re.compile("[零壹贰貳叁參肆伍陆陸柒捌玖拾佰]{2,}")
_PLAIN_DIGITS = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰", "一二二三三四五六六七八九十百")
_LETTERS_BY_DIGITS = re.compile(r"o(?<=[\d.].)|0(?<=l0)")
# Vietnamese "khoẻ" is "khỏe", "thuý" is "thúy": two schools write the tone over the other vowel of an open syllable.
_TONE_AT_END = re.compile(r"(o(?=[ae])|u(?=y))([aey])([\u0300\u0301\u0303\u0309\u0323])(?!\w)")
_HYPHEN = re.compile(r"(?<=[a-z\u0900-\u097f])-(?=[a-z\u0900-\u097f])")
# The characters of the ten languages: nearly all of them fold to one, so that every place in a text stays what it was.
_USUAL = (
    (0x0000, 0x024F), (0x0400, 0x052F), (0x0600, 0x06FF), (0x0900, 0x097F), (0x1E00, 0x1EFF), (0x2010, 0x206F), (0x3000, 0x303F),
    (0xFF01, 0xFF5E), (0x1F300, 0x1F9FF),
)  # fmt: skip


@dataclass(slots=True)
class Normalised:
    """A folded text; `origins[i]` is where character i of it stands in the original."""

    original: str
    text: str
    origins: Sequence[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to before `end` stand in the original."""
        return self.origins[start], self.origins[end - 1] + 1


@lru_cache(maxsize=20_000)
def _fold(char: str) -> str:
    spelling = _SPELLINGS.get(char)
    if spelling is not None:
        return spelling
    category = unicodedata.category(char)
    if category[0] == "Z" or category == "Cc":
        return " "
    if category in {"Cf", "Cs", "Co", "Cn"} or _is_dropped_mark(char):
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", char).lower()
    return "".join(_SPELLINGS.get(part, part) for part in parts if not _is_dropped_mark(part))


def with_marks(written: str) -> str:
    """A word in lower case with the marks that it was typed with, for languages in which they tell words apart."""
    return unicodedata.normalize("NFC", _TONE_AT_END.sub(r"\1\3\2", unicodedata.normalize("NFD", written.lower())))


def is_traditional(char: str) -> bool:
    """Whether a character is a traditional Chinese one that simplified writing does not have."""
    return char in _TRADITIONAL_ONLY


def is_simplified(char: str) -> bool:
    """Whether a character is a simplified Chinese one that traditional writing does not have."""
    return char in _SIMPLIFIED_ONLY


def _is_dropped_mark(char: str) -> bool:
    """Accents, Arabic vowel marks and emoji selectors go; the vowel signs of Indian scripts stay."""
    return "\u0300" <= char <= "\u036f" or "\u064b" <= char <= "\u065f" or char == "\u0670" or "\ufe00" <= char <= "\ufe0f"


def normalise(text: str) -> Normalised:
    """Fold `text`, whatever it holds; lone surrogates and invisible characters vanish, control characters become spaces."""
    return shorten(fold(text))


def fold(text: str) -> Normalised:
    """`text` folded, but for letters that somebody held down; "can't" is cant."""
    folded: str
    origins: Sequence[int] = range(len(text))
    if text.isascii() and text.isprintable() and "`" not in text:
        folded = text.lower()
    elif _EVEN.fullmatch(text):
        folded = text.translate(_FOLDED)
    else:
        folded, origins = _fold_each(text)
    if "'" in folded:
        folded, origins = _drop(_APOSTROPHE, folded, origins)
    if _LETTERS_BY_DIGITS.search(folded):
        for pattern, instead in _LETTER_DIGITS:
            folded = pattern.sub(instead, folded)
    if "拾" in folded:
        folded = _CHEQUE_DIGITS.sub(lambda match: match[0].translate(_PLAIN_DIGITS), folded)
    if "-" in folded:
        folded = _HYPHEN.sub(" ", folded)
    return Normalised(text, folded, origins)


def _fold_each(text: str) -> tuple[str, Sequence[int]]:
    pieces = [*map(_fold, text)]
    return "".join(pieces), [position for position, piece in enumerate(pieces) for _ in piece]


def has_held_down(word: str) -> bool:
    """Whether a letter of the word is there three times or more in a row."""
    return _HELD_DOWN.search(word) is not None


def shorten(folded: Normalised) -> Normalised:
    """Each letter that was held down written once: "helppp" is help."""
    if not has_held_down(folded.text):
        return folded
    return Normalised(folded.original, *_drop(_HELD_DOWN, folded.text, folded.origins))


def _drop(needless: re.Pattern[str], text: str, origins: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Drop what each match of `needless` has after its first group."""
    pieces: list[str] = []
    places: list[int] = []
    start = 0
    for match in needless.finditer(text):
        end = match.end(1)
        pieces.append(text[start:end])
        places.extend(origins[start:end])
        start = match.end()
    pieces.append(text[start:])
    places.extend(origins[start:])
    return "".join(pieces), places


_FOLDED = {code: folded for first, last in _USUAL for code in range(first, last + 1) if len(folded := _fold(chr(code))) == 1} | {
    ord(char): folded for char, folded in _SPELLINGS.items() if len(folded) == 1
}
_EVEN = re.compile(f"[{re.escape(''.join(map(chr, _FOLDED)))}\u4e00-\u9fff]*")
