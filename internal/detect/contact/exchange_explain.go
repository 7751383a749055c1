package contact

import (
	"fmt"

	"haris/internal/detect"
)

// Explain says with how many minors contact details were exchanged and how many could be expected, and what the newest was.
func (Exchange) Explain(s *detect.Signal, lang string) detect.Explanation {
	x, _ := s.Figure("exchanged")
	got, of, want := detect.Whole(x.Observed), detect.Whole(x.Of), detect.Short(x.Expected)
	if s.Unscanned != "" {
		return exchangeUnread(lang, got)
	}
	why := fmt.Sprintf(detect.In(lang,
		"Contact details passed between the account and %s minors recently, of about %s it had to do with; expected %s.",
		"تبادل الحساب بيانات اتصال مع %s قاصرين حديثًا من نحو %s تعامل معهم؛ والمتوقع %s."), got, of, want)
	if n := len(s.Passed); n > 0 {
		why += " " + newest(&s.Passed[n-1], lang)
	}
	few := int(x.Observed)
	for few > 0 && exchangeStrength(few, x.Expected) > 0 {
		few--
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "with %s minors", "مع %s قاصرين"), got),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had details passed with at most %d of these minors, it would have said nothing.",
			"لو لم تُتبادل البيانات مع أكثر من %d من هؤلاء القاصرين لما دلّ ذلك على شيء."), few),
	}
}

func exchangeUnread(lang, got string) detect.Explanation {
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Messages between the account and minors came without text, so whether contact details passed is not known; %s were seen in others.",
			"وردت رسائل بين الحساب وقاصرين بلا نصوص، فلا يُعرف هل جرى تبادل بيانات اتصال؛ وشوهد في غيرها %s."), got),
		Observed:       detect.In(lang, "not read", "لم تُقرأ"),
		Expected:       detect.In(lang, "not known", "غير معروف"),
		Counterfactual: detect.In(lang, "With the text of the messages this could be answered.", "لو أُرسلت نصوص الرسائل لأمكن الجواب."),
	}
}

// newest tells of one detail: what it was, who gave it, and how it was written.
func newest(p *detect.Passed, lang string) string {
	kind := map[string][2]string{
		"phone": {"a phone number", "رقم هاتف"}, "email": {"an e-mail address", "عنوان بريد"}, "handle": {"a name on another service", "اسم في خدمة أخرى"},
	}[p.Kind]
	given := detect.In(lang, "that the account gave", "أعطاه الحساب")
	if !p.Given {
		given = detect.In(lang, "that a minor gave", "أعطاه قاصر")
	}
	text := fmt.Sprintf(detect.In(lang, "The newest is %s (%s) %s", "وأحدثها %s (%s) %s"), detect.In(lang, kind[0], kind[1]), p.Masked, given)
	if p.Ways != "" {
		text += fmt.Sprintf(detect.In(lang, ", written so that software would not find it (%s)", "، وقد كُتب بحيث لا تجده البرامج (%s)"), p.Ways)
	}
	return text + "."
}
