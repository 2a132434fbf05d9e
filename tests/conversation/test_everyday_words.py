"""Everyday words that page nobody: things that fall, animals, films, a nosebleed that stopped; and the alarms beside them."""

import pytest

from followup_service.cli.read_reply import summarise
from followup_service.conversation.read_reply import read_reply
from followup_service.protocol.load_study import load_study

NOTHING = [
    ("en", "tiny nosebleed, stopped in 3 minutes"), ("es", "me salió sangre de la nariz y paró rápido"),
    ("fr", "petit saignement de nez ce matin, arrêté en 2 minutes"), ("pt", "sangrou o nariz mas parou em 3 minutos"),
    ("ru", "пошла кровь из носа, но через пару минут остановилась"), ("ar", "رعاف خفيف ووقف بسرعة"),
    ("hi", "naak se khoon aaya par 3 minute mein ruk gaya"), ("hi", "नाक से थोड़ा खून आया, 2 मिनट में बंद हो गया"),
    ("vi", "chay mau mui 2 phut roi het"), ("zh_Hans", "流鼻血了，三分钟就止住了"), ("zh_Hant", "流鼻血，三分鐘就止咗"),
    ("en", "one loose poo this morning nothing since"), ("es", "una sola vez popó flojo esta mañana, nada más"),
    ("fr", "une seule selle molle ce matin, rien depuis"), ("pt", "fiz cocô mole só uma vez hoje"),
    ("ru", "один раз жидкий стул утром, больше нет"), ("ar", "رحت الحمام مرة وحدة لين"), ("hi", "aaj ek baar patla dast hua bas"),
    ("vi", "di ngoai long 1 lan thoi"),
]  # fmt: skip
QUIET = [
    ("ar", "rani f tramway 39"), ("ar", "رقمي في الطابور ٣٩"), ("ar", "الشقة رقمها ٣٨"), ("ar", "قريت سورة ٣٨"),
    ("ar", "تنزيلات ٤٠٪"), ("ar", "فيتامين د ٣٨"), ("ar", "الزحمة دي هتموتني"), ("ar", "ما عمري تقيأت دم"),
    ("ar", "ولا مرة كحيت دم"), ("ar", "البراز بني والبول أصفر خفيف"), ("ar", "كيف أقيس الحرارة؟"),
    ("ar", "لسا ما قست الحرارة، بقيسها بعد شوي"), ("ar", "مكان البورت نظيف، لا احمرار ولا ورم ولا ألم"),
    ("ar", "بطني طرية وما تعورني"), ("ar", "السلك احترق"),
    ("ru", "39-я маршрутка застряла в пробке"), ("ru", "смотрю 38 серию"), ("ru", "живу на Ленина 38, корпус 5"),
    ("ru", "КТ в 38 или в 39 кабинете?"), ("ru", "в террариуме 38 градусов"), ("ru", "температура в норме, 36,5"),
    ("ru", "кровотечений никогда не было и сейчас нет"), ("ru", "температуры как не было так и нет"), ("ru", "озноба и не было"),
    ("ru", "синячок после взятия крови, уже проходит"), ("ru", "капелька крови на пластыре и всё"),
    ("ru", "кровь в среду сдавать натощак?"), ("ru", "ранка сухая, не красная и не мокнет"), ("ru", "стул коричневый"),
    ("ru", "ночью свалилась картина со стены"),
    ("en", "the nurse came round yesterday"), ("en", "I got no response from the pharmacy"), ("en", "phone was face down, sorry"),
    ("en", "I fell over laughing"), ("en", "just going to chill this weekend"), ("en", "milk shakes with the grandkids"),
    ("en", "shares collapsed today"), ("es", "quiero desaparecer de vacaciones"), ("es", "se me cayó el móvil al agua"),
    ("pt", "apaguei a luz e dormi bem"), ("pt", "caiu meu celular"), ("pt", "o preço do tomate caiu"),
    ("fr", "ça me donne des frissons cette chanson"), ("ru", "мне непонятно, когда приходить"), ("ru", "прощайте, до пятницы"),
    ("ru", "пекарь упал в обморок у печи, я как огурчик"), ("ru", "директор слег с инсультом, мы целы"),
    ("ru", "трава пожелтела, дождей нет"), ("ru", "забастовка парализовала вокзал"), ("ru", "собаку весь день рвет"),
    ("ru", "огурцы в теплице все пожелтели"), ("ru", "от цен можно в обморок упасть"), ("ru", "сдавала во вторник кровь, есть ответ?"),
    ("ar", "kont hamoot men elfar7a"), ("ar", "المجلى انسد"), ("ar", "تحليل الدم جاهز؟"), ("ar", "مفرش السفرة اتحرق"),
    ("ru", "связала желтую кофту"), ("ru", "сын получил 38 из 40"), ("ru", "платье 40"), ("ru", "марафон 42,2"),
    ("ar", "الخباز داخ ووقع قدام الفرن، انا زي الحصان"), ("ar", "راهبة فقدت الوعي بالصلاة، نحن بخير"), ("ar", "اشتريت فستان اصفر"),
    ("ar", "انهار الجسر من السيول"), ("ar", "في شلل بالمرور عشان الماراثون"), ("ar", "الدولار 40.3"),
    ("ru", "вязала петлю на шарфе"), ("ru", "цены падают"), ("ru", "связь теряется"), ("ar", "النت طاح"), ("ar", "طاح الجوال من يدي"),
    ("ar", "مرتبك في المواعيد"), ("hi", "confusion ho gaya date mein"), ("vi", "điện thoại bị té hư rồi"), ("vi", "nuoc sot ngon lam"),
    ("vi", "đau ví quá"), ("zh_Hans", "陪孙女跳绳"), ("zh_Hans", "把鞋换了去散步"), ("zh_Hans", "我比较怕冷，多穿点就好"),
    ("zh_Hans", "手机断片了没信号"), ("zh_Hant", "倒咗杯水"),
    ("pt", "a cachorra ta com a perna inchada"), ("es", "la gata tiene la panza hinchada"),
    ("fr", "La vache du voisin a vêlé. Du sang partout"),
    ("en", "the dog vomited blood, we took him to the vet"), ("ru", "собаку понос пробрал"), ("zh_Hant", "我家柴犬吐血送急診"),
    ("vi", "con bò nhà bác Tư sinh khó máu me tùm lum"),
    ("ar", "l kalb ta3na 3ando ishal"),
    ("pt", "Li um livro sobre um homem que ficou cego"), ("fr", "on a vu un film hier, le gars crache du sang"),
    ("ru", "смотрели сериал, там мужик кровью харкал"), ("ar", "film embare7 kollo dam"),
    ("vi", "coi phim kiem hiep thay dien vien hoc mau"),
    ("es", "hoy planté tulipanes amarillos"), ("es", "compré rosas amarillas para mi mujer"), ("fr", "on repeint la cuisine en jaune"),
    ("fr", "j'ai mis mon pull jaune"), ("pt", "vesti a blusa amarela pro jogo"), ("pt", "o gato amarelo dormiu aqui"),
    ("es", "me sangraron las encías al cepillarme los dientes"), ("fr", "gencives qui saignent un poil au brossage"),
    ("pt", "a gengiva sangrou na escova"), ("es", "necesito un certificado de los días que estuve internada"),
    ("fr", "il me faut un bulletin d'hospitalisation"), ("pt", "preciso do atestado dos dias de internamento"),
    ("es", "con estos precios me desmayo"), ("fr", "les prix du gaz, y a de quoi s'évanouir"),
    ("pt", "a conta da luz é de desmaiar"),
    ("es", "mi hija está ardiendo de celos"), ("fr", "envie d'en finir avec ce déménagement"),
    ("pt", "queria desaparecer do grupo da família"),
    ("es", "comí torta ahogada"), ("fr", "mon mari dort comme une souche"), ("pt", "borra de café é boa pras plantas"),
    ("fr", "la grève paralyse les trains"), ("pt", "caí de amores pela minha bisneta"),
    ("es", "colapsó la web de las entradas"), ("fr", "tout le monde parle de la chute du gouvernement"), ("pt", "o time caiu"),
    ("fr", "elle me supporte plus"), ("pt", "queimei o arroz"),
    ("es", "el panadero se desmayó, yo chévere"), ("fr", "la caissière est tombée raide, moi nickel"),
    ("pt", "o porteiro desmaiou, eu tô firme"),
    ("en", "Could you send me a certificate for the days in hospital? Work is asking"),
    ("en", "my boss wants proof I was in hospital in May"), ("hi", "daftar wale hospital me bharti rehne ka certificate maang rahe"),
    ("vi", "cho xin giấy xác nhận mấy ngày nằm viện để nộp cơ quan"),
    ("en", "my brothers blood pressure was 190 over 115 and they took him in. mine is 128 over 76"),
    ("hi", "भाई का बीपी 190/110 था उसे भर्ती किया, मेरा 126/80"), ("vi", "anh tôi huyết áp 190/110 nhập viện, tôi thì 125/78"),
    ("en", "36.5 me, 38.7 the wife, she's got flu"), ("en", "temperature was over 38 back in march. today 36.9"),
    ("en", "gas bill was 103 this month"), ("en", "my daughter turns 39 today"), ("en", "38.5 millimetres of rain, lovely for the roses"),
    ("en", "thermometer on the bank says 35.5"), ("en", "exchange rate 39 to the euro"),
    ("hi", "bete ka scooter 38.4 ki mileage deta hai"),
    ("vi", "con gái nay tròn 39, làm nồi lẩu"), ("vi", "giá cà phê rớt xuống 39"), ("en", "my heart bleeds for those poor people"),
    ("en", "coffee grounds all over the counter"), ("en", "can't walk the dog, he hurt his paw"),
    ("en", "tea coloured walls now, decorator did well"),
    ("hi", "kaam pe kab jaun"), ("hi", "हंसते हंसते सांस फूल गई"), ("hi", "ख़ून की बोतल दान की बेटे ने"), ("vi", "phim gì toàn máu me, tắt luôn"),
    ("vi", "gửi xe mất 38 ngàn"), ("vi", "nằm la liệt coi tivi, vui ghê"), ("vi", "bã cà phê bón cây lên tốt lắm"),
]  # fmt: skip
OF_OTHERS = [
    ("es", "yo bien mi vecina se desmayó"), ("es", "yo bien, pero en casa mi cuñado vomitó sangre"),
    ("es", "me contó mi hija que la vecina se desmayó"),
    ("es", "mi vecina, que se desmayó. yo bien"), ("es", "tiene 39 de fiebre mi jefe, yo bien"),
    ("es", "operaron de urgencia a mi tía Carmen, yo bien"),
    ("es", "le dio un infarto al panadero. yo bien"), ("es", "conmigo todo en orden pero el alcalde tuvo un ictus"),
    ("pt", "eu tô bem minha vizinha desmaiou"), ("pt", "minha filha contou que a vizinha desmaiou, eu tô bem"),
    ("pt", "no trabalho um colega vomitou sangue, eu tô bem"), ("pt", "internaram o meu cunhado, eu tô bem"),
    ("en", "I'm fine my neighbour fainted"),
    ("es", "la película de ayer, la chica se desmaya"), ("pt", "vimos um de vampiros com os netos, sangue por todo o lado"),
    ("es", "tengo fiebre de mundial"), ("es", "nos ahoga la hipoteca"), ("pt", "desmaio de sono"), ("pt", "preços de infarto"),
    ("es", "antes de la operación tenía la orina como té, ahora clarita"),
    ("pt", "em 2009 tive malária, 41 de febre. hoje conto isso a rir"),
    ("es", "39,90 en rebajas"), ("pt", "o saco de ração foi 38,5"), ("es", "un poco rojo alrededor del esparadrapo"),
    ("pt", "o atestado do internamento chegou hoje"), ("es", "una pregunta, ¿38 ya se considera fiebre?"), ("pt", "qual é o limite, 38?"),
    ("es", "temblando me dejó el recibo"), ("es", "aquí nadie con fiebre"), ("pt", "quando era menino desmaiei, hoje estou bem"),
    ("pt", "se der 38,5 eu ligo?"), ("es", "no me quedó claro si es 38 o 38,5"),
]  # fmt: skip
OF_THE_PATIENT = [
    ("es", "el paciente tiene 39, yo bien"), ("es", "viendo la tele me desmayé"), ("es", "paseando con el loro me desmayé"),
    ("es", "tuve ictericia en 1998, ahora otra vez"), ("es", "vomité sangre como en 1998"), ("es", "mi padre está en la UCI"),
    ("es", "me puse tan mal que mi nieta llamó a la ambulancia"), ("es", "tiene 39, mi nieta le tomó la temperatura"),
    ("es", "estaba con mi vecina y perdí el conocimiento"), ("pt", "a ver televisão desmaiei"), ("pt", "no teatro desmaiei"),
    ("es", "pagué el recibo y me dio un infarto"), ("es", "180 de alta y 112 de baja, y veo lucecitas"),
    ("pt", "passeando com o cão desmaiei"), ("es", "hola, voy en ambulancia"), ("es", "tengo 38,5, ¿cuál es el límite?"),
    ("es", "me acaba de dar 38,5, ¿ya se considera fiebre?"), ("pt", "a conta boa mas eu com calafrios"),
    ("pt", "a calça encharcada de sangue"),
    ("pt", "o paciente está com 39, eu tô bem"),
]  # fmt: skip
EMERGENCIES = [
    ("ar", "انا بالطابور وحرارتي ٣٩"), ("ar", "القياس رقمه ٣٩"), ("ar", "لسه ما قستها بس رجعت دم"),
    ("ar", "كحيت دم وعمري ما كحيته قبل"), ("ar", "الوجع ده هيموتني"),
    ("ru", "39-я неделя, а температура 39"), ("ru", "еду в автобусе, у меня 39"), ("ru", "в очереди стою, 39 температура"),
    ("ru", "капелька крови на пластыре, теперь течет струей"), ("ru", "кровь в пятницу была в стуле"),
    ("ru", "стул черный, был коричневый"), ("ru", "крови не было, а сейчас течет"), ("ru", "муж упал на диван и не отвечает"),
    ("ru", "купила платье, 39"), ("ar", "الدم ما يوقف من مناخيري"), ("ar", "انهار ابوي وما يرد"), ("ar", "عندي شلل في يدي"),
    ("ar", "الخباز شافني وقعت مغمى علي"), ("ar", "بابا ينزف وما يوقف"),
    ("en", "nosebleed for 40 minutes, stopped now"), ("en", "nosebleed stopped then started again"),
    ("es", "me sangra la nariz hace 20 minutos"), ("fr", "saignement de nez qui ne s'arrête pas"),
    ("pt", "o nariz sangrou meia hora e parou"), ("ru", "кровь из носа полчаса, потом остановилась"), ("ar", "رعاف وما وقف"),
    ("hi", "naak se khoon ruk nahi raha"), ("vi", "chảy máu mũi 15 phút mới cầm"), ("zh_Hans", "流鼻血二十分钟才止住"),
    ("zh_Hant", "流鼻血流咗成個鐘"),
    ("en", "no response from dad when I shake him"), ("en", "knocked out by the fall"), ("en", "found him face down in the kitchen"),
    ("pt", "apaguei na cozinha"), ("es", "quiero desaparecer"), ("ru", "говорит непонятно"), ("ar", "طاح ابوي وما يرد"),
    ("zh_Hant", "阿爸倒咗喺地"), ("vi", "ba bị té bất tỉnh"), ("hi", "papa ko confusion ho raha hai, naam bhool gaye"),
    ("en", "dog bit me, arm bleeding won't stop"), ("pt", "a vaca me chutou, tô com muita dor no peito"),
    ("es", "el perro me mordió y no para de sangrar"), ("ru", "кота кормила и упала без сознания"),
    ("ru", "собаку выгуливал и упал в обморок"), ("ru", "я пекарь, упал в обморок у печи"), ("ru", "парализовало левую руку"),
    ("ru", "тренер сказал сходи к врачу, задыхаюсь, а так я норм"),
    ("hi", "kutte ko ghumate hue behosh ho gaya"), ("zh_Hans", "遛狗的时候胸口疼"), ("zh_Hant", "帶隻狗散步時暈低咗"),
    ("en", "took the cat to the vet, chest pain"), ("es", "ordeñando la vaca me desmayé"),
    ("pt", "levei o gato no veterinário e não consigo respirar"), ("ru", "возила кота к ветеринару и температура 39,2"),
    ("ru", "доила корову и потеряла сознание"), ("ar", "وديت القطة للبيطري وصدري يوجعني"), ("ar", "وديت القطة للبيطري وما اقدر اتنفس"),
    ("hi", "bhains ka doodh nikal raha tha seene me dard hai"), ("vi", "đang cho con mèo ăn thì khó thở quá"),
    ("vi", "đem con mèo đi thú y về đau ngực quá"), ("zh_Hans", "带猫去看兽医，喘不上气"), ("zh_Hant", "帶隻貓去睇獸醫，心口痛"),
    ("en", "watched a film, I have chest pain"), ("fr", "on a vu un film et j'ai craché du sang"),
    ("es", "las encías me sangran sin parar"), ("fr", "mes gencives saignent beaucoup au brossage"),
    ("es", "me sangran las encías al cepillarme y no para"), ("pt", "a gengiva sangra sem parar desde que escovei"),
    ("es", "me desmayo cuando me levanto"), ("fr", "je suis sur le point de m'évanouir"), ("pt", "desmaiei na fila"),
    ("es", "está ardiendo con 39"), ("fr", "envie d'en finir avec la vie"), ("pt", "só penso em desaparecer"),
    ("es", "dijo que se va a colgar, que ya no más"), ("fr", "il me demande qui je suis"), ("pt", "me pergunta quem eu sou"),
    ("es", "no hay manera de despertarlo"), ("fr", "on n'arrive pas à le réveiller, il dort comme une souche"),
    ("pt", "vomitei borra de café"),
    ("es", "el panadero me vio y me desmayé"), ("fr", "je me suis évanoui devant la caissière"), ("pt", "o porteiro me achou desmaiado"),
    ("es", "35,5 y estoy helada y flojísima"), ("fr", "c'est liquide depuis hier, au moins 8 fois"),
    ("pt", "meu marido caiu e não responde"),
    ("fr", "comme il y a 3 ans, revoilà les yeux jaunes et avec ça des urines brunes"),
    ("en", "temperature was over 38 back in march, today 38.6"), ("en", "36.5 this morning, 38.7 tonight the wife says"),
    ("en", "my temp turns 39 every evening"), ("en", "vomit like coffee grounds"), ("en", "she had fits the whole night"),
    ("hi", "film dekhi phir naak se khoon aata raha"), ("hi", "मेरा 38.9 है"), ("hi", "pehli chemo ke baad 102 bukhar, dhanyavaad"),
    ("vi", "ói ra toàn máu me"), ("vi", "ói ra như bã cà phê"), ("vi", "coi thời sự tự nhiên tim đập loạn, không chậm lại"),
    ("vi", "tôi xỉu sau khi ăn"), ("hi", "ped gir pada sir par khoon beh raha hai"), ("hi", "हाथ पीले आंखें पीली 103 बुखार"),
]  # fmt: skip
URGENT = [
    ("ar", "عندي حرارة بقيسها بعد شوي"), ("ar", "مكان البورت نظيف بس احمر"), ("ar", "البول غامق والبراز لونه فاتح"),
    ("ar", "جلدي احترق"), ("ar", "بطني قاسية وتعورني"), ("ar", "جتني حرارة"),
    ("ru", "температура в норме была, сейчас 38,2"), ("ru", "ранка была сухая, теперь мокнет"),
    ("ru", "мочи как не было так и нет"), ("ru", "38 или 39, не пойму, это много?"), ("ru", "38 градусов держится"),
    ("ru", "глаза желтые, розы поливаю"), ("ru", "белки желтые машину вызвала"), ("ru", "желтая как лимон"),
    ("ar", "صرت زي ليمونة صفرا"), ("ar", "عيوني صفرا"),
    ("ru", "пожелтела вся, как трава"), ("ru", "кожа чешется вся с головы до пят, никакой крем не берет"),
    ("ar", "امي المريضة صارلها يوم كامل لا ماي ولا اكل"), ("ar", "baba bel 2es3af halla2"),
    ("en", "diarrhoea once an hour"), ("en", "diarrhoea once I eat anything"), ("es", "diarrea una vez que como algo"),
    ("zh_Hans", "拉稀拉了八次"), ("en", "fever keeps coming back"),
    ("es", "me puse la camisa y me vi amarillo"), ("es", "parezco un limón amarillo"), ("fr", "mon mari est tout jaune"),
    ("pt", "estou amarelo feito limão"), ("es", "llevo dos días ingresado"), ("fr", "je suis hospitalisé depuis trois jours"),
    ("pt", "fiquei internada ontem à noite"),
    ("es", "hoy no está bien papá"), ("fr", "rien bu depuis hier matin"), ("es", "antes la orina clarita, ahora como té"),
    ("pt", "hoje não tá bem meu pai"), ("fr", "38 tout rond"),
    ("en", "Im in hospital since last night, the one by the river, wont make the check up"),
    ("en", "I am in hospital now, send a certificate"),
    ("vi", "đang nằm viện từ tối qua, giấy xác nhận tính sau"), ("en", "belly pain went from 2 to 5 since noon"),
    ("en", "he's not fine today, can't put my finger on it. his wife"), ("en", "stopped my tablets, they made me feel dreadful"),
    ("hi", "दवा बंद कर दी शुक्रवार से, बहुत बुरा लगता था उससे"), ("hi", "बाबूजी ने कल सुबह से पानी की बूंद नहीं पी"),
    ("vi", "tôi yếu quá, không ngồi dậy khỏi giường nổi"), ("hi", "हाथ पैर आंखें सब पीले हो गए"),
]  # fmt: skip


