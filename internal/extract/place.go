package extract

import "strings"

// cities are large cities of the world and the countries (ISO 3166-1) that they lie in, written down by hand from general knowledge for this
// project; no list of anybody's was copied. Names that are common words in a language of many users (Nice, Mobile, Reading, Bath,
// Split, Essen, Of) are left out, so that a sentence about a nice bath names no place. Names of two words are written with an
// underscore, names of one city in several languages with an equals sign between them, first the one that it is called by. It is a help to find where something is offered, and far from complete.
const cities = `AE: dubai=دبي abu_dhabi sharjah=الشارقه
AF: kabul=کابل=كابول herat kandahar
AR: buenos_aires rosario mendoza
AT: vienna=wien salzburg graz innsbruck
AU: sydney melbourne brisbane perth adelaide canberra
BD: dhaka chittagong
BE: brussels=bruxelles antwerp ghent
BG: sofia plovdiv varna
BR: são_paulo=sao_paulo rio_de_janeiro brasília salvador recife fortaleza
CA: toronto montreal vancouver calgary ottawa edmonton winnipeg
CH: zurich=zürich geneva=genève basel lausanne
CL: santiago valparaíso
CN: beijing=北京 shanghai=上海 guangzhou=广州 shenzhen=深圳 chengdu wuhan
CO: bogotá medellín barranquilla
CU: havana
CZ: prague=praha brno
DE: berlin hamburg munich=münchen cologne=köln frankfurt stuttgart düsseldorf leipzig dresden hannover
DK: copenhagen=københavn aarhus
DZ: algiers=الجزائر oran=وهران
EG: cairo=القاهره alexandria=الاسكندريه giza=الجيزه المنصوره طنطا اسيوط
ES: madrid barcelona valencia sevilla=seville zaragoza málaga bilbao
ET: addis_ababa
FI: helsinki tampere
FR: paris marseille lyon toulouse bordeaux lille strasbourg nantes montpellier rennes
GB: london manchester birmingham liverpool leeds glasgow edinburgh bristol sheffield cardiff belfast
GH: accra kumasi
GR: athens thessaloniki
HK: hong_kong
HU: budapest debrecen
ID: jakarta surabaya bandung medan
IE: dublin galway
IL: tel_aviv haifa jerusalem=القدس
IN: mumbai delhi bangalore=bengaluru hyderabad chennai kolkata pune ahmedabad jaipur lucknow
IQ: baghdad=بغداد basra=البصره mosul=الموصل اربيل
IR: tehran=تهران=طهران mashhad=مشهد isfahan=اصفهان shiraz=شیراز tabriz
IT: rome=roma milan=milano naples=napoli turin=torino bologna florence palermo venice
JO: amman=عمان zarqa
JP: tokyo=東京 osaka=大阪 kyoto yokohama nagoya sapporo fukuoka
KE: nairobi mombasa
KR: seoul=서울 busan=부산 incheon
KW: kuwait_city=الكويت
LB: beirut=بيروت tripoli=طرابلس
MA: casablanca rabat=الرباط marrakech=مراكش tangier=طنجه fez
MX: mexico_city guadalajara monterrey puebla tijuana cancún
MY: kuala_lumpur penang johor
NG: lagos abuja kano ibadan
NL: amsterdam rotterdam utrecht eindhoven
NO: oslo bergen trondheim
NZ: auckland wellington christchurch
PE: lima arequipa
PH: manila cebu davao quezon_city
PK: karachi=کراچی lahore=لاہور islamabad rawalpindi faisalabad peshawar
PL: warsaw=warszawa kraków=krakow wrocław gdańsk poznań łódź
PS: gaza=غزه ramallah=رامالله
PT: lisbon=lisboa porto
QA: doha=الدوحه
RO: bucharest cluj timișoara
RS: belgrade novi_sad
RU: moscow=москва saint_petersburg=петербург novosibirsk=новосибирск екатеринбург казань
SA: riyadh=الرياض jeddah=جده mecca=مكه medina الدمام
SD: khartoum=الخرطوم
SE: stockholm gothenburg=göteborg malmö
SG: singapore
SY: damascus=دمشق aleppo=حلب
TH: bangkok=กรุงเทพ phuket chiang_mai
TN: tunis=تونس sfax
TR: istanbul=إسطنبول=اسطنبول ankara izmir antalya bursa
TW: taipei=台北 kaohsiung
TZ: dar_es_salaam
UA: kyiv=kiev=київ=киев lviv odesa=odessa kharkiv
US: new_york los_angeles chicago houston philadelphia san_antonio san_diego dallas san_jose austin jacksonville san_francisco seattle denver boston
US: las_vegas portland detroit memphis baltimore milwaukee albuquerque tucson fresno sacramento atlanta miami oakland minneapolis tampa orlando
US: new_orleans cleveland cincinnati pittsburgh charlotte nashville phoenix
UY: montevideo
UZ: tashkent
VE: caracas maracaibo
VN: hanoi ho_chi_minh_city=saigon
YE: sanaa=صنعاء aden=عدن
ZA: johannesburg cape_town durban pretoria`

// places gives every name as it is looked up, and what it is called: the name, a comma and the country.
func places(add func(word, name string)) {
	for line := range strings.Lines(cities) {
		country, names, _ := strings.Cut(line, ": ")
		for _, n := range strings.Fields(names) {
			all := strings.Split(strings.ReplaceAll(n, "_", " "), "=")
			for _, word := range all {
				add(word, title(all[0])+", "+country)
			}
		}
	}
}

func title(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		r := []rune(w)
		words[i] = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return strings.Join(words, " ")
}

// longest is the greatest number of words of a place's name.
const longest = 4

// findPlaces looks names up, the longest first.
func (x *Extractor) findPlaces(m *message, out []Find) []Find {
	for i := 0; i < len(m.tokens); i++ {
		if m.tokens[i].digits > 0 {
			continue
		}
		for n := min(longest, len(m.tokens)-i); n > 0; n-- {
			e := m.tokens[i].word
			if n > 1 {
				e = x.phrase(m.tokens[i : i+n])
			}
			if e != nil && e.is&isPlace != 0 {
				out = append(out, m.find(Place, e.name, i, i+n))
				i += n - 1
				break
			}
		}
	}
	return out
}

// phrase looks several words up that stand side by side. Few words begin one, so most texts make no key.
func (x *Extractor) phrase(list []token) *entry {
	if !x.begins[list[0].text] {
		return nil
	}
	key := list[0].text
	for i := range list[1:] {
		if t := &list[i+1]; t.gap > 0 || t.digits > 0 {
			return nil
		}
		key += " " + list[i+1].text
	}
	return x.lexicon[key]
}
