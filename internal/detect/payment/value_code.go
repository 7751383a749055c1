package payment

import (
	"encoding/binary"
	"fmt"
	"math"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Append appends the encoding.
func (s *value) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(s.at)) //nolint:gosec // the bits
	for _, v := range s.numbers() {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(*v))
	}
	b = append(b, s.counted[:]...)
	b = s.spoken.Append(append(b, byte(bit(s.hard))))
	b = append(b, byte(len(s.names)))
	for _, n := range s.names {
		b = append(b, byte(len(n)))
		b = append(b, n...)
	}
	return s.events.Append(b)
}

// Decode is the inverse of Append.
func (Value) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &value{at: int64(r.U64())} //nolint:gosec // the bits
	for _, v := range s.numbers() {
		if *v = r.F32(); *v < 0 {
			r.Fail()
		}
	}
	copy(s.counted[:], r.Take(len(s.counted)))
	switch r.U8() {
	case 0:
	case 1:
		s.hard = true
	default:
		r.Fail()
	}
	s.spoken = r.Spoken()
	n := int(r.U8())
	if n > maxNames {
		return nil, detect.ErrState
	}
	for range n {
		size := int(r.U8())
		if size > maxName {
			return nil, detect.ErrState
		}
		s.names = append(s.names, string(r.Take(size)))
	}
	s.events = r.Ring()
	return s, r.Err()
}

// Explain says who paid whom, and which media went beside.
func (Value) Explain(s *detect.Signal, lang string) detect.Explanation {
	paid, _ := s.Figure("paidyoung")
	payments, _ := s.Figure("payments")
	bought, _ := s.Figure("bought")
	charged, _ := s.Figure("charged")
	coerced, _ := s.Figure("coerced")
	if s.Typology == taxonomy.TypologySextortion {
		n, of := detect.Whole(charged.Observed), detect.Whole(charged.Of)
		why := fmt.Sprintf(detect.In(lang,
			"%s of %s young accounts that paid this stranger did so within an hour of sending media to it.",
			"%s من أصل %s حسابات يافعة دفعت لهذا الغريب فعلت ذلك خلال ساعة من إرسال وسائط إليه."), n, of)
		if coerced.Observed > 0 {
			why += " " + fmt.Sprintf(detect.In(lang, "With %s of them it had exchanged media before.", "وكان قد تبادل الوسائط مع %s منها قبل ذلك."), detect.Whole(coerced.Observed))
		}
		return detect.Explanation{
			Why:      why,
			Observed: fmt.Sprintf(detect.In(lang, "%s of %s paid after media", "%s من %s دفعت بعد وسائط"), n, of),
			Expected: detect.In(lang, "hardly any", "يكاد لا يوجد"),
			Counterfactual: detect.In(lang,
				"Had more than an hour passed between media and payment, or had they known each other before, this would not have been said.",
				"لو مرّت أكثر من ساعة بين الوسائط والدفع، أو لو كانوا يعرفون بعضهم من قبل، لما قيل هذا."),
		}
	}
	n, of := detect.Whole(paid.Observed), detect.Whole(paid.Of)
	why := fmt.Sprintf(detect.In(lang,
		"This stranger paid %s of %s young accounts that it approached (payments: %s).", "دفع هذا الغريب لـ%s من أصل %s حسابات يافعة تواصل معها (عدد الدفعات: %s)."),
		n, of, detect.Whole(payments.Observed))
	if bought.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"Media came back within an hour of %s of them.", "وجاءت وسائط خلال ساعة من %s منها."), detect.Whole(bought.Observed))
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s of %s paid", "دُفع لـ%s من %s"), n, of),
		Expected: detect.In(lang, "strangers hardly ever pay the young", "نادرًا ما يدفع الغرباء لليافعين"),
		Counterfactual: detect.In(lang,
			"Had fewer of them been paid, or each only once, with no media beside, this would not have been said.",
			"لو دُفع لعدد أقل منهم، أو لكل منهم مرة واحدة، دون وسائط إلى جانب ذلك، لما قيل هذا."),
	}
}