def _level(text: str, language: str) -> str:
    level: str = summarise(read_reply(text, language), None, load_study("NCT06609434"))["level"]
    return level


@pytest.mark.parametrize(("language", "text"), NOTHING)
def test_what_stopped_or_was_once_is_told_to_nobody(language: str, text: str) -> None:
    assert _level(text, language) == "none"


@pytest.mark.parametrize(("language", "text"), QUIET)
def test_everyday_words_animals_and_films_page_nobody(language: str, text: str) -> None:
    assert _level(text, language) in {"none", "review"}


@pytest.mark.parametrize(("language", "text"), OF_OTHERS)
def test_an_illness_of_others_pages_nobody_in_whatever_order_it_is_told(language: str, text: str) -> None:
    assert _level(text, language) in {"none", "review"}


@pytest.mark.parametrize(("language", "text"), OF_THE_PATIENT)
def test_whoever_stands_beside_it_the_illness_of_the_patient_pages(language: str, text: str) -> None:
    assert _level(text, language) in {"urgent", "emergency"}


@pytest.mark.parametrize(("language", "text"), EMERGENCIES)
def test_the_alarm_beside_them_pages_at_once(language: str, text: str) -> None:
    assert _level(text, language) == "emergency"


@pytest.mark.parametrize(("language", "text"), URGENT)
def test_what_goes_on_pages(language: str, text: str) -> None:
    assert _level(text, language) in {"urgent", "emergency"}
