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
		"Minors blocked or reported the account %s times recently, of about %s approached; expected %s.",
		"حظر قاصرون الحساب أو أبلغوا عنه %s مرات حديثًا من نحو %s جرى التواصل معهم؛ والمتوقع %s."), got, of, want)
	if c.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"%s of them reported a concern for a child's safety.", "أبلغ %s منهم عن قلق على سلامة طفل."), detect.Whole(c.Observed))
	}
	if s.Hard {
		why += " " + detect.In(lang,
			"The account's messages to minors also carried stage evidence.", "وحملت رسائل الحساب إلى القاصرين أيضًا دلائل مراحل الاستدراج.")
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s blocks and reports", "%s حظر وبلاغ"), got),
		Expected: want,
		Counterfactual: detect.In(lang,
			"With one block or report fewer, or had adults found the account as much of a nuisance, the strength would be lower.",
			"لو نقص حظر أو بلاغ واحد، أو لو أزعج الحساب البالغين بالقدر نفسه، لكانت القوة أقل."),
	}
}
