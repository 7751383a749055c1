package template

import (
	"fmt"
	"strings"

	"haris/internal/detect"
)

// Explain says who advertises together, how ordinary that is on the platform, and what the advertisements have in common.
func (Advert) Explain(s *detect.Signal, lang string) detect.Explanation {
	if s.Unscanned != "" {
		return advertBlind(s, lang)
	}
	n := func(name string) string { f, _ := s.Figure(name); return detect.Whole(f.Observed) }
	share := func(name string) string { f, _ := s.Figure(name); return detect.Percent(f.Observed) }
	why := []string{fmt.Sprintf(detect.In(lang,
		"%s accounts advertise with one contact detail under %s names, and %s with one text; %s cities were named within 7 days.",
		"%s حسابات تعلن بوسيلة اتصال واحدة تحت %s أسماء، و%s بنص واحد؛ وذُكرت %s مدن خلال 7 أيام."),
		n("advertaccounts"), n("advertnames"), n("adverttext"), n("advertcities")), fmt.Sprintf(detect.In(lang,
		"Of the accounts that advertise on this platform, %s come to as many accounts or names, and %s to as many cities.",
		"ومن الحسابات المعلنة على هذه المنصة يبلغ %s هذا العدد من الحسابات أو الأسماء، و%s هذا العدد من المدن."), share("advertsize"), share("advertmove"))}
	if f, _ := s.Figure("advertminors"); f.Observed > 0 {
		why = append(why, fmt.Sprintf(detect.In(lang, "%s of these %s accounts are minors'.", "%s من هذه الحسابات الـ%s لقاصرين."), detect.Whole(f.Observed), detect.Whole(f.Of)))
	}
	if f, _ := s.Figure("advertregions"); f.Of >= leastCrowd {
		why = append(why, fmt.Sprintf(detect.In(lang, "%s minors' accounts have the contact detail, from %s regions.", "ولدى %s حسابات لقاصرين وسيلة الاتصال هذه، من %s مناطق."), detect.Whole(f.Of), detect.Whole(f.Observed)))
	}
	if f, _ := s.Figure("advertacted"); f.Observed > 0 {
		why = append(why, fmt.Sprintf(detect.In(lang, "%s of them were acted upon for the safety of a child.", "واتُّخذ إجراء لسلامة طفل بحق %s منها."), detect.Whole(f.Observed)))
	}
	if s.Leaflet != nil && s.Leaflet.Text != "" {
		why = append(why, fmt.Sprintf(detect.In(lang, "What the texts have in common: “%s”.", "المشترك بين النصوص: «%s»."), s.Leaflet.Text))
	}
	return detect.Explanation{
		Why: strings.Join(why, " "),
		Observed: fmt.Sprintf(detect.In(lang, "%s accounts, %s names, %s cities", "%s حسابات، %s أسماء، %s مدن"),
			n("advertaccounts"), n("advertnames"), n("advertcities")),
		Expected: detect.In(lang, "most advertise alone, in one place", "أكثر المعلنين يعلنون منفردين وفي مكان واحد"),
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"With at most %s accounts and names to a contact detail or text, and at most %s cities, it would not have spoken",
			"لو كان لوسيلة الاتصال أو النص %s حسابات وأسماء على الأكثر و%s مدن على الأكثر لما نطق"), n("advertquiet"), n("advertstay")) + actedToo(s, lang),
	}
}

// actedToo ends the counterfactual: where an account acted upon is among them, it must not be.
func actedToo(s *detect.Signal, lang string) string {
	if f, _ := s.Figure("advertacted"); f.Observed == 0 {
		return "."
	}
	return detect.In(lang, ", if none of them had been acted upon.", "، إن لم يكن قد اتُّخذ إجراء بحق أي منها.")
}

func advertBlind(s *detect.Signal, lang string) detect.Explanation {
	u, _ := s.Figure("advertunread")
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Not looked at: the platform sent neither text nor contact details of %s listings. That 0 shared ones were seen says nothing.",
			"لم يُفحص: لم ترسل المنصة نصًا ولا وسيلة اتصال لـ%s إعلانات. وكون المشترك المرصود 0 لا يعني شيئًا."), detect.Whole(u.Observed)),
		Observed:       detect.In(lang, "neither text nor contact details", "لا نص ولا وسيلة اتصال"),
		Expected:       detect.In(lang, "text or contact details of listings", "نص الإعلانات أو وسائل الاتصال فيها"),
		Counterfactual: detect.In(lang, "With the text or contact details of listings it could be told.", "لو وصل نص الإعلانات أو وسائل الاتصال فيها لأمكن القول."),
	}
}
