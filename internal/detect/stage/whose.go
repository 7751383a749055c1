package stage

import (
	"fmt"
	"strings"

	"haris/internal/detect"
)

// seedAlone reports whether no stage was shown by any score but those of the seed.
func seedAlone(s *detect.Signal) bool { return len(s.Scorers) == 1 && s.Scorers[0].Seed }

// whose says whose scores a signal rests on, and what could not be read. A signal of before scorers were told says nothing.
func whose(s *detect.Signal, lang string) string {
	if len(s.Scorers) == 0 {
		return tongues(s, lang)
	}
	names := make([]string, len(s.Scorers))
	for i, by := range s.Scorers {
		names[i] = scorer(by, lang)
	}
	out := " " + fmt.Sprintf(detect.In(lang, "The scores are from %s.", "التقييم من %s."), strings.Join(names, detect.In(lang, " and ", " ومن ")))
	if seedAlone(s) {
		out += " " + detect.In(lang,
			"That model learnt from sentences written for the purpose, not from what happened here: it is a hint, and weighs at most 1.",
			"تعلّم هذا النموذج من جمل كُتبت لهذا الغرض، لا مما حدث هنا: فهو تلميح لا يزيد وزنه على 1.")
	}
	return out + tongues(s, lang)
}

func scorer(by detect.Scorer, lang string) string {
	switch {
	case by.Seed:
		return detect.In(lang, "the seed", "النموذج الأولي")
	case by.Model != "":
		return fmt.Sprintf(detect.In(lang, "the model %s (%s)", "النموذج %s (%s)"), by.Model, by.Digest[:min(len(by.Digest), 12)])
	}
	return detect.In(lang, "the platform", "المنصة")
}

// tongues says which languages no model could read.
func tongues(s *detect.Signal, lang string) string {
	if len(s.Unread) == 0 {
		return ""
	}
	return " " + fmt.Sprintf(detect.In(lang, "Messages in these languages could not be read, as no model is calibrated for them: %s.",
		"لم يمكن قراءة الرسائل بهذه اللغات إذ لا نموذج معاير لها: %s."), strings.Join(s.Unread, detect.In(lang, ", ", "، ")))
}
