package extract

import (
	"strings"

	"haris/internal/normal"
)

// set says what a word can be.
type set uint32

const (
	isDigit    set = 1 << iota // names a digit
	isSoft                     // names a digit, but is a common word, too
	isTimes                    // says that the next digit stands more than once: double, triple
	isPlatform                 // a service on which people have accounts
	isCall                     // speaks of calling or writing, so that a number is likely somebody's
	isOrder                    // speaks of orders, cards and the like, so that a number is likely none
	isUnit                     // counts or measures what the number before it says
	isCurrency
	isPlace
	isAt  // "at" written out
	isDot // "dot" written out
	isTLD
	isName // leads to a name: is, my, user
	isStop // says that the numbers around it are no phone number: months, sums, streets
)

// entry is one word.
type entry struct {
	is    set
	value int    // of a digit; how often, of isTimes
	name  string // of a service, a currency or a place
	lang  string
}

// words of one digit, zero to nine, in each language; several spellings of one are parted by a bar. Arabic has the colloquial
// forms that differ in writing.
var digitWords = map[string]string{
	"en": "zero nought one two three four five six seven eight nine",
	"ar": "صفر واحد|واحده اثنان|اثنين|اتنين|إثنان|تنين ثلاثة|ثلاث|تلاتة|تلاته أربعة|اربعة|أربع خمسة|خمس ستة|ست سبعة|سبع ثمانية|تمانية|تمنية|ثمان تسعة|تسع",
	"fa": "صفر یک دو سه چهار|چار پنج شش|شیش هفت هشت نه",
	"ur": "صفر ایک دو تین چار پانچ چھ|چھے سات آٹھ نو",
	"fr": "zéro un|une deux trois quatre cinq six sept huit neuf",
	"es": "cero uno|una dos tres cuatro cinco seis siete ocho nueve",
	"zh": "零|〇 一 二 三 四 五 六 七 八 九",
}

// soft are digit words that are common words, too, and English words that sound like digits.
var softWords = map[string]int{
	"oh": 0, "one": 1, "won": 1, "to": 2, "too": 2, "two": 2, "for": 4, "ate": 8, "un": 1, "une": 1, "una": 1, "uno": 1,
	"یک": 1, "ایک": 1, "دو": 2, "سه": 3, "نه": 9, "نو": 9, "تین": 3, "واحد": 1, "واحده": 1, "ست": 6, "تسع": 9, "一": 1,
}

var timesWords = map[string]int{"double": 2, "dbl": 2, "triple": 3, "doble": 2, "دبل": 2, "دوبل": 2, "تریپل": 3}

// platforms are the services of which people tell each other their names, by their ways of being written.
const platforms = `snapchat: snapchat snap snapchats سناب سنابشات سناب‌شات
instagram: instagram insta ig انستا انستغرام انستقرام انستجرام اینستا اینستاگرام انسٹاگرام
whatsapp: whatsapp whatsap wattsapp watsapp whats واتساب واتسآب واتس واتسب واتساپ واٹسایپ
telegram: telegram telegramm tg telegrams تيليجرام تلغرام تليجرام تيليغرام تلگرام ٹیلیگرام
discord: discord ديسكورد دسكورد دیسکورد
kik: kik
tiktok: tiktok تيكتوك تیکتاک ٹکٹاک
facebook: facebook fb فيسبوك فيس فیسبوک فیس
messenger: messenger ماسنجر مسنجر
twitter: twitter تويتر توییتر ٹویٹر
skype: skype سكايب اسکایپ
viber: viber فايبر وایبر
wechat: wechat weixin 微信
line: lineid
signal: signal
roblox: roblox روبلوكس
playstation: psn
xbox: xbox gamertag
steam: steam
twitch: twitch
youtube: youtube يوتيوب یوتیوب`

const callWords = `call text phone number mobile cell cellphone tel telephone ring reach dial num contact sms message msg
اتصل اتصلي كلمني رقم رقمي هاتف جوال موبايل موبايلي تلفون تليفون راسلني شماره موبایل تلفن زنگ نمبر فون کال
appelle appeler téléphone numéro portable tél llámame llama teléfono número móvil celular`

const orderWords = `order orders ref reference tracking invoice ticket booking reservation confirmation account acct card iban transaction
serial isbn item sku model version vin zip postcode pin code otp case claim policy flight student passport licence license
طلب الطلب فاتوره حجز بطاقه حساب کارت سفارش commande facture référence compte carte pedido factura reserva cuenta tarjeta`

