"""Which texts alarm, which only want a person's eye, and which are quiet: symptoms, their denials and the traps in them."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.findings import Severity
from followup_service.protocol.load_study import load_study

EMERGENCIES = [
    "大便不是黄的是黑的",
    "白天又不认得我",
    "而家冇反應",
    "0 appetite, vomiting blood",
    "होश नहीं आया",
    "माँ को पेशाब नहीं आया सुबह से",
    "крови много, температуры нет",
    "temp 39.2 room is cold",
    "my temperature is 39 room is cold",
    "体温39外面下雨",
    "39.2 bus is late",
    "39.2 as in 2019",
    "chest pain like in 2019",
    "temp 39.2 no paracetamol in the house",
    "吐血没好",
    "पेट में तेज दर्द नहीं जा रहा",
    "brought up brown gritty stuff",
    "went to get up and next thing i was on the carpet",
    "in agony, screaming with the pain",
    "从来没这么疼过，疼得受不了",
    "el peor dolor de mi vida",
    "does not make sense when he talks",
    "without paracetamol fever 39",
    "止不住血",
    "喘不上气",
    "止唔到血",
    "抖唔到氣",
    "無發燒但打冷震",
    "can't stop bleeding",
    "no longer short of breath",
    "no fever but shaking",
    "we have to stop the bleeding",
    "my tummy is hard and swollen",
    "shoulder is really hurting and short of breath",
    "my husband is confused and wont wake up",
    "black tarry poo this morning",
    "nosebleed wont stop",
    "worst headache of my life",
    "half my face is drooping",
    "want to end it all",
    "tummy pain 8/10",
    "belly: 9",
    "diarrhoea 8 times today",
    "no more bleeding",
    "no pain, fever 38.9",
    "i'm shaking with cold",
    "shivering all night under 3 blankets",
    "teeth chattering cant get warm",
    "没发烧，就是肚子疼得厉害",
    "肚子硬邦邦的",
    "大便像柏油一样黑",
    "我爸叫不醒",
    "说话不清楚，嘴歪了",
    "心慌胸闷",
    "浑身发抖",
    "脸肿得厉害",
    "今天拉了8次",
    "a little blood on the dressing",
    "i feel faint",
    "cant get to the loo without gasping",
    "was sick, red like ketchup",
    "throat is closing up",
    "havent peed since yesterday",
    "not been able to pee all day",
    "my breathing is really bad",
    "breathless just walking to the loo",
    "i collapsed in the bathroom",
    "can't see out of left eye",
    "had a fit",
    "spewing up blood",
    "spitting blood",
    "tummy is blown up like a balloon",
    "had diarrhoea and fever",
    "my mum seems muddled",
    "he has no pulse",
    "heart racing",
    "not bleeding any more",
    "haven't had chills since tuesday",
    "bleeding stopped",
    "I can't breathe properly when i lie down",
    "feels like someone sitting on my chest",
    "嗓子发紧，喉咙肿",
    "昨天晕倒了",
    "不想活了",
    "他说胡话",
    "尿是红的",
    "鼻血止不住",
    "头疼得像要炸开",
    "xiong kou teng de li hai",
    "wo bu xiang huo le",
    "吐了，红的",
    "一喝粥就全吐，也吐血了",
    "尿袋从昨晚到现在是空的",
    "肚子疼8分",
    "勿认得人了，瞎讲八讲",
    "腹肚疼甲佇塗跤輾",
    "đau bụng chịu nỏ nổi",
    "đi cầu chục bận rồi toàn nước",
    "túi nước tiểu khô queo từ hôm qua",
    "cháo cũng nôn ra hết, bà nói lảm nhảm",
    "mồm lệch, chân tê bại một bên",
    "bụng chang bang như có bầu",
    "co bao cho diem thi toi cho 8, dau ngay tren ron",
    "hu xi hen kun nan",
    "由琴晚到而家冇屙過尿",
    "đi tiêu chảy 9 lần từ sáng",
    "đầu ông đau như vỡ ra",
    "胸口像被人拿手攥住了",
    "端不住碗 说话像含着东西",
    "尿布一整天都是乾的",
    "nội nói chuyện với người đã mất",
]
URGENT = [
    "blister went black",
    "la ampolla se fue poniendo negra",
    "腿肿好了又肿",
    "inchaço na perna sumiu mas voltou",
    "leg swelling went worse",
    "big bruise and I'm yellow",
    "bruise on my belly, eyes yellow",
    "腿一直没消肿",
    "mollet gonflé, a dégonflé un peu",
    "bukhar nahi hai kya",
    "البورت تمام بس فيه ورم",
    "di ngoai 5 lan hom nay",
    "忽冷忽热",
    "STOP the pain is terrible",
    "i am not ok fever",
    "never had fever like this",
    "fever gone",
    "no, i have fever",
    "not sure if fever",
    "高烧不退",
    "不发烧了",
    "pain in my right shoulder",
    "been sick 5 times since lunch",
    "昨晚发烧没量",
    "вчера была температура не мерил",
    "my mouth is so sore i cant eat",
    "throwing up all night",
    "can't stop vomiting",
    "come out in a rash head to toe",
    "今天吐了五六回了",
    "рвет с утра, раза четыре",
    "eyes are going yellow",
    "wee is like coke",
    "my leg is swollen and red",
    "im pregnant",
    "can u call me",
    "HELP",
    "loose stools 5 times",
    "we are in A&E",
    "went to hospital by ambulance last night",
    "dad not well",
    "he doesn't look right",
    "右肩膀疼",
    "眼睛黄了",
    "小便像酱油",
    "发烧怎么办",
    "能不能打电话给我",
    "吃了退烧药才退",
    "烧还没退",
    "低烧",
    "爸爸不舒服",
    "救命",
    "腿肿了",
    "my stools are very loose",
    "cannot keep water down",
    "wound is red with pus",
    "picc line site red and sore",
    "my arm is swollen where the picc is",
    "i have blisters on my thigh",
    "skin under the pad went black",
    "I'm hot and sweaty",
    "my temperature is up",
    "got a temperature",
    "fever went down to 37",
    "my poo is white",
    "feverish",
    "i am on fire",
    "肩膀有点酸",
    "电话打不通，请回电",
    "住院了",
    "还烧吗？不烧了",
    "体温有点高",
    "身上滚烫",
    "连白开水都反上来",
    "牛奶也存不住",
    "引流管从早上起没东西流出来",
    "肚子疼 五分吧",
    "管仔塞牢矣",
    "wo fa shao le",
    "nuoc dua vo la oi ra lien",
    "ống dẫn lưu không ra dịch",
    "cang chan bu chu vu",
    "đầu mút vai nhói",
    "yan jing fa huang",
    "shang kou hong le",
    "ngứa không ngủ được",
    "痒得整宿没睡",
    "幫浦一直叫",
    "回我个电话吧",
    "đi cầu 5 lần lỏng",
]
FOR_A_PERSON = [
    "不是很舒服",
    "what do i do if i get a fever?",
    "asdkjh qweoiu",
    "can i eat before the scan?",
    "im not feeling great",
    "如果发烧了怎么办",
    "可以洗澡吗",
    "乏力，没精神",
]
QUIET = [
    "0 vomiting 0 diarrhoea 0 fever",
    "didn't faint or anything like that",
    "बुखार नहीं आया",
    "ما كانش عندي سخانة",
    "肚子不疼了",
    "水泡早就瘪了",
    "腿消肿好久了",
    "синяк от укола на руке, жёлтенький уже, не болит",
    "bukhar 98.4",
    "खून वून कुछ नहीं निकला पट्टी सूखी है",
    "la cloque est guérie depuis longtemps",
    "खून वून कुछ नहीं",
    "dast nahi lage kabhi",
    "pair me sujan nahi hai sandal dheeli hai",
    "bukhar nahi hai 97.9F",
    "कँपकँपी नहीं हुई इस बार",
    "Convulsão nunca tive",
    "falta de ar não tenho não, subi a ladeira",
    "mắt trắng, da không vàng",
    "no he tenido sangrado ni me he desmayado ni cosa parecida",
    "ожогов под наклейками не осталось",
    "Рвоты не было, поносу тоже",
    "0 chest pain, breathing fine",
    "shoulder pain 0 tummy pain 0",
    "not a bit breathless on the stairs",
    "كتفي سليم",
    "رجليا مفيهمش ورم",
    "大便黄的 成形 没有血也不黑",
    "傷口乾了 結痂 沒紅沒腫",
    "36.7 晌午喝了两碗糊涂面",
    "心口唔痛 唔氣促 行3層樓梯都得",
    "انتظر الدكتور",
    "Поехали к дочери, всё хорошо",
    "throat a little scratchy, gargled with salt water",
    "fever no, pain yes",
    "no fever",
    "ill be late",
    "dun hv fever",
    "吃不下东西",
    "没有不舒服",
    "没事",
    "木有发烧",
    "冇發燒",
    "唔痛",
    "没有发烧咳嗽",
    "dying of laughter",
    "sick of waiting",
    "笑死了",
    "hot day",
    "all fine",
    "一切都好",
    "same as yesterday",
    "no fever no pain",
    "no fever, chills or pain",
    "no fever, chills, or pain",
    "no chest pain or shortness of breath",
    "no fever and no chills",
    "i dont have fever or chills",
    "dont have any chest pain",
    "belly not swollen",
    "nosebleed that stopped after 5 min",
    "ok thanks",
    "thank you nurse, see you tuesday",
    "dizzy and tired today",
    "tummy ache a bit",
    "slight tummy pain",
    "pain 2/10 in belly",
    "not short of breath at all",
    "no blood in my stool",
    "fever: no. chills: no. pain: 2",
    "fever? no. chills? no",
    "pain is better now",
    "pain gone",
    "not vomiting anymore",
    "没有发烧，没有寒战",
    "无发热、寒战、腹痛",
    "有点咳嗽",
    "谢谢医生",
    "肚子不疼",
    "肚子不怎么疼",
    "不疼不烧",
    "没有胸闷气短",
    "不喘",
    "no appetite",
    "not dizzy",
    "hand tingling",
    "fit and well",
    "no temp",
    "temp normal",
    "temperature fine",
    "no problems",
    "I cant come tuesday",
    "pls reschedule",
    "说中文",
    "I have no fever and my pain is gone",
    "feeling much better today thanks",
    "bit sore where the needle went",
    "no feverish feeling",
    "not had any fever or shivering",
    "chest fine, leg hurts",
    "bloody bus was late",
    "I passed out leaflets",
    "dizzy, vision went black",
    "no i'm fine",
    "no problem with breathing",
    "breathing ok",
    "cant complain",
    "不晕不吐",
    "胸口不疼",
    "没有大便出血",
    "晕，又要排队",
    "有一点点流鼻血，已经止住了",
    "没发热，不咳嗽",
    "大便黄的 都正常",
    "9点05分 肚子有点疼",
    "uống nước dừa ngon lắm, khỏe",
    "ngày đi cầu 1 lần, bình thường",
    "danh cau long vui lam, khoe",
    "也没尿频 也没尿急",
    "买了燒餅",
    "to chuc dam gio vui lam",
]
LEVELS = [
    *((text, "emergency") for text in EMERGENCIES),
    *((text, "urgent") for text in URGENT),
    *((text, "review") for text in FOR_A_PERSON),
    *((text, "none") for text in QUIET),
]


def level_of(text: str) -> str:
    decision = decide(read_reply(text, "en").findings, KnownSoFar(), load_study("NCT06609434").rules)
    return "none" if decision is None else decision.level.value


def _codes(text: str) -> set[str]:
    return {symptom.code for symptom in read_reply(text, "en").findings.symptoms}


@pytest.mark.parametrize(("text", "level"), LEVELS)
def test_a_text_raises_its_level_and_no_other(text: str, level: str) -> None:
    assert level_of(text) == level


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("38度5，右肩疼", {"SHOULDER_PAIN"}),
        ("fever no, pain yes", {"PAIN"}),
        ("throwing up blood", {"VOMITING_BLOOD"}),
        ("coughed up blood twice", {"COUGHING_BLOOD"}),
        ("無發燒但打冷震", {"RIGOR"}),
        ("no fever, pain in my belly", {"ABDOMINAL_PAIN"}),
        ("没发烧，肚子疼，眼睛黄", {"ABDOMINAL_PAIN", "JAUNDICE"}),
        ("shiverring and vomting", {"RIGOR", "VOMITING"}),
        ("I have 打寒战 since lunch", {"RIGOR"}),
        ("pain in chest and shoulder", {"CHEST_PAIN", "SHOULDER_PAIN"}),
    ],
)
def test_the_codes_are_those_the_participant_has(text: str, codes: set[str]) -> None:
    assert _codes(text) == codes


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("tummy pain", None),
        ("slight tummy pain", Severity.MILD),
        ("moderate tummy pain", Severity.MODERATE),
        ("unbearable tummy pain", Severity.SEVERE),
        ("tummy pain, 9/10", Severity.SEVERE),
        ("not much tummy pain", Severity.MILD),
        ("肚子疼得受不了", Severity.SEVERE),
        ("肚子有点疼", Severity.MILD),
    ],
)
def test_how_bad_it_is(text: str, severity: Severity | None) -> None:
    (symptom,) = read_reply(text, "en").findings.symptoms
    assert (symptom.code, symptom.severity) == ("ABDOMINAL_PAIN", severity)


@pytest.mark.parametrize("text", ["a small blister where the pad was", "a tiny black patch on the burn", "حرق صغير ع فخدي وفيه فقاعة مي"])
def test_a_small_burn_with_more_than_redness_is_not_mild(text: str) -> None:
    assert [(symptom.code, symptom.severity) for symptom in read_reply(text, "en").findings.symptoms] == [("BURN", None)]


@pytest.mark.parametrize(
    ("language", "text", "severity"),
    [
        ("ru", "живот болит на 8 из 10", Severity.SEVERE),
        ("ru", "живот болит, баллов 5", Severity.MODERATE),
        ("ar", "الم البطن ٩ من ١٠", Severity.SEVERE),
        ("hi", "pet dard 10 me se 9", Severity.SEVERE),
        ("hi", "पेट दर्द दस में से आठ", Severity.SEVERE),
        ("en", "belly pain 2 out of 10", Severity.MILD),
        ("en", "belly 5/10", Severity.MODERATE),
        ("fr", "ventre 8 sur 10, le doliprane ne fait rien", Severity.SEVERE),
        ("es", "del 1 al 10 le pongo un 8 al dolor de panza", Severity.SEVERE),
        ("pt", "9 em 10 a dor de barriga", Severity.SEVERE),
        ("ru", "живот болит 2 дня из 10", None),
    ],
)
def test_a_score_of_ten_says_how_bad_it_is(language: str, text: str, severity: Severity | None) -> None:
    (symptom,) = read_reply(text, language).findings.symptoms
    assert (symptom.code, symptom.severity) == ("ABDOMINAL_PAIN", severity)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "anything I drink comes straight back out"),
        ("en", "chucking up everything i drink"),
        ("fr", "même le thé remonte"),
        ("es", "todo lo que toma lo devuelve"),
        ("pt", "tudo o que bebo volta"),
        ("ru", "глоток чая и сразу обратно"),
        ("ru", "с утра бульон не удержала"),
        ("ar", "اي حاجة بشربها برجعها"),
        ("hi", "chammach bhar ORS bhi bahar aa jata"),
    ],
)
def test_a_drink_that_comes_back_is_not_kept_down(language: str, text: str) -> None:
    assert "NO_FLUIDS" in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("text", "count"), [("diarrhoea 8 times", 8), ("拉肚子七次", 7), ("6 loose stools since morning", 6), ("diarrhoea", None)]
)
def test_loose_stools_are_counted(text: str, count: int | None) -> None:
    (symptom,) = read_reply(text, "en").findings.symptoms
    assert (symptom.code, symptom.count) == ("DIARRHOEA", count)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "diarrhoea just once"), ("ru", "понос разок"), ("pt", "fiz cocô mole só uma vez hoje"), ("vi", "tiêu chảy 1 lần")],
)
def test_one_loose_stool_is_one(language: str, text: str) -> None:
    assert [(symptom.code, symptom.count) for symptom in read_reply(text, language).findings.symptoms] == [("DIARRHOEA", 1)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "to the toilet nine times today, only water"),
        ("es", "llevo once viajes al váter, todo líquido"),
        ("pt", "fui ao banheiro 9 vezes, só água"),
    ],
)
def test_visits_to_the_toilet_are_loose_stools_if_all_is_water(language: str, text: str) -> None:
    assert {symptom.code for symptom in read_reply(text, language).findings.symptoms} == {"DIARRHOEA"}


def test_what_is_absent_may_come_after_an_and() -> None:
    assert {symptom.code for symptom in read_reply("tired and no pee for 13 hours", "en").findings.symptoms} == {"TIREDNESS", "NO_URINE"}


@pytest.mark.parametrize(("text", "codes"), [("eyes the colour of saffron", {"JAUNDICE"}), ("curtains the colour of saffron", set())])
def test_what_looks_like_yellow_is_yellow_of_eyes_and_skin_alone(text: str, codes: set[str]) -> None:
    assert {symptom.code for symptom in read_reply(text, "en").findings.symptoms} == codes


def test_a_belly_that_is_fine_has_no_pain_by_a_score_of_something_else() -> None:
    assert {symptom.code for symptom in read_reply("nausea 5/10, belly fine", "en").findings.symptoms} == {"NAUSEA"}


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [("en", "been to the loo nine times since morning", 9), ("ar", "تسع مرات رحت الحمام من الفجر", 9), ("ru", "8 раз за день в туалет", 8),
     ("zh_Hant", "昨天到現在跑廁所十二次", 12)],
)  # fmt: skip
def test_many_visits_to_the_toilet_are_loose_stools(language: str, text: str, count: int) -> None:
    assert ("DIARRHOEA", count) in {(symptom.code, symptom.count) for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize("text", ["went to the loo twice last night", "to the toilet 6 times at night to pass urine"])
def test_a_few_visits_or_those_to_pass_water_are_none(text: str) -> None:
    assert "DIARRHOEA" not in {symptom.code for symptom in read_reply(text, "en").findings.symptoms}


def test_a_growing_pain_is_worse() -> None:
    (symptom,) = read_reply("belly pain getting worse", "en").findings.symptoms
    assert symptom.worse


@pytest.mark.parametrize(
    ("text", "words"), [("no fever", "no"), ("没有发烧", "没有"), ("fever: none", "none"), ("What if I get a fever?", "What if")]
)
def test_a_cleared_mention_says_which_words_cleared_it(text: str, words: str) -> None:
    mentions = [mention for mention in read_reply(text, "en").mentions if mention.code == "FEVER"]
    assert [mention.negated_by for mention in mentions] == [words]


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("zh_Hant", "個胸口痛到落埋去條手臂度", "CHEST_PAIN"),
        ("zh_Hant", "我唔係講笑,個胸口痛", "CHEST_PAIN"),
        ("ru", "вытошнило черными хлопьями", "VOMITING_BLOOD"),
        ("ru", "смотрю телевизор, в глазах двоится", "STROKE_SIGN"),
        ("pt", "comecei a ver tudo a dobrar, continua", "STROKE_SIGN"),
        ("zh_Hans", "我爹疼得抱着头嚎", "WORST_HEADACHE"),
        ("en", "Tell the kids i love them. im done with living", "SELF_HARM"),
        ("ar", "mabghitch n3ich, 3yit", "SELF_HARM"),
        ("ar", "النفس مش مكفيني، اقول كلمه وارتاح شويه", "BREATHLESSNESS"),
        ("en", "heart suddenly racing for no reason, going like a bird in there", "CHEST_PAIN"),
        ("ru", "сердце вдруг заколотилось как бешеное", "CHEST_PAIN"),
        ("ar", "alby bydo2 besor3a fag2a", "CHEST_PAIN"),
        ("zh_Hans", "家里老人不舒服", "UNWELL_BY_RELATIVE"),
        ("ar", "ana la oghma 3alay", "COLLAPSE"),
        ("es", "me retumba la cabeza", "HEADACHE"),
        ("en", "vision is blurry", "UNWELL"),
    ],
)
def test_more_of_peoples_words_for_what_is_wrong(language: str, text: str, code: str) -> None:
    assert code in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "This is her daughter, mum is very weak and eats nothing"),
        ("es", "soy su hija, mi mamá está muy débil y no come nada"),
        ("fr", "c'est sa fille, maman est très faible et ne mange rien"),
        ("pt", "sou a filha, minha mãe está muito fraca e não come nada"),
        ("ru", "это дочь Нины Петровны, мама очень слабая, ничего не ест"),
        ("ar", "انا بنته، ابوي ضعيف جدا وما ياكل شي"),
        ("hi", "मैं उनकी बेटी हूं, मां बहुत कमजोर है, कुछ नहीं खा रही"),
        ("vi", "em là con gái, mẹ yếu lắm, không ăn gì hết"),
        ("zh_Hans", "我是他女儿，我爸很虚弱，什么都不吃"),
        ("zh_Hant", "我係佢個女，媽咪今日好虛弱，乜都唔肯食"),
    ],
)
def test_whom_a_relative_calls_weak_is_unwell(language: str, text: str) -> None:
    assert "UNWELL_BY_RELATIVE" in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "belly not soft, hard and sore", "SWOLLEN_ABDOMEN"),
        ("fr", "le ventre n'est pas souple, il est dur et fait mal", "SWOLLEN_ABDOMEN"),
        ("ru", "живот не мягкий, твердый и болит", "SWOLLEN_ABDOMEN"),
        ("ar", "بطني مو طرية، قاسية وتوجع", "SWOLLEN_ABDOMEN"),
        ("zh_Hans", "肚子不软，硬的，疼", "SWOLLEN_ABDOMEN"),
        ("en", "never had pain like this", "UNBEARABLE_PAIN"),
    ],
)
def test_what_is_said_with_a_not_is_an_alarm_all_the_same(language: str, text: str, code: str) -> None:
    assert code in {symptom.code for symptom in read_reply(text, language).findings.symptoms}


@pytest.mark.parametrize(
    ("language", "text", "severity"),
    [
        ("en", "pain 9", Severity.SEVERE),
        ("es", "dolor 9", Severity.SEVERE),
        ("ru", "самая сильная боль 9", Severity.SEVERE),
        ("vi", "đau nhất là 9", Severity.SEVERE),
        ("zh_Hans", "疼9", Severity.SEVERE),
        ("en", "pain 9 days", None),
        ("en", "pain 2", None),
    ],
)
def test_a_bare_number_behind_a_pain_is_its_score_of_ten(language: str, text: str, severity: Severity | None) -> None:
    assert [symptom.severity for symptom in read_reply(text, language).findings.symptoms] == [severity]
