package inbound

import (
	"fmt"

	"haris/internal/detect"
)

// Explain says how many unrelated adults wrote first, how many went on, and from how many regions.
func (Inversion) Explain(s *detect.Signal, lang string) detect.Explanation {
	a, _ := s.Figure("adults")
	o, _ := s.Figure("once")
	r, _ := s.Figure("regions")
	got, of, want := detect.Whole(a.Observed), detect.Whole(a.Of), detect.Short(a.Expected)
	why := fmt.Sprintf(detect.In(lang,
		"%s of %s strangers who first wrote to this young account in %s days were adults; expected %s. %s of them stopped within three messages.",
		"%s من أصل %s غرباء كتبوا لأول مرة إلى هذا الحساب اليافع خلال %s أيام بالغون؛ والمتوقع %s. توقف %s منهم خلال ثلاث رسائل."),
		got, of, s.Days(), want, detect.Whole(o.Observed))
	if r.Observed > 1 {
		why += " " + fmt.Sprintf(detect.In(lang, "They came from %s regions.", "وجاؤوا من %s مناطق."), detect.Whole(r.Observed))
	}
	b, _ := s.Figure("today")
	why += " " + fmt.Sprintf(detect.In(lang,
		"Strangers who wrote first on the last day: %s; ordinarily %s a day.", "الغرباء الذين كتبوا أولًا في اليوم الأخير: %s؛ والمعتاد %s في اليوم."),
		detect.Whole(b.Observed), detect.Short(b.Expected))
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s adult strangers", "%s غرباء بالغين"), got),
		Expected: want,
		Counterfactual: fmt.Sprintf(detect.In(lang,
			"Had the messages come at the account's usual pace, or had %d or more of these adults stayed to talk, this would not have been said.",
			"لو جاءت الرسائل بوتيرة الحساب المعتادة، أو لو واصل الحديث %d أو أكثر من هؤلاء البالغين، لما قيل هذا."),
			int(o.Of)-oneShots(int(o.Of))+1),
	}
}
