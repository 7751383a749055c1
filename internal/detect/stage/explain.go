package stage

import (
	"fmt"
	"slices"
	"strings"

	"haris/internal/detect"
)

// words are the stages in English and Arabic, by their names.
var words = map[string][2]string{
	"S1": {"getting in touch", "التواصل"}, "S2": {"winning trust", "كسب الثقة"}, "S3": {"asking who is around", "السؤال عمن حولهم"},
	"S4": {"secrecy", "التكتم"}, "S5": {"moving elsewhere", "الانتقال إلى مكان آخر"}, "S6": {"gifts or money", "الهدايا أو المال"},
	"S7": {"asking for pictures", "طلب الصور"}, "S8": {"meeting or travel", "اللقاء أو السفر"}, "S9": {"pressure", "الضغط"},
	"T1": {"control of the account", "السيطرة على الحساب"}, "T2": {"advertising", "الإعلان"}, "T3": {"time, price or transport", "الموعد أو السعر أو النقل"},
	"T4": {"money for a third person", "مال لطرف ثالث"},
}

// Word is a stage in words.
func Word(name, lang string) string { return word(name, lang) }

func word(name, lang string) string {
	w := words[name]
	return detect.In(lang, w[0], w[1])
}

// shown are the figures of stages, the strongest first.
func shown(s *detect.Signal) (out []detect.Figure) {
	for _, f := range s.Figures {
		if _, ok := words[f.Name]; ok {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(a, b detect.Figure) int {
		if a.Observed > b.Observed {
			return -1
		} else if a.Observed < b.Observed {
			return 1
		}
		return 0
	})
	return out
}

// Explain says which stages were reached with one child, and what would be left without the one that matters most.
func (Progression) Explain(s *detect.Signal, lang string) detect.Explanation {
	n, _ := s.Figure("stages")
	if s.Unscanned != "" {
		return blind(s, lang)
	}
	list := shown(s)
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = word(f.Name, lang)
	}
	why := fmt.Sprintf(detect.In(lang,
		"Messages to one minor reached %s stages: %s. By chance a conversation ordinarily reaches none.",
		"بلغت الرسائل إلى قاصر واحد %s مراحل: %s. والمعتاد ألا تبلغ المحادثة أي مرحلة مصادفةً."), detect.Whole(n.Observed), strings.Join(names, detect.In(lang, ", ", "، ")))
	if o, _ := s.Figure("order"); o.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang, "Pairs of stages in the order known from case files: %s.", "أزواج المراحل التي جاءت بالترتيب المعروف من القضايا: %s."), detect.Whole(o.Observed))
	}
	if len(list) > 0 {
		why += whose(s, lang)
	} else {
		why = fmt.Sprintf(detect.In(lang, "Messages to one minor reach %s stages now.", "تبلغ الرسائل إلى قاصر واحد الآن %s مراحل."), detect.Whole(n.Observed))
	}
	return detect.Explanation{
		Why:            why,
		Observed:       fmt.Sprintf(detect.In(lang, "%s stages with one minor", "%s مراحل مع قاصر واحد"), detect.Whole(n.Observed)),
		Expected:       detect.In(lang, "none", "لا شيء"),
		Counterfactual: without(s, list, lang),
	}
}

// without says what would be left if the stage that matters most had not been there. The order of stages is then left out as well.
func without(s *detect.Signal, list []detect.Figure, lang string) string {
	if len(list) == 0 {
		return detect.In(lang, "With several stages in scored messages it would speak.", "لو ظهرت عدة مراحل في الرسائل المقيّمة لنطق.")
	}
	ages, _ := s.Figure("ages")
	sum, most := 0.0, 0.0
	for _, f := range list[1:] {
		sum += f.Observed
		most = max(most, f.Observed)
	}
	left := strengthOf(ages.Observed*(sum-most/2), seedAlone(s))
	name := word(list[0].Name, lang)
	if left == 0 {
		return fmt.Sprintf(detect.In(lang, "Without the messages about %s the rest would not have been worth saying.", "لولا الرسائل المتعلقة بـ«%s» لما استحق الباقي الذكر."), name)
	}
	return fmt.Sprintf(detect.In(lang, "Without the messages about %s it would have weighed %s instead of %s.", "لولا الرسائل المتعلقة بـ«%s» لكان الوزن %s بدلًا من %s."), name, detect.Short(left), detect.Short(s.Strength))
}

// blind says why nothing could be told.
func blind(s *detect.Signal, lang string) detect.Explanation {
	u, _ := s.Figure("unread")
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Not looked at: messages to %s minors have no stage scores, neither from the platform nor from a model. That 0 stages were seen says nothing.",
			"لم يُفحص: ليس لرسائل إلى %s قاصرين تقييم للمراحل، لا من المنصة ولا من نموذج. وكون المراحل المرصودة 0 لا يعني شيئًا."), detect.Whole(u.Observed)) +
			tongues(s, lang),
		Observed:       detect.In(lang, "no scores", "لا تقييم"),
		Expected:       detect.In(lang, "scores of every message", "تقييم لكل رسالة"),
		Counterfactual: detect.In(lang, "With stage scores from the platform or the device, or a model for the language, it could be told.", "لو وصل تقييم المراحل من المنصة أو الجهاز، أو وُجد نموذج للغة، لأمكن القول."),
	}
}

// Explain says with how many children several stages were reached.
func (Recurrence) Explain(s *detect.Signal, lang string) detect.Explanation {
	k, _ := s.Figure("recurring")
	same := shown(s)
	got, of, want := detect.Whole(k.Observed), detect.Whole(k.Of), detect.Short(k.Expected)
	why := fmt.Sprintf(detect.In(lang,
		"With %s of %s minors whose messages were scored in %s days, two or more stages were reached; expected %s.",
		"مع %s من أصل %s قاصرين قُيّمت رسائلهم خلال %s يومًا بُلغت مرحلتان أو أكثر؛ والمتوقع %s."), got, of, s.Days(), want)
	if len(same) == 2 {
		why += " " + fmt.Sprintf(detect.In(lang, "The same two with %s of them: %s and %s.", "والمرحلتان نفساهما مع %s منهم: %s و%s."),
			detect.Whole(same[0].Of), word(same[0].Name, lang), word(same[1].Name, lang))
	}
	return detect.Explanation{
		Why:      why + whose(s, lang),
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s minors", "%s من %s قاصرين"), got, of),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"With %s such minors or fewer it would not have spoken.", "لو كان عددهم %s أو أقل لما نطق."), detect.Whole(quietest(s))),
	}
}
