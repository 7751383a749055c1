package contact

import (
	"fmt"
	"math"

	"haris/internal/detect"
)

// Explain says how many of the new contacts were minors and how many could be expected.
func (Selectivity) Explain(s *detect.Signal, lang string) detect.Explanation {
	m, _ := s.Figure("minors")
	w, _ := s.Figure("welcomed")
	q, _ := s.Figure("reach")
	n, k, want, share := detect.Whole(m.Of), detect.Whole(m.Observed), detect.Short(m.Expected), detect.Percent(q.Observed)
	why := fmt.Sprintf(detect.In(lang,
		"%s of %s new contacts in %s days were minors; expected %s (%s).",
		"%s من أصل %s من جهات الاتصال الجديدة خلال %s أيام قاصرون؛ والمتوقع %s (%s)."), k, n, s.Days(), want, share)
	if w.Of > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"%s of %s welcomed the contact; ordinarily %s.",
			"رحّب %s من أصل %s بالتواصل؛ والمعتاد %s."), detect.Whole(w.Observed), detect.Whole(w.Of), detect.Short(w.Expected))
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s minors", "%s من %s قاصرون"), k, n),
		Expected: fmt.Sprintf(detect.In(lang, "%s (%s)", "%s (%s)"), want, share),
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"With about %s minors among the %s new contacts this would be ordinary.",
			"لو كان بين %[2]s من جهات الاتصال الجديدة نحو %[1]s قاصرين لكان ذلك معتادًا."), want, n),
	}
}

// Explain says how many minors welcomed the contact and how many ordinarily do.
func (Acceptance) Explain(s *detect.Signal, lang string) detect.Explanation {
	w, _ := s.Figure("welcomed")
	got, of, want := detect.Whole(w.Observed), detect.Whole(w.Of), detect.Short(w.Expected)
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Of %s minors approached, %s answered or accepted; ordinarily %s do.",
			"من أصل %s قاصرين جرى التواصل معهم استجاب %s؛ والمعتاد %s."), of, got, want),
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s welcomed", "رحّب %s من %s"), got, of),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had %s or more of these %s answered, the test could not have spoken, whatever the order.",
			"لو استجاب %s أو أكثر من هؤلاء الـ%s لما أمكن أن ينطق الاختبار أيًا كان الترتيب."), detect.Whole(enough(w)), of),
	}
}

// enough is the number of welcomes that leaves too few refusals for the test to speak in any order.
func enough(w detect.Figure) float64 {
	return math.Max(0, w.Of-mostRefusals(w.Expected/math.Max(w.Of, 1)))
}
