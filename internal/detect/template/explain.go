package template

import (
	"fmt"

	"haris/internal/detect"
)

// Explain says how many first messages to minors were the same but for a few words.
func (Outreach) Explain(s *detect.Signal, lang string) detect.Explanation {
	m, _ := s.Figure("samefirst")
	if s.Unscanned != "" {
		u, _ := s.Figure("untold")
		return detect.Explanation{
			Why: fmt.Sprintf(detect.In(lang,
				"Not looked at: the platform sent no text of the first messages to %s minors. That 0 like texts were seen says nothing.",
				"لم يُفحص: لم ترسل المنصة نص الرسائل الأولى إلى %s قاصرين. وكون النصوص المتشابهة المرصودة 0 لا يعني شيئًا."), detect.Whole(u.Observed)),
			Observed:       detect.In(lang, "no text", "لا نص"),
			Expected:       detect.In(lang, "text of first messages", "نص الرسائل الأولى"),
			Counterfactual: detect.In(lang, "With the text of first messages it could be told.", "لو وصل نص الرسائل الأولى لأمكن القول."),
		}
	}
	w, _ := s.Figure("words")
	k, n, want := detect.Whole(m.Observed), detect.Whole(m.Of), detect.Short(m.Expected)
	quiet := fmt.Sprintf(detect.In(lang,
		"With %s like messages or fewer among these %s", "لو تشابهت %s رسائل أو أقل من هذه الـ%s"), detect.Whole(quietest(s)), n)
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"%s of %s first messages to minors in %s days were the same text of about %s words but for a few; expected %s.",
			"%s من أصل %s رسائل أولى إلى قاصرين خلال %s يومًا نص واحد من نحو %s كلمة باختلاف كلمات قليلة؛ والمتوقع %s."), k, n, s.Days(), detect.Whole(w.Observed), want) + openers(s, lang),
		Observed:       fmt.Sprintf(detect.In(lang, "%s of %s alike", "%s من %s متشابهة"), k, n),
		Expected:       want,
		Counterfactual: quiet + quieter(s, lang),
	}
}

// openers says how many accounts wrote so, where that is unusual.
func openers(s *detect.Signal, lang string) string {
	m, ok := s.Figure("openers")
	if !ok {
		return ""
	}
	share, _ := s.Figure("openershare")
	return " " + fmt.Sprintf(detect.In(lang,
		"%s accounts that may be adults' began talk with minors by this text; of such accounts %s share a text with as many.",
		"بدأت %s حسابات قد تكون لبالغين الحديث مع قاصرين بهذا النص؛ و%s من هذه الحسابات تشترك في نص مع هذا العدد."), detect.Whole(m.Observed), detect.Percent(share.Observed))
}

// quieter ends the counterfactual.
func quieter(s *detect.Signal, lang string) string {
	if m, ok := s.Figure("openersquiet"); ok {
		return fmt.Sprintf(detect.In(lang, ", and the text from at most %s accounts, it would not have spoken.", "، وجاء النص من %s حسابات على الأكثر لما نطق."), detect.Whole(m.Observed))
	}
	return detect.In(lang, " it would not have spoken.", " لما نطق.")
}
