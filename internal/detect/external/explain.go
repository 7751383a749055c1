package external

import (
	"fmt"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/detect/stage"
)

// reasons say in English and Arabic why nothing was answered, by the words that stand in the log.
var reasons = map[string][2]string{
	"no_text":     {"haris holds no text of the account to a minor", "لا يحتفظ حارس بأي نص كتبه الحساب إلى قاصر"},
	"unreachable": {"the model gave no answer", "لم يُجب النموذج"},
	"late":        {"it could not be asked within a day, within the bounds that the operator has set", "تعذّر سؤاله خلال يوم ضمن الحدود التي وضعها المشغّل"},
	"malformed":   {"what it answered is no answer", "ما ردّ به ليس جوابًا"},
	"declined":    {"it would not answer", "امتنع عن الجواب"},
	"missing":     {"it left out what it was asked about", "أغفل ما سُئل عنه"},
	"unsure":      {"it says that it does not know", "قال إنه لا يدري"},
	"misquoted":   {"what it quotes does not stand in the message", "ما اقتبسه لا يرد في الرسالة"},
	"too_long":    {"the message is longer than what may be sent", "الرسالة أطول مما يجوز إرساله"},
}

// reason says why nothing was answered.
func reason(code, lang string) string {
	w, ok := reasons[code]
	if !ok {
		w = [2]string{"nothing was answered", "لم يرد جواب"}
	}
	return detect.In(lang, w[0], w[1])
}

// shownDigest is how much of a digest people are shown.
const shownDigest = 12

// whose names the model and the policy.
func whose(q *detect.Quoted, lang string) string {
	return fmt.Sprintf(detect.In(lang, "%s, policy %s", "%s، السياسة %s"), q.Model, q.Policy[:min(len(q.Policy), shownDigest)])
}

// Explain says which stages the model found with one child. Of the messages it holds nothing, since it may stand in a list: Tell does.
func (Model) Explain(s *detect.Signal, lang string) detect.Explanation {
	n, _ := s.Figure("claimed")
	asked, _ := s.Figure("asked")
	if s.Unscanned != "" {
		return blind(s, lang)
	}
	if s.Strength == 0 {
		return quiet(lang, detect.Whole(n.Observed), detect.Whole(asked.Observed))
	}
	why := []string{fmt.Sprintf(detect.In(lang,
		"A model of somebody else finds %s stages in %s messages to one minor that it was asked about.",
		"يجد نموذج لجهة أخرى %s مراحل في %s من الرسائل إلى قاصر واحد سُئل عنها."),
		detect.Whole(n.Observed), detect.Whole(asked.Observed))}
	var names []string
	for i := range s.Quoted {
		if name := stage.Word(s.Quoted[i].Stage, lang); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		why[0] = strings.TrimSuffix(why[0], ".") + ": " + strings.Join(names, detect.In(lang, ", ", "، ")) + "."
	}
	why = append(why, detect.In(lang, "It is a machine's reading of single messages, and nobody has calibrated it.", "هذه قراءة آلة لرسائل منفردة، ولم يعايرها أحد."))
	if k := len(s.Quoted); k > 0 {
		why = append(why, fmt.Sprintf(detect.In(lang, "Model: %s.", "النموذج: %s."), whose(&s.Quoted[k-1], lang)))
	}
	return detect.Explanation{
		Why:            strings.Join(why, " "),
		Observed:       fmt.Sprintf(detect.In(lang, "%s stages with one minor", "%s مراحل مع قاصر واحد"), detect.Whole(n.Observed)),
		Expected:       detect.In(lang, "none", "لا شيء"),
		Counterfactual: without(s, lang),
	}
}

// Tell tells one claim: the stage, the words of the message that it rests on, and the reason in the model's own words.
func Tell(q *detect.Quoted, lang string) string {
	out := stage.Word(q.Stage, lang)
	if q.Quote != "" {
		out += fmt.Sprintf(detect.In(lang, ": “%s”", ": «%s»"), q.Quote)
	}
	if q.Rationale != "" {
		out += fmt.Sprintf(detect.In(lang, " (words of the model: “%s”)", " (بكلمات النموذج: «%s»)"), q.Rationale)
	}
	return out + "."
}

// quiet says that nothing worth saying was found.
func quiet(lang, n, asked string) detect.Explanation {
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"A model of somebody else finds %s stages in %s messages to one minor: too little to say anything.",
			"يجد نموذج لجهة أخرى %s مراحل في %s من الرسائل إلى قاصر واحد: أقل من أن يُقال شيء."), n, asked),
		Observed:       fmt.Sprintf(detect.In(lang, "%s stages", "%s مراحل"), n),
		Expected:       detect.In(lang, "none", "لا شيء"),
		Counterfactual: detect.In(lang, "Had it found several stages with one minor, it would speak.", "لو وجد عدة مراحل مع قاصر واحد لنطق."),
	}
}

// without says what would be left if the stage that weighs most had not been found.
func without(s *detect.Signal, lang string) string {
	sum, second, first := 0.0, 0.0, detect.Figure{}
	for _, f := range s.Figures {
		if f.Of != cap1 {
			continue
		}
		sum += f.Observed
		if f.Observed > first.Observed {
			first, second = f, first.Observed
		} else {
			second = max(second, f.Observed)
		}
	}
	if first.Name == "" {
		return detect.In(lang, "Had the model not been asked, nothing would have been said here.", "لو لم يُسأل النموذج لما قيل هنا شيء.")
	}
	name, left := stage.Word(first.Name, lang), strengthOf(sum-first.Observed-second/2)
	if left == 0 {
		return fmt.Sprintf(detect.In(lang, "Had the model not found “%s”, the rest would not have been worth saying.", "لو لم يجد النموذج «%s» لما استحق الباقي الذكر."), name)
	}
	return fmt.Sprintf(detect.In(lang, "Had the model not found “%s”, it would have weighed %s instead of %s.", "لو لم يجد النموذج «%s» لكان الوزن %s بدلًا من %s."), name, detect.Short(left), detect.Short(s.Strength))
}

// blind says why nothing could be told.
func blind(s *detect.Signal, lang string) detect.Explanation {
	code, by := "", ""
	if len(s.Quoted) > 0 {
		q := &s.Quoted[0]
		code = q.Unscanned
		by = " " + fmt.Sprintf(detect.In(lang, "Model: %s.", "النموذج: %s."), whose(q, lang))
	}
	return detect.Explanation{
		Why: fmt.Sprintf(detect.In(lang,
			"Not looked at by the model of somebody else: %s. That it found 0 stages says nothing.",
			"لم ينظر فيه نموذج الجهة الأخرى: %s. وكونه وجد 0 مراحل لا يعني شيئًا."), reason(code, lang)) + by,
		Observed:       detect.In(lang, "no answer", "لا جواب"),
		Expected:       detect.In(lang, "an answer about every message asked about", "جواب عن كل رسالة سُئل عنها"),
		Counterfactual: detect.In(lang, "With an answer about the messages, it could be told.", "لو ورد جواب عن الرسائل لأمكن القول."),
	}
}
