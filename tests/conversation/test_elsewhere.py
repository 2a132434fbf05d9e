"""Whose illness a text tells of, and when it was: others and the past alarm nobody, and whoever may be the participant does."""

import pytest

from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.escalation_rules import KnownSoFar, decide
from followup_service.protocol.load_study import load_study
from followup_service.protocol.rule_definitions import Level

ANOTHERS = [
    ("en", "my husband has a fever, I am ok"), ("en", "grandson has a cold and a temperature so he's staying away from me"),
    ("es", "mi nieto tiene fiebre de 39 pero esta en su casa, yo ni lo he visto"), ("fr", "ma petite fille a 39, moi tout va bien"),
    ("pt", "meu neto ta com febre de 38,5, ta na casa da mae, eu to longe"), ("ru", "у внука 39, сидит дома с мамой, у меня все хорошо"),
    ("ar", "حفيدي عنده سخونة وهو عند امه وانا كويس"), ("hi", "pote ko 102 bukhar hai wo apni nani ke ghar hai, main theek hu"),
    ("en", "my husband has a fever 39, I'm the patient and I'm fine"), ("ru", "у мужа 39, я здорова, он не ваш пациент"),
    ("es", "mi hermana tiene 39 de fiebre, yo 36,4 tan campante"), ("pt", "Eu 36,8. Quem está a arder com 39 é a vizinha"),
    ("ru", "у меня 36,7 а у мужа 38,4 он с работы грипп принёс"),
    ("zh_Hant", "太太感冒燒到38.8在房間,我自己量36.6,睡客廳"),
    ("zh_Hans", "我孙子感冒发烧38度5，送回他妈那儿了，我没事"), ("zh_Hant", "個孫發燒39度 佢阿媽帶咗佢睇醫生 我就好好哋"),
]  # fmt: skip
LONG_AGO = [
    ("en", "had jaundice as a child"), ("pt", "tive sarampo com 40 de febre em 1961"), ("ru", "в детстве переболел желтухой"),
    ("hi", "bachpan me typhoid hua tha 104 tak gaya tha"), ("vi", "hồi nhỏ tui sốt rét 41 độ"), ("zh_Hans", "小时候得过黄疸"),
    ("vi", "cách đây 30 năm tôi bị động kinh, giờ khỏe"), ("hi", "पैदा होने पर पीलिया हुआ था"),
    ("hi", "पिछले साल बेहोश हो गया था अब ठीक हूं"),
]  # fmt: skip
OURS_AND_NOW = [
    ("ar", "جاتني جلطة وانا طفل، ودلوقتي رجع تاني"), ("ar", "صاحبي وقع، عيوني صفرا"), ("ar", "جارنا حرارته 39 وراني سخون 39"),
    ("ar", "المغني دخلوه العناية وانا حرارتي ٣٩"), ("ar", "ابوي اخذوه بالاسعاف"), ("ar", "وزني 38 كيلو، انا عندي 39"),
    ("ru", "желтуха была в 1998 году, теперь снова то же самое"),
    ("ru", "сосед заболел, температура 39"), ("ru", "у соседки инсульт, а у меня 39"), ("ru", "поливала цветы и упала в обморок"),
    ("ru", "картошка по 38, температура 38,7"), ("ru", "38 кг вешу, у меня 39"), ("ru", "отца в больницу положили"),
    ("en", "threw up blood at 2010"), ("en", "he thinks its 1998 and talks nonsense"),
    ("en", "my brother had a stroke last year, now its worse"),
    ("vi", "má cứ kể chuyện hồi nhỏ tưởng em là em gái má"), ("zh_Hans", "护士说压着，血止不住怎么办"),
    ("en", "my neighbour drove me in with chest pain tonight, I'm fine"), ("es", "a mi me da fiebre de 39"),
    ("zh_Hans", "孩子他爸发烧39度"), ("zh_Hans", "楼下小便出血"), ("es", "la vecina llama: hijo mío tengo 39"),
    ("es", "el padre de mi hijo tiene 39"),
    ("en", "granddaughter measured 38.9"), ("en", "wife checked temp 38.9, I'm fine"), ("en", "my wife says 38.9, im fine"),
    ("en", "I've got 39.2, had jaundice in the army in 1974 but not since"),
    ("ru", "в 98-м желтухой переболел, с тех пор чисто, у меня 39,2"),
    ("en", "vomiting blood. years back I had kidney stones"),
    ("en", "This is John Smith, aged 61. I can't breathe"), ("en", "Joan, aged sixty, vomiting blood"),
    ("en", "The patient collapsed, I'm fine"), ("es", "el paciente se desmayó, yo estoy bien"), ("zh_Hans", "病人昏倒了，我没事"),
    ("zh_Hant", "病人38.7，我36.5"), ("en", "the patient has 39"), ("zh_Hans", "老师 发烧39度"),
    ("en", "Mum collapsed, I'm well, it's her on your trial"), ("es", "mi marido tiene 39, yo estoy bien, el paciente es él"),
    ("zh_Hans", "我没事，我爸吐血了，我是病人的女儿"), ("ru", "у мужа 39, я здорова, он ваш пациент"),
    ("en", "my wife says 38.9, I got 36.8 before"), ("zh_Hans", "老婆量了38.9，我自己量的36.8"),
    ("pt", "ela não sabe em que ano estamos nem quem eu sou, 36,6"), ("zh_Hans", "都量了,我老婆36.5,儿子36.8,就我39.6"),
    ("en", "my mother is 36.5, my father is 36.6 and I 39.1"),
    ("en", "wife got 38.9 on the thermometer, I'm fine"), ("es", "mi mujer me puso el termometro 38.9, yo estoy bien"),
    ("ru", "жена померила 38.9, у меня все нормально"), ("ru", "внук намерил мне температуру 39, я в порядке"),
    ("en", "my grandson has taken my temperature, 39, I'm fine"), ("zh_Hans", "老婆量了38.9，我没事"), ("zh_Hant", "老婆探到38.9，我冇事"),
    ("fr", "ma femme a pris la température 38,9, moi ça va"), ("pt", "minha mulher mediu 38,9, eu estou bem"),
    ("vi", "vợ đo 38.9, tôi không sao"), ("ar", "زوجتي قاست الحرارة ٣٨٫٩ وانا بخير"), ("hi", "patni ne bukhar napa 102, main theek hu"),
    ("en", "this is his granddaughter, he has 39.5 and is shaking"), ("en", "granddaughter here he has 39.5"), ("en", "dad has fever 39"),
    ("en", "my husband has a fever 39, I'm fine to drive him in"), ("en", "my grandson has a fever and so do I"),
    ("en", "grandson had a cold and now I have 38.9"), ("en", "jaundice as a child, now yellow again"),
    ("en", "had malaria in 1987, fever 39"), ("en", "when I was in the shower I collapsed"), ("es", "soy su nieto, el abuelo tiene 39"),
    ("es", "mi nieto con fiebre y ahora yo 39"), ("fr", "c'est son petit fils, papi a 39,2"),
    ("fr", "ma petite fille est malade et moi aussi 39"),
    ("pt", "sou o neto, o avô tem 39 de febre"), ("ru", "внук пишет: у деда 39"), ("ru", "у внука грипп и у меня тоже 38.5"),
    ("ar", "انا حفيده، جدي حرارته ٣٩"), ("hi", "main unka pota hu, dada ko 39 bukhar hai"), ("vi", "tôi là cháu nội, ông sốt 39 độ"),
    ("zh_Hans", "我是他孙子，爷爷发烧39度"), ("zh_Hant", "個孫發燒39度 我都燒到38度半"),
    ("hi", "पापा को 39 बुखार है, मैं सोया नहीं"), ("hi", "papa behosh ho gaye, main soya nahi"),
    ("vi", "em dau bung du doi"), ("vi", "con dau nguc"), ("vi", "em ho ra mau"), ("vi", "con tho kho"),
    ("vi", "em thì không thở được"), ("vi", "con chó cắn chảy máu không cầm"),
    ("hi", "ग्राहक आया था तभी चक्कर आया और गिर गया"), ("vi", "đọc báo thấy đau ngực dữ"),
    ("hi", "दोस्त की शादी में सीने में दर्द हुआ"), ("hi", "kutte jaisa haanf raha hu"), ("vi", "ở nhà bạn em ngất"),
    ("vi", "ba ngất, nhà bình an"), ("hi", "papa behosh ho gaye, idhar sab theek"),
    ("hi", "film dekhi uske baad behosh ho gaya"), ("hi", "बच्चों की मम्मी को 103 बुखार है"),
]  # fmt: skip