const unitWords = `am pm percent years year yrs months month weeks week days day hours hour hrs minutes minute mins min seconds sec people persons
km miles mile meters metres kg lbs pounds points pts tickets rooms room seats beds nights times o'clock st nd rd th pm. degrees
سنه سنوات شهر يوم ايام ساعه ساعات دقيقه دقايق شخص اشخاص متر كيلو نقطه سال ماه روز ساعت دقیقه نفر
ans an mois jours jour heures heure minutes personnes años año meses días día horas hora minutos personas`

const stopWords = `january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
minus plus times divided multiplied equals percent street avenue ave road boulevard blvd lane
يناير فبراير مارس ابريل مايو يونيو يوليو اغسطس سبتمبر اكتوبر نوفمبر ديسمبر ناقص زايد ضرب شارع
janvier février mars avril juin juillet août septembre octobre novembre décembre moins fois rue
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre menos más calle avenida`

const (
	atWords   = "at arroba arobase arobas ات آت"
	dotWords  = "dot punto point دوت نقطه نقطة دات"
	nameWords = "is id user username name handle account my me at on add it's its this follow ماي حسابي اسمي يوزر يوزري هو ضيفني آیدی آیدیم nom pseudo compte mon nombre usuario mi es est"
)

// currencies by ISO 4217 code: signs, and words as people write them.
const currencies = `USD: $ usd dollar dollars bucks buck us$ dolar dolares دولار دولارات دلار ڈالر
EUR: € eur euro euros يورو یورو
GBP: £ gbp quid sterling
JPY: ¥ jpy yen
INR: ₹ inr rupee rupees rs روبيه
PKR: pkr روپے روپیہ روپیے
RUB: ₽ rub rouble roubles ruble rubles
TRY: ₺ try lira liras ليره
ILS: ₪ ils shekel shekels شيكل
KRW: ₩ krw won
NGN: ₦ ngn naira
PHP: ₱ php
VND: ₫ vnd dong
UAH: ₴ uah
BDT: ৳ bdt taka
THB: ฿ thb baht
SAR: ﷼ sar riyal riyals ريال ريالات
AED: aed dirham dirhams درهم دراهم
EGP: egp جنيه جنيهات
IQD: iqd دينار دنانير
IRR: irr تومان
MAD: mad
BRL: brl reais
MXN: mxn pesos peso
CAD: cad
AUD: aud
CHF: chf
CNY: cny yuan rmb
SEK: sek
PLN: pln zloty
ZAR: zar`

// tlds are the endings of names on the net that are in common use; country codes that are common words are left out.
const tlds = `com net org edu gov info biz io me tv app dev gg link site online shop store xyz live chat club page ly be fr de es it uk us ca au eu ru ua ir iq
sa ae eg ma dz tn jo pk in bd tr il br mx ar cl co pe nl pl se no fi dk ch at cz gr pt ro hu jp cn kr vn th id my ph sg hk tw za ng ke`

func newLexicon() map[string]*entry {
	out := map[string]*entry{}
	add := func(word string, e entry) *entry {
		w := folded(word)
		old := out[w]
		if old == nil {
			old = &entry{}
			out[w] = old
		}
		old.is |= e.is
		if e.name != "" {
			old.name = e.name
		}
		if e.is&(isDigit|isTimes) != 0 {
			old.value = e.value
		}
		return old
	}
	list := func(words string, is set) {
		for _, w := range strings.Fields(words) {
			add(w, entry{is: is})
		}
	}
	named := func(lines string, is set) {
		for line := range strings.Lines(lines) {
			name, words, _ := strings.Cut(line, ":")
			for _, w := range strings.Fields(words) {
				add(w, entry{is: is, name: name})
			}
		}
	}
	for _, words := range digitWords {
		value := -1
		for _, w := range strings.Fields(words) {
			if w != "nought" {
				value++
			}
			for s := range strings.SplitSeq(w, "|") {
				add(s, entry{is: isDigit, value: value})
			}
		}
	}
	for w, v := range softWords {
		add(w, entry{is: isDigit | isSoft, value: v})
	}
	for w, n := range timesWords {
		add(w, entry{is: isTimes, value: n})
	}
	named(platforms, isPlatform)
	named(currencies, isCurrency)
	list(callWords, isCall)
	list(orderWords, isOrder)
	list(unitWords, isUnit)
	list(stopWords, isStop)
	list(atWords, isAt)
	list(dotWords, isDot)
	list(nameWords, isName)
	list(tlds, isTLD)
	places(func(word, name string) { add(word, entry{is: isPlace, name: name}) })
	return out
}

// folded writes a word as tokens are written.
func folded(word string) string {
	t := normal.Of(word)
	return strings.Map(normal.Letter, t.Surface.String())
}
