"""The lists of plain words that a rule looks for beside a symptom or a number, of all languages together.

They are understood in a text of any language, make no mark in it and hide no term: the rule that asks for them says where they must stand.
"""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Words and phrases as those of a text are spelt: without accents but in Vietnamese, Chinese in simplified characters.

    Each lexicon writes those of its language under the names of these fields, in [plain_words].
    """

    # How long a nose bled.
    minutes: frozenset[str]
    hours: frozenset[str]
    # Hours that need no "half" or "one" before them, what stands before others, and Chinese ones, looked for anywhere.
    hours_by_themselves: frozenset[str]
    spans: frozenset[str]
    long_within: frozenset[str]
    ago: frozenset[str]
    comes_again: frozenset[str]
    and_not: frozenset[str]
    # Beginnings of words.
    gums: frozenset[str]
    brushing: frozenset[str]

    # "Going to hospital for a scan": with which the way there begins.
    going: frozenset[str]

    # How often; behind a "once" the last say "once an hour" and "once more".
    once: frozenset[str]
    more_than_once: frozenset[str]
    every_so_often: frozenset[str]

    # "Never such a headache" is one of today.
    never: frozenset[str]
    such: frozenset[str]

    # "No fever, sem dor": what people say in English beside their own language.
    in_english: frozenset[str]
    # What denies, and what tells that it does not.
    without: frozenset[str]
    # Denies where it comes twice: "ना बुखार ना दर्द".
    neither: frozenset[str]
    # "Pas vomi de sang ni craché".
    nor: frozenset[str]
    # Verbs that say no of themselves and deny nothing that stands behind them.
    can_not: frozenset[str]
    that_is: frozenset[str]
    yesterday: frozenset[str]
    there_is: frozenset[str]
    there_is_some: frozenset[str]
    # 又吐 is sick again, 好暈 very dizzy: of 又吐黑水 and 好暈左 only the first character stands before the alarm.
    before_alarm: frozenset[str]

    # "C'est mon voisin qui a la grippe", "all five grandchildren", "yesterday the neighbour".
    before_somebody: frozenset[str]
    # "Me contó mi hija que la vecina": who tells, and the "that" behind it; also in "la vecina, que se desmayó".
    tells: frozenset[str]
    that: frozenset[str]
    # "En el trabajo un compañero": where somebody is, and the "in" before it.
    whereabouts: frozenset[str]
    within: frozenset[str]
    mine: frozenset[str]
    # "Com o ventilador 38,9": who or what is with somebody has no fever.
    along_with: frozenset[str]
    # "Le petit" is a child only where something is said of him: "le petit trou".
    little: frozenset[str]
    # Behind somebody: "соседка моя", "con mèo nhà em".
    ours_behind: frozenset[str]
    he_or_she: frozenset[str]
    # "The patient collapsed, I'm fine": who takes part is nobody else, whoever writes.
    patients: frozenset[str]
    # 老婆怀孕 may be who takes part, 我妹怀孕 is not, nor 儿子放假: what only children do.
    wives: frozenset[str]
    at_school: frozenset[str]
    # 外孙女38度5，幼儿园不让去: what a child with a fever stays away from.
    kept_home: frozenset[str]
    # 跟同事吃饭晕倒了: with whom somebody was, for whom or to whom something was done, and whom one saw or heard of.
    company: frozenset[str]
    done_for: frozenset[str]
    sees: frozenset[str]
    # 我还三十九度: an "I", and what may stand behind it; and the one in "me desmayé".
    me: frozenset[str]
    oneself: frozenset[str]
    still: frozenset[str]
    # "No vomiting I'm bleeding": with which a symptom of one's own begins.
    i_am: frozenset[str]
    says: frozenset[str]
    # In the word of an illness these lead to nobody: 叫不醒, 又发烧.
    in_an_illness: frozenset[str]
    years_old: frozenset[str]
    again: frozenset[str]
    heard: frozenset[str]
    # "El recibo me dejó temblando": what a price does to one.
    left: frozenset[str]
    # "Internaron a mi primo", "desmaiou o vizinho": verbs of others with which a clause begins, before the one who has it.
    he_did: frozenset[str]
    # "El que … es", "quem … foi".
    whoever: frozenset[str]
    the_one: frozenset[str]
    was: frozenset[str]
    his_temperature: frozenset[str]
    # Behind whom something is given to: "पोते को 102 बुखार".
    to_behind: frozenset[str]

    animals: frozenset[str]
    # What somebody does to an animal, before its name; and behind it, or as its name, what says that it is done to it.
    done_to_animals: frozenset[str]
    animal_objects: frozenset[str]

    # "El hijo de la vecina": an "of", and what else may stand beside it.
    of: frozenset[str]
    the_or_my: frozenset[str]
    # "El paciente tiene 39, yo bien": who writes so is not the one who takes part.
    patient: frozenset[str]
    # 同事家孩子; "mẹ của bạn em", where nothing else parts them; "dost ki mummy", where who it is of stands first.
    of_joined: frozenset[str]
    of_alone: frozenset[str]
    of_behind: frozenset[str]
    children: frozenset[str]
    # 隔壁的老王: behind where somebody lives; before a surname; and those that nearly everybody has, for 小便 after 楼下 is no neighbour.
    of_a_place: frozenset[str]
    familiar: frozenset[str]
    surnames: frozenset[str]

    # "In 2009" is a year; "at 2009" may be nine minutes past eight.
    in_a_year: frozenset[str]
    # Before two digits that are nothing but a year.
    year_before: frozenset[str]
    year_behind: frozenset[str]
    # "Joan Smith 1951, chest pain" names herself.
    of_a_year: frozenset[str]
    # Beside a year that says how old somebody is.
    born: frozenset[str]
    when: frozenset[str]
    # Vietnamese "2 ngày trước" is two days ago, "ngày trước" alone long ago.
    days: frozenset[str]
    # "Fever as in 2019" is one of today, and so is a pain worse than in childbirth.
    likened: frozenset[str]
    # "Since 2023 my chest hurts" is now; 2023年以来 says so behind the year.
    since: frozenset[str]
    since_behind: frozenset[str]
    year_since: frozenset[str]

    # "Ghar par sab theek" is said of those who are not ill.
    house: frozenset[str]
    # "I'm grand at 36.7".
    at: frozenset[str]

    # Who looks like a lemon is yellow.
    looking_like: frozenset[str]

    # "38 sobre 40" is a mark.
    out_of: frozenset[str]

    # "190 over 110".
    over: frozenset[str]
    # A hundred only before another number: Arabic "مية" is also water, "por cento" per cent.
    hundred_before: frozenset[str]

    # Which day of the week or of the treatment.
    which_day: frozenset[str]
    # Arabic says "nor" with the same word, which therefore stands in no lexicon as a term for "or".
    or_between: frozenset[str]
    # 超过38.5才打电话: the word that makes what stands before it a condition; and what in 给你们 leads to nobody.
    only_then: frozenset[str]
    to_you: frozenset[str]
    # French "il fait 38,5" is somebody's fever where the weather has no tenths.
    he_has: frozenset[str]
    # 一百八, "trăm tám": what stands behind one of these counts its tens; French "quatre-vingt", "soixante-dix-neuf" count in scores.
    hundreds: frozenset[str]
    score: frozenset[str]
    # The article that counts in "treinta y ocho y una décima".
    one: frozenset[str]
    # What joins a temperature and its tenths in one of the languages, and is understood at the end of what is said in any.
    joins_tenths: frozenset[str]
    # "Ba năm" is three years, or a father who lies down, before it is 35.
    three_years: frozenset[str]


PLAIN_WORDS = frozenset(field.name for field in fields(PlainWords))
