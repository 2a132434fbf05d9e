"""What a text on a participant's phone must not tell whoever else reads it, by language: a diagnosis, a treatment, a drug or a study."""

import re

# Drugs and the like are written with Latin letters in any language.
IN_LATIN_LETTERS = r"\w+platin\w*|irinot\w+|fluorouracil\w*|capecitabin\w*|[a-z]+mabe?\b|\b(5-?fu|folfox|folfiri|rfa|nct\d*)\b"

TELLTALES = {
    "en": r"\b(cancer|tumou?r|metasta\w*|liver|hepat\w*|bowel|colon|colorectal|oncolog\w*|ablat\w*|radiofrequency|chemo\w*|systemic|"
    r"therapy|infusion|cycle|trial|study|research)\b",
    "zh_Hans": r"癌|瘤|转移|肝|肠|消融|射频|化疗|靶向|放疗|疗程|铂|伊立替康|氟尿嘧啶|卡培他滨|单抗|肿|试验|实验|研究|临床|受试",
    "zh_Hant": r"癌|瘤|轉移|肝|腸|消融|射頻|電燒|化療|標靶|靶向|放療|電療|療程|鉑|"
    r"伊立替康|氟尿嘧啶|截瘤達|卡培他濱|單抗|腫|試驗|實驗|研究|臨床|受試",
    "es": r"\b(c[aá]ncer\w*|tumor\w*|met[aá]sta\w*|h[ií]gado|hep[aá]tic\w*|intestin\w*|colon|colorrectal\w*|oncol[oó]g\w*|ablaci\w*|"
    r"radiofrecuencia|quimio\w*|sist[eé]mic\w*|terapia|infusi[oó]n|ciclos?|ensayos?|estudios?|investigaci\w*)\b",
    "fr": r"\b(cancers?|canc[eé]r\w*|tumeurs?|tumoral\w*|m[eé]tasta\w*|foie|h[eé]pati\w*|intestin\w*|c[oô]lon|colorectal\w*|oncolog\w*|"
    r"ablation|radiofr[eé]quence|chimio\w*|syst[eé]mique|th[eé]rapie|perfusion|cure|cycles?|essais?|[eé]tudes?|recherche)\b",
    "pt": r"\b(c[aâ]ncer\w*|cancro\w*|tumor\w*|met[aá]sta\w*|f[ií]gado|hep[aá]tic\w*|intestin\w*|c[oó]lon|colorret\w*|colorrectal\w*|"
    r"oncol[oó]g\w*|abla[cç]\w*|radiofrequ[eê]ncia|quimio\w*|sist[eê]mic\w*|terapia|infus\w*|ciclos?|ensaios?|estudos?|pesquisas?|"
    r"investiga[cç]\w*)\b",
    "ru": r"\bрак(а|у|ом|е|овы\w*)?\b|онколог|опухол|новообразован|метаста|печен|кишеч|кишк|колоректал|абляц|радиочастот|хими(я|и|ю|ей)\b|"
    r"химиотерап|терапи|системн|инфузи|капельниц|\bцикл|исследован|испытан|оксалиплатин|иринотекан|фторурацил|капецитабин|маб\b",
    "ar": r"سرطان|(?<!ت)ورم|أورام|نقائل|انتشار|كبد|أمعاء|قولون|القولون|مستقيم|استئصال|تردد|الكي|كيميائي|كيماوي|إشعاع|جهازي|تسريب|دورة علاج|"
    r"تجربة|دراسة|بحث|سريري|بلاتين|إرينوتيكان|فلورويوراسيل|كابسيتابين|سيزوماب|توكسيماب",
    "hi": r"कैंसर|कैन्सर|कर्क|ट्यूमर|रसौली|मेटास्ट|लिवर|लीवर|यकृत|जिगर|आंत|आँत|कोलन|मलाशय|एब्लेशन|रेडियोफ्री|कीमो|थेरेपी|थैरेपी|इन्फ्यूजन|चक्र|"
    r"ट्रायल|अध्ययन|शोध|रिसर्च|स्टडी|क्लिनिकल|नैदानिक|प्लैटिन|प्लाटिन|इरिनोटेकन|फ्लूरोयूरासिल|कैपेसिटाबिन|मैब(?!\w)",
    "vi": r"\b(ung thư|khối u|bướu|di căn|gan|ruột|đại tràng|trực tràng|ung bướu|đốt sóng|sóng cao tần|hóa trị|hoá trị|hóa chất|hoá chất|"
    r"xạ trị|toàn thân|liệu pháp|truyền thuốc|chu kỳ|đợt điều trị|thử nghiệm|nghiên cứu|lâm sàng)\b",
}


def told_by(text: str, language: str) -> str | None:
    """The first word that gives something away; None where none does. Raises KeyError for a language whose words nobody wrote."""
    found = re.search(f"{TELLTALES[language]}|{IN_LATIN_LETTERS}", text, re.IGNORECASE)
    return found[0] if found else None