# Another time or another person, told with no word of the writer's own illness now.
ANOTHER_TIME_OR_PERSON = [
    ("ar", "اخو مرتي جاته جلطة، انا كويس"), ("ar", "المرحوم ابوي كان ضغطه ٢٠٠ اما انا دايما بخير"), ("ar", "انا بخير بس البواب رجع دم"),
    ("ar", "عديلي جاه كورونا وحرارته ٣٨.٩ وانا بخير"), ("ar", "ebn okhty oghma 3aleh embare7, ana kwayes"),
    ("ru", "у соседа 39"), ("ru", "у коллеги давление 200 на 110"), ("ru", "я здоров, а вот сосед кровью харкает"),
    ("ru", "племянница заболела, температура 39. Сама я здорова"), ("ru", "у золовки деменция, никого не узнаёт"),
    ("ru", "мужа сестры на скорой увезли"), ("ru", "муж мой покойный мучился давлением 200 на 110, а у меня все нормально"),
    ("ru", "у нас курица кашляет кровью"),
    ("en", "Back in 2009 I had a clot in the leg"), ("zh_Hans", "09年我腿上有过血栓"), ("hi", "2009 में मुझे थक्का हुआ था"),
    ("ru", "зимой 1985 рвало кровью"), ("zh_Hant", "隔壁王伯伯中風送醫了，聽說左半邊不能動，我這邊都還好"),
    ("es", "mi cuñado tuvo un infarto el año pasado"), ("ru", "у брата был инсульт в прошлом году"),
    ("ar", "قبل سنتين كان معي صفار وراح، الحين ما في شي"), ("zh_Hant", "十年前屙過黑屎 依家好返晒"), ("zh_Hans", "隔壁老王中风住院了"),
    ("en", "my neighbour had a heart attack tonight, I'm fine"), ("es", "A mi cuñada la internaron por una hemorragia. Yo estoy bien."),
    ("es", "el bebé del primo tiene fiebre de 39"), ("fr", "le gamin de ma collègue a 39 de fièvre"), ("zh_Hans", "村里老冯中风了"),
    ("pt", "a filha da minha amiga tá com 39 de febre"), ("zh_Hans", "同事家孩子发烧39度"), ("zh_Hant", "樓下劉師奶發燒39度"),
    ("ar", "بنتي حرارتها 39 من امبارح، انا كويسة"), ("vi", "cháu gái mang thai 38 tuần"),
    ("en", "Back in 2011 I had hepatitis and went bright yellow, this time nothing of the kind"),
    ("en", "Last spring chemo gave me a fever of 39 for three days. This time not a thing, touch wood"),
    ("ru", "у правнука в садике ветрянка и температура 39, мы к ним не ездим"), ("ru", "у внука температура 39, у меня всё хорошо"),
    ("en", "My grandson has a temperature of 39, I'm fine"), ("en", "My sister's little one has a fever so we've stayed clear of them"),
    ("en", "neighbour's husband had a stroke on Friday, poor woman. I'm grand"),
    ("en", "My grandson has a fever of 39.4, staying at his mum's"), ("en", "saw the gas bill and nearly had a heart attack"),
    ("en", "nearly passed out at the price of petrol lol"), ("en", "when I was expecting our Tom I had awful vomiting, nothing now"),
    ("en", "The postman fell over on the ice and broke his wrist"), ("en", "what do I do if I start bleeding one day? nothing now"),
    ("es", "En 2015 tuve neumonía con 40 de fiebre, ahora nada de eso"),
    ("es", "mi vecino tuvo un derrame el jueves, yo bien gracias a Dios"), ("es", "cuando estaba embarazada vomitaba sangre, ahora nada"),
    ("fr", "En 2012 j'ai eu une jaunisse, cette fois rien"), ("fr", "mon voisin a fait un AVC, moi ça va"),
    ("fr", "Raymond mon voisin a fait un AVC, moi ça va"), ("en", "My neighbour had a stroke, I am fine at 36.7"),
    ("pt", "Em 2014 tive dengue com 40 de febre, desta vez nada"), ("pt", "o vizinho teve um AVC, eu tô bem"),
    ("ru", "В 2016 году была желтуха, в этот раз всё чисто"), ("ru", "соседка упала в обморок в магазине, а я ничего, держусь"),
    ("ar", "سنة 2013 جاني صفار، المرة دي ولا حاجة"), ("ar", "جاري جاتله جلطة امبارح، وانا بخير الحمد لله"),
    ("ar", "كنت هيغمى عليا من سعر اللحمة"), ("hi", "2016 me dengue hua tha, 104 bukhar, is baar sab theek"),
    ("vi", "mẹ bạn em bị đột quỵ"), ("vi", "em họ ho ra máu, tôi khỏe"), ("vi", "cây mai bị vàng lá"),
    ("hi", "मेरे पति के दोस्त को लकवा मार गया"), ("hi", "समोसे वाले के बेटे को 103 बुखार है"),
    ("hi", "पड़ोसी को दिल का दौरा पड़ा, मैं ठीक हूँ"), ("hi", "bijli ka bill dekh ke dil ka daura padte padte bacha"),
    ("vi", "Năm 2015 tôi bị sốt xuất huyết 40 độ, lần này không sao"), ("vi", "ông hàng xóm bị đột quỵ hôm qua, tôi vẫn khỏe"),
    ("vi", "nhìn tiền điện muốn xỉu"), ("zh_Hans", "2015年得过黄疸，这次啥事没有"), ("zh_Hans", "看到电费账单差点晕过去"),
    ("zh_Hans", "楼下老王中风了，我好着呢"), ("zh_Hans", "怀孕那会儿吐得厉害，现在一点没有"), ("zh_Hant", "2014年生過黃疸，今次乜事都冇"),
    ("zh_Hant", "睇到電費單差啲暈低"), ("zh_Hant", "隔籬屋阿婆中風，我就冇事"),
    ("en", "my cousin had a stroke, we are praying for her"), ("es", "a mi cuñado le dio una embolia ayer, por eso no contesté"),
    ("fr", "ma collègue est tombée dans les pommes"), ("pt", "meu genro desmaiou no trabalho"), ("ru", "у коллеги инфаркт, мы в шоке"),
    ("vi", "đồng nghiệp bị đột quỵ, tôi đi thăm"), ("zh_Hans", "表哥中风了 我去看他"),
    ("hi", "bhatije ko 102 bukhar hai, usko dekhne gaye"),
    ("en", "my husband has 39.2, me 36.6"), ("fr", "le petit a 39,5, moi 36,8"), ("zh_Hans", "孙子烧到39度2，我自己36.5"),
    ("zh_Hans", "36.8,我邻居39.8"), ("zh_Hans", "我外甥烧到四十度,我三十六度七"),
    ("zh_Hans", "隔壁床的老王中风了"), ("zh_Hans", "我们单位老刘痛风发作,疼得嗷嗷叫"), ("zh_Hans", "我体温36.5。邻居38.9"),
    ("en", "two years ago I had jaundice"), ("ru", "Год назад падала в обморок"),
    ("es", "Tuve un infarto en 2011, hoy camino cinco kilómetros"),
    ("pt", "Na tropa, em 72, desmaiei na parada"), ("vi", "năm 79 tôi bị sốt rét"), ("zh_Hans", "当兵那阵子打摆子 现在好着呢"),
    ("en", "had a fever of 104 when I was six"), ("fr", "41 de fièvre à six ans"), ("vi", "lúc 5 tuổi em hay co giật"),
    ("zh_Hant", "十年前小中風 現在只剩拿筷子慢一點"), ("ru", "в 98м была желтуха"), ("es", "se desmayó la maestra en el acto"),
    ("pt", "minha vizinha de 80 anos teve um derrame ontem"), ("zh_Hans", "隔壁老李68岁 昨晚吐血送医院了"),
    ("fr", "c'est ma voisine qui a la gastro"), ("es", "mi vecina anda con dengue y 40 de fiebre, pobre"),
    ("es", "mi primo tuvo un infarto, vamos al velorio"), ("zh_Hans", "87年出血热高烧差点没命 现在啥也没有"),
    ("zh_Hant", "隔離屋85歲阿婆中風入咗院"), ("zh_Hant", "阿仔肚屙 我好地地"), ("ar", "اغمى علي ليلة عرسي قبل 40 سنه نضحك عليها للحين"),
    ("en", "at the market a woman fainted"), ("zh_Hant", "公司有個同事暈倒"), ("es", "al nene de mi hija le dio fiebre 39"),
    ("ar", "ابن اختي حرارته 40 مسكين"), ("hi", "पोते को 102 बुखार था"), ("zh_Hant", "個孫39度流感,我哋分開住"),
    ("fr", "ma soeur a le covid, 39,1, elle tousse. Moi 36,7"), ("ru", "у свекрови температура 39, а я то нормально"),
    ("en", "we slaughtered the goat, blood on the wall"), ("vi", "con mèo nhà em ói ra máu"), ("hi", "सन 71 में पीलिया हुआ था"),
    ("zh_Hans", "堂弟癫痫又犯了 他妈守着"), ("fr", "le bébé de ma fille a la diarrhée, il a 38,6"),
    ("es", "Yo tengo 36 con 3. El que tiene 38 es mi nieto"), ("pt", "quem se sentiu mal foi o vizinho"),
    ("es", "la que tiene calentura es la perra"), ("es", "a ver, el que se desmayó fue el novio, en plena boda"),
    ("vi", "em họ tôi bị đột quỵ"), ("vi", "anh đồng nghiệp của tôi bị nhồi máu cơ tim. tôi khỏe"),
    ("vi", "nghe nói ông sui ho ra máu, bệnh nhân vẫn khỏe"), ("vi", "ông sui phải đi cấp cứu"), ("vi", "bạn nhậu sốt cao 39,5"),
    ("vi", "bà hàng xóm huyết áp lên 200/110, tôi đây vẫn mạnh"), ("hi", "mai thik hu padosi ko lakwa maar gaya"),
    ("hi", "padosi ka bp 200/110 ho gaya"), ("hi", "सरपंच को 103 बुखार है"), ("hi", "mausi ki beti ko 103 bukhar hai, mera temp 98.4"),
    ("vi", "trên xe buýt có cô bé xỉu, mọi người quạt cho"),
]  # fmt: skip
OF_NO_ILLNESS = [
    ("en", "had blood drawn Tuesday"), ("en", "chest puffed out with pride"), ("en", "I don't wanna be in this study no more"),
    ("fr", "non aucune trace de sang dans les selles"), ("fr", "ils m'ont pris six tubes de sang"), ("fr", "les selles sont marron"),
    ("en", "what counts as a fever? 38 or 38.5?"), ("en", "is it still 38.5 that I need to call at?"), ("en", "is 38.5 the cut off?"),
    ("en", "just checking: fever is 38.5 and up?"), ("fr", "c'est à 38 ou 38,5 que je dois appeler?"),
    ("fr", "c'est quoi la fièvre, 38,5?"),
    ("fr", "à partir de 38,5 je vais aux urgences ou je vous appelle d'abord ?"), ("fr", "je m'inquiète à 38 ou seulement à 38,5?"),

    ("fr", "je reviens de l'hôpital, j'étais voir ma copine Josiane"), ("en", "at the hospital visiting my sister"),
    ("en", "our cat threw up on the carpet again"), ("en", "no bleeding, no fever, not a trace of yellow"),
    ("en", "neither fever nor chills nor bleeding"), ("en", "paid 38.90 for two coffees, daylight robbery prices"),
    ("es", "Casi me da un infarto al ver el precio del aceite"), ("es", "ni fiebre ni escalofríos ni sangrado"),
    ("fr", "j'ai failli avoir une crise cardiaque en voyant le prix du beurre"), ("fr", "ni fièvre ni frissons ni saignement"),
    ("pt", "quase tive um infarto com a conta de luz"), ("pt", "nem febre nem calafrio nem sangramento"),
    ("ru", "чуть инфаркт не хватил от цен в аптеке"), ("ru", "ни температуры ни озноба ни крови"), ("zh_Hans", "无发热无寒战无出血"),
    ("zh_Hant", "冇發燒冇打冷震冇流血"),
    ("vi", "món này ngon xỉu"), ("vi", "xem phim ngủ gục"), ("vi", "cơn sốt vàng"), ("vi", "giao thông tê liệt"),
    ("hi", "peele hath kar diye beti ke"), ("hi", "bhookh se jaan ja rahi thi"), ("hi", "पेड़ गिर गया"), ("hi", "101 बार जाप किया"),
]  # fmt: skip
OURS_BESIDE_OTHERS = [
    ("en", "last year I had fever and now again 39"), ("en", "my grandson had a cold and now I shiver"),
    ("en", "In 2019 I had the operation, now fever 39"), ("en", "in 2019 they took my bowel out, fever 39 since noon, but I am fine"),
    ("en", "last summer I was fine, this time 39.2"), ("en", "last year nothing, this time I vomited blood"),
    ("en", "this time worse, fever like last year"), ("en", "last autumn I had jaundice, this time yellow again"),
    ("en", "neighbour found me on the floor"), ("en", "my neighbour has called the ambulance, chest pain"),
    ("en", "my cousin is coming as bleeding wont stop"), ("en", "my dog had puppies and I have 39.4"),
    ("en", "nearly fainted in the shower, fine now haha"), ("en", "nearly fainted at the shop haha"),
    ("en", "fainted when I was paying the bill at the till"), ("en", "coughing blood haha, probably nothing"),
    ("en", "chest pain lol, getting old"), ("en", "the price is high. my chest hurts"), ("en", "I have a drop of blood in my stool"),
    ("en", "not just a drop of blood, bowl was red"), ("en", "not a drop of urine since morning"),
    ("en", "grandson has 39 and I'm the same"), ("en", "grandson has fever 39, I'm fine too hot 38.9 though"),
    ("en", "my friend has driven me to hospital, fever 39.1"), ("en", "before the operation I was fine, now 39"),
    ("en", "fever 39 since last summer's tablets ran out"), ("en", "I had fever 40 last night, fine now"),
    ("en", "2000 ml drunk, fever 39"), ("en", "walked 2010 steps and then collapsed"), ("en", "granddaughter 38.9"),
    ("en", "my granddaughter has the thermometer 38.9"), ("en", "neighbour says I look yellow"),
    ("en", "if one day I bleed I call you, but now I bleed a lot, what do I do?"),
    ("en", "my husband has fever 39, I gave him paracetamol ok?"), ("en", "the bill for the taxi to hospital, I collapsed"),
    ("es", "el año pasado tuve fiebre y ahora otra vez 39"), ("es", "mi nieto tuvo gripe y ahora tiemblo yo"),
    ("es", "casi me desmayo en la ducha"), ("es", "casi me desmayo al levantarme, jaja"), ("es", "el año pasado nada, esta vez 39"),
    ("es", "mi vecina me encontró en el suelo"), ("es", "si toso sangre por la noche qué hago"),
    ("fr", "l'an dernier j'avais de la fièvre et maintenant encore 39"),
    ("fr", "mon petit-fils avait un rhume et maintenant je grelotte"), ("fr", "j'ai failli m'évanouir sous la douche"),
    ("fr", "cette fois j'ai 39"), ("fr", "j'ai rien mangé, rien bu, 39"), ("pt", "ano passado tive febre e agora de novo 39"),
    ("pt", "meu neto esteve gripado e agora eu tremo de frio"), ("pt", "quase desmaiei no banho"), ("pt", "desta vez febre 39"),
    ("ru", "в прошлом году была температура, и сейчас опять 39"), ("ru", "внук болел, а теперь меня знобит"),
    ("ru", "чуть не упала в обморок в ванной"), ("ru", "прошлой осенью всё было хорошо, нынче 39"),
    ("ru", "внук болел а теперь у меня 39"), ("ru", "до операции всё хорошо было, после озноб"),
    ("ar", "السنة اللي فاتت جاتني سخونية ودلوقتي تاني 39"), ("ar", "حفيدي كان مزكوم ودلوقتي انا برجف"), ("ar", "المرة دي 39"),
    ("hi", "पिछले साल बुखार था और अब फिर 39"), ("hi", "pote ko zukaam tha ab mujhe kampkampi ho rahi hai"),
    ("hi", "is baar 102 bukhar hai"), ("vi", "năm ngoái tôi sốt và giờ lại 39"), ("vi", "cháu nội bị cảm, giờ tôi lạnh run"),
    ("vi", "muốn xỉu trong nhà tắm"), ("vi", "lần này sốt 39"), ("zh_Hans", "去年发过烧，现在又39度"),
    ("zh_Hans", "孙子感冒了，现在我打寒战"), ("zh_Hans", "差点晕倒在浴室"), ("zh_Hans", "去年没事，这次39度"),
    ("zh_Hans", "邻居发现我晕倒在楼道"), ("zh_Hans", "这次跟去年一样发烧"), ("zh_Hant", "舊年發過燒，而家又39度"),
    ("en", "operated two years ago fever 39"),
    ("fr", "le petit trou de l'aiguille suinte"), ("es", "me desmayé la vecina me levantó"),
    ("en", "I'm in hospital, my wife is visiting me"),
    ("en", "neighbour called, my wife has fever 39"), ("zh_Hans", "邻居扶我起来 我晕倒了"),
    ("es", "se me hincha la pierna, la vecina lo vio"),
    ("en", "feels like a cow is sat on my breastbone"), ("es", "siento un burro sentado en el pecho"), ("en", "granddaughter 38.9 fever"),
    ("en", "we slaughtered the goat, I cut my hand and it won't stop bleeding"), ("en", "wife says 39, I am fine to drive her"),
    ("en", "black pudding for tea and now blood in the toilet"), ("en", "Joan Smith 1951 chest pain"),
    ("en", "Dad, who was born in 1956, collapsed"), ("ru", "Отец 1956 гр рухнул в коридоре"), ("zh_Hans", "患者1950年出生 吐血"),
    ("fr", "y'a 80 ans et il vomit du sang"), ("zh_Hans", "同事把我送急诊 胸口疼"),
    ("en", "back from a funeral, chest pain"), ("es", "vengo del velorio y me duele el pecho"), ("zh_Hans", "杀鱼割了手 血止不住"),
    ("en", "I was visiting my mum and was taken to hospital myself"), ("en", "when I was six hours after the scan I fainted"),
    ("es", "soy la vecina de don Luis, se desmayó"),
    ("ru", "пишет соседка, Мария Ивановна упала в обморок"), ("vi", "em là hàng xóm của bác Ba, bác ngất xỉu"),
    ("en", "a colleague had covid last week and now I have 39.2"), ("hi", "do saal pehle operation hua, aaj khoon ki ulti"),
    ("en", "cousin has flu, he brought it here, fever 39 now"), ("es", "me operaron hace 3 años tengo fiebre 39"),
    ("en", "chest pain worse than when I had the twins"),
    ("en", "my cousin noticed yellow eyes"), ("en", "colleague says black stool"), ("en", "my friend vomits blood, he is in your study"),
    ("ru", "коллега вызвала скорую, кровь из носа льет"), ("pt", "minha nora viu sangue nas fezes"), ("zh_Hans", "同事说我眼睛黄"),
    ("en", "I am 60, fever 39 at 5"), ("fr", "39 à 6 heures"), ("en", "two years ago I had fever, now again 39"),
    ("zh_Hans", "我没有尿一天了"), ("zh_Hans", "我外甥烧到四十度,我三十五度一"), ("zh_Hans", "昨天发烧 今天没有了"),
    ("en", "husband has 39.2, me 38.6"), ("hi", "main theek nahi hu, 39"),
    ("zh_Hant", "個孫感冒，而家我打冷震"), ("zh_Hant", "差啲暈低喺浴室"),
    ("zh_Hant", "今次39度"), ("zh_Hant", "隔籬見到我暈低"),
    ("es", "el que tiene 39 es mi nieto y yo también"), ("es", "el que tiene 39 es mi marido"),
    ("pt", "quem tá com 38 e o netinho está bem"), ("es", "los que tienen fiebre son mi nieto y yo"),
    ("pt", "na praia tive 39"), ("es", "en la playa tengo 39"),
    ("es", "el que me vio desmayarme fue mi vecino"), ("es", "mi compañero de piso está en tratamiento y tiene 40,2"),
    ("vi", "anh họ tôi thì khỏe, má tui sốt 39"), ("vi", "anh đồng nghiệp của tôi khỏe rồi, mẹ tôi ho ra máu"),
    ("vi", "sốt 39 như lúc 10 tuổi"), ("hi", "103 bukhar hai bachpan me jaisa"),
    ("hi", "jab mai 10 saal ka tha waisa 103 bukhar hai"), ("hi", "बेहोश हो गया 1998 में जैसा"),
    ("hi", "mai thik hu papa ko 103 bukhar hai"), ("hi", "padosi theek hai, hamko 102 hai"), ("hi", "padosi ne bp napa 200/110"),
    ("vi", "ông xã em đang thở máy"), ("hi", "papa ko ventilator pe rakha hai"), ("vi", "tôi nôn suốt đêm"),
    ("vi", "em cung xiu"), ("vi", "ong tho khong noi"), ("vi", "ba di cau ra mau"), ("vi", "bac ho ra mau"), ("vi", "ba di nam vien"),
    ("vi", "ba hang xom noi toi bi lu lan"), ("vi", "mấy con heo con khỏe, chồng tôi xỉu"), ("vi", "mẹ đang thở máy"),
    ("hi", "kisi ne dhakka diya gir pada khoon beh raha hai"), ("hi", "haath peele ho gaye hain aankhe bhi peeli"),
    ("vi", "chị ho ra máu"), ("vi", "ong noi nham"), ("vi", "chi vang mat"), ("vi", "ông nằm một chỗ không biết gì"),
    ("vi", "Bữa nay ngoại sao sao á. Con thấy lạ lắm"),
]  # fmt: skip

