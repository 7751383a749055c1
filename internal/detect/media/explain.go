package media

import (
	"fmt"
	"strings"

	"haris/internal/detect"
)

// Explain names the list, the algorithm, the distance and the list's classification of the newest match, and how many there are.
func (Known) Explain(s *detect.Signal, lang string) detect.Explanation {
	known, _ := s.Figure("known")
	posted, _ := s.Figure("posted")
	why := fmt.Sprintf(detect.In(lang,
		"Media of the account match known material: %s different, posted %s times.",
		"مواد للحساب تطابق مواد معروفة: %s مختلفة، نُشرت %s مرة."), detect.Whole(known.Observed), detect.Whole(posted.Observed))
	if n := len(s.Matches); n > 0 {
		why += " " + oneMatch(&s.Matches[n-1], lang)
	}
	return detect.Explanation{
		Why:            why,
		Observed:       fmt.Sprintf(detect.In(lang, "%s known media", "%s مواد معروفة"), detect.Whole(known.Observed)),
		Expected:       detect.In(lang, "none", "لا شيء"),
		Counterfactual: counterfactual(s, lang),
	}
}

// oneMatch tells one match.
func oneMatch(m *detect.Match, lang string) string {
	list := m.Name
	if m.Origin != "" && m.Origin != m.Name {
		list += " (" + m.Origin + ")"
	}
	out := fmt.Sprintf(detect.In(lang, "List “%s”, by %s", "القائمة «%s»، بطريقة %s"), list, strings.ToUpper(m.Kind))
	switch {
	case m.Share > 0:
		out += fmt.Sprintf(detect.In(lang, ", %s of the frames", "، %s من اللقطات"), detect.Percent(m.Share))
	case m.Radius > 0:
		out += fmt.Sprintf(detect.In(lang, ", %d of 256 bits apart (counts up to %d)", "، بفارق %d من 256 بتًا (يُحتسب حتى %d)"), m.Distance, m.Radius)
	default:
		out += detect.In(lang, ", equal", "، متطابقة تمامًا")
	}
	if m.Classification != "" {
		out += fmt.Sprintf(detect.In(lang, "; the list classifies it as %s", "؛ وتصنّفها القائمة %s"), m.Classification)
	}
	return out + "."
}

func counterfactual(s *detect.Signal, lang string) string {
	if n := len(s.Matches); n > 0 && s.Matches[n-1].Radius > 0 {
		return fmt.Sprintf(detect.In(lang,
			"Had the newest picture differed in more than %d bits from the entry, or had a person entered it as wrongly matched, it would not count.",
			"لو اختلفت أحدث صورة عن المُدخل بأكثر من %d بتًا، أو أدرجها شخص كمطابقة خاطئة، لما احتُسبت."), s.Matches[n-1].Radius)
	}
	return detect.In(lang,
		"Were the entry not on the list, or had a person entered it as wrongly matched, it would not count.",
		"لو لم يكن المُدخل في القائمة، أو أدرجه شخص كمطابقة خاطئة، لما احتُسبت.")
}
