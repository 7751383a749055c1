package identity

import (
	"fmt"
	"math"
	"strings"

	"haris/internal/detect"
)

// Explain sets before and after beside each other.
func (Control) Explain(s *detect.Signal, lang string) detect.Explanation {
	odds, _ := s.Figure("odds")
	device, _ := s.Figure("handdevice")
	times, of := detect.Whole(math.Min(math.Exp(odds.Observed), 1e6)), detect.Whole(device.Of)
	why := fmt.Sprintf(detect.In(lang,
		"Somebody signed in to this young account in a way that fits another person %s times better than its owner; since then %s of %s sign-ins came from that device.",
		"سجّل أحدهم الدخول إلى هذا الحساب اليافع بطريقة تناسب شخصًا آخر أكثر من صاحبه بـ%s مرة؛ ومنذ ذلك الحين جاء %s من أصل %s عمليات دخول من ذلك الجهاز."),
		times, detect.Whole(device.Observed), of)
	for _, part := range controlParts(lang) {
		if f, ok := s.Figure(part.figure); ok && f.Observed >= .5 {
			why += " " + strings.NewReplacer("{n}", detect.Whole(f.Observed), "{of}", of).Replace(part.text)
		}
	}
	contacts, _ := s.Figure("handcontacts")
	why += " " + fmt.Sprintf(detect.In(lang,
		"Adult strangers who wrote first: %s since, %s before.", "الغرباء البالغون الذين كتبوا أولًا: %s منذ ذلك الحين، و%s قبله."),
		detect.Whole(contacts.Observed), detect.Whole(contacts.Expected))
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "log-odds %s", "لوغاريتم الأرجحية %s"), detect.Short(odds.Observed)),
		Expected: fmt.Sprintf(detect.In(lang, "below %s", "أقل من %s"), detect.Short(odds.Expected)),
		Counterfactual: detect.In(lang,
			"Had the sign-in come from the account's own device, or from its usual place with the usual kind of browser, or had nothing else pointed to another person, this would not have been said.",
			"لو جاء الدخول من جهاز الحساب نفسه، أو من مكانه المعتاد بنوع المتصفح المعتاد، أو لو لم يُشر شيء آخر إلى شخص آخر، لما قيل هذا."),
	}
}

// controlParts are the sentences that are said only when there is something to say; each takes the number and the sign-ins since.
func controlParts(lang string) []struct{ figure, text string } {
	return []struct{ figure, text string }{
		{"handplace", detect.In(lang, "{n} of {of} came from places that were never the account's.", "وجاء {n} من أصل {of} من أماكن لم تكن قط للحساب.")},
		{"handhours", detect.In(lang, "{n} of {of} came at hours that it never kept.", "وجاء {n} من أصل {of} في ساعات لم يعتدها.")},
		{"handlinks", detect.In(lang, "Other accounts on that device: {n}.", "حسابات أخرى على ذلك الجهاز: {n}.")},
		{"handtalk", detect.In(lang, "An unrelated adult is deep in talk with it.", "وثمة بالغ لا صلة له به يحادثه طويلًا.")},
		{"handinbound", detect.In(lang, "Strangers have turned to it all at once.", "وأقبل عليه غرباء دفعة واحدة.")},
		{"handrekeyed", detect.In(lang, "A password or recovery address was changed about then.", "وتغيرت نحو ذلك الوقت كلمة السر أو عنوان الاسترداد.")},
	}
}