ONLY_ASKED = [
    ("vi", "lỡ Tết mà em sốt thì gọi ai ạ? giờ em chưa sốt"), ("zh_Hans", "发烧超过多少要打你们电话"),
    ("en", "fever above how much do I call?"),
    ("es", "fiebre a partir de cuánto llamo?"), ("pt", "se passar de 38 vou direto pro pronto socorro ou ligo antes?"),
    ("ru", "жара не было, озноба тоже, рвоты нет"),
    ("hi", "bukhar 100 ko maane ki 101 ko"), ("hi", "101 se upar ho tabhi message karu?"), ("vi", "38 hay 38,5 mới tính là sốt"),
]  # fmt: skip
ASKED_BY_WHO_HAS_IT = [
    ("en", "from what temperature do I call? 39.2"), ("fr", "à partir de combien j'appelle? 39,2"),
    ("en", "had blood drawn and the arm is bleeding"), ("en", "in the hospital car park, chest pain"),
    ("fr", "aucune trace de sang dans les selles mais 39"), ("fr", "ventre plat mais selles noires"),
    ("en", "is 38.6 a fever?"), ("en", "what counts as a fever, mine is 38.7 now"), ("en", "38.5 do I call?"),
    ("en", "fever what's the number to ring?"),
    ("fr", "à partir de combien j'appelle, j'ai 39"), ("fr", "38,7 je vous appelle?"), ("fr", "j'ai 38,5 et plus, j'appelle?"),
    ("en", "my fever is over 39, how much is too much?"), ("en", "now I have a fever, above how much do I call?"),
    ("zh_Hans", "我发烧了，超过多少要打电话"), ("en", "I am in hospital, what if it rises?"), ("ru", "озноб тоже, рвоты нет"),
    ("en", "39 or 40, do I call?"), ("es", "39 o 40, ¿tengo que llamar?"), ("fr", "39 ou 40, j'appelle ?"),
    ("zh_Hans", "38度5还是39度，要打电话吗？"),
    ("hi", "101 ya 102 hai, phone karu?"), ("hi", "papa ko 101 ya 102 hai phone karu"), ("vi", "39 hay 40 gì đó, phải gọi không"),
]  # fmt: skip


