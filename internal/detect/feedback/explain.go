package feedback

import (
	"fmt"

	"haris/internal/detect"
)

// Explain says how many minors blocked or reported the account and how many could be expected.
func (Minors) Explain(s *detect.Signal, lang string) detect.Explanation {
	k, _ := s.Figure("complaints")
	c, _ := s.Figure("concern")
	got, of, want := detect.Whole(k.Observed), detect.Whole(k.Of), detect.Short(k.Expected)
	why := fmt.Sprintf(detect.In(lang,
		"%s minors blocked or reported the account recently, of about %s it had to do with; expected %s.",
		"حظر %s قاصرين الحساب أو أبلغوا عنه حديثًا من نحو %s تعامل معهم؛ والمتوقع %s."), got, of, want)
	if c.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"%s reports were about a child's safety.", "عدد البلاغات المتعلقة بسلامة طفل: %s."), detect.Whole(c.Observed))
	}
	if s.Hard {
		why += " " + detect.In(lang,
			"The account's messages to minors also carried stage evidence.", "وحملت رسائل الحساب إلى القاصرين أيضًا دلائل مراحل الاستدراج.")
	}
	return detect.Explanation{
		Why:            why,
		Observed:       fmt.Sprintf(detect.In(lang, "%s minors complained", "اشتكى %s قاصرين"), got),
		Expected:       want,
		Counterfactual: counterfactual(s, lang, k),
	}
}

// counterfactual names the number of complaints that would have said nothing. A hard fact falls only with one of its two halves.
func counterfactual(s *detect.Signal, lang string, k detect.Figure) string {
	few := ordinary(int(k.Observed), k.Expected)
	if c, _ := s.Figure("concern"); c.Observed == 0 {
		few = max(few, minorsAsked-1)
	}
	text := fmt.Sprintf(detect.In(lang,
		"Had at most %d of these minors complained, their number would have said nothing.",
		"لو لم يشتك أكثر من %d من هؤلاء القاصرين لما دلّ عددهم على شيء."), few)
	if s.Hard {
		text += " " + detect.In(lang,
			"Without the report about a child's safety, or without the stage evidence, there would be no hard fact.",
			"ولولا البلاغ عن سلامة طفل، أو لولا دلائل المراحل، لما كانت هناك حقيقة قاطعة.")
	}
	return text
}