BESIDE_WHO_IS_WELL = [
    ("en", "I'm fine but my neighbour had a stroke"), ("en", "I am fine myself my neighbour has swollen legs"),
    ("en", "my wife's mother collapsed. I'm fine"), ("en", "I'm ok, but my sons teacher vomited blood"),
    ("en", "our Kevin's wife had a stroke. I'm fine"), ("en", "my cousin had a stroke my temp is 36.7"),
    ("fr", "moi je vais bien mais mon voisin a fait un AVC"), ("fr", "la mère de ma femme a fait un AVC. moi ça va"),
    ("en", "the shed roof collapsed in the storm"), ("en", "next door's dog can't breathe"), ("fr", "ma voiture est à 40 degrés"),
    ("fr", "moi 36,6. mes rideaux ont jauni"),
    ("fr", "la maîtresse de mon petit-fils a 39 de fièvre"), ("fr", "ma voisine du dessus a été emmenée par le SAMU. je vais bien"),
]  # fmt: skip
NOT_THEIRS_ALONE = [
    ("en", "in 2019 it was 39, this time it's 39.4"), ("en", "dreamt of my late father and I can't stop shaking"),
    ("en", "my cousin had a stroke my temp is 38.9"), ("en", "John's wife: he has 39.2"),
    ("en", "I'm fine but my chest hurts"), ("fr", "c'est ma femme que vous avez opérée, elle est jaune et confuse. moi je vais bien"),
    ("fr", "rêvé de mon père et mes selles sont noires"),
    ("en", "on sofa passed out"), ("en", "the ladder fell bleeding badly"), ("en", "the sofa is soaked in blood"),
    ("en", "car crash bleeding"),
    ("en", "the plants have gone yellow, my eyes too"), ("fr", "le mur est jaune et mes yeux aussi"),
    ("fr", "le voisin a fait un AVC et mes selles sont noires"),
    ("fr", "en 2019 c'était 39, cette fois c'est 39,4"),
]  # fmt: skip


def _level(text: str, language: str) -> Level | None:
    decision = decide(read_reply(text, language).findings, KnownSoFar(), load_study("NCT06609434").rules)
    return decision.level if decision is not None else None


@pytest.mark.parametrize(("language", "text"), ANOTHERS + LONG_AGO + ANOTHER_TIME_OR_PERSON + BESIDE_WHO_IS_WELL)
def test_what_is_not_the_participants_now_goes_to_a_person_and_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) is Level.REVIEW


@pytest.mark.parametrize(("language", "text"), OURS_AND_NOW + OURS_BESIDE_OTHERS + NOT_THEIRS_ALONE)
def test_what_may_be_the_participants_now_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


@pytest.mark.parametrize(("language", "text"), ONLY_ASKED + OF_NO_ILLNESS)
def test_what_is_only_asked_or_denied_alarms_nobody(language: str, text: str) -> None:
    assert _level(text, language) in (Level.REVIEW, None)


@pytest.mark.parametrize(("language", "text"), ASKED_BY_WHO_HAS_IT)
def test_who_asks_and_has_it_alarms(language: str, text: str) -> None:
    assert _level(text, language) in (Level.EMERGENCY, Level.URGENT)


def test_the_explanation_says_whose_it_is() -> None:
    reading = read_reply("my grandson has a fever of 39, I am fine", "en")
    assert [mention.negated_by for mention in reading.mentions if mention.code == "FEVER"] == ["somebody else's, not the participant's"]
    assert [candidate.dropped for candidate in reading.candidates] == ["somebody else's, not the participant's"]
