package identity

import (
	"encoding/binary"
	"fmt"

	"haris/internal/detect"
)

// Append appends the encoding.
func (s *cluster) Append(b []byte) []byte {
	b = append(b, s.counted, byte(len(s.family)))
	for _, h := range s.family {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	return s.events.Append(s.spoken.Append(b))
}

// Decode is the inverse of Append.
func (Cluster) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &cluster{counted: r.U8()}
	n := int(r.U8())
	if n > maxFamily || s.counted > sharedCap {
		return nil, detect.ErrState
	}
	for range n {
		s.family = append(s.family, r.U32())
	}
	s.spoken, s.events = r.Spoken(), r.Ring()
	return s, r.Err()
}

// Explain says who hangs together and by what.
func (Cluster) Explain(s *detect.Signal, lang string) detect.Explanation {
	size, _ := s.Figure("groupsize")
	young, _ := s.Figure("groupyoung")
	regions, _ := s.Figure("groupregions")
	acted, _ := s.Figure("groupacted")
	n := detect.Whole(size.Observed)
	why := fmt.Sprintf(detect.In(lang,
		"%s accounts are linked by keys that few use; %s young accounts share one with this account, from %s regions.",
		"%s حسابات مترابطة بمفاتيح لا يستعملها إلا قليلون؛ ويشترك مع هذا الحساب فيها %s حسابات يافعة من %s مناطق."),
		n, detect.Whole(young.Observed), detect.Whole(regions.Observed))
	if acted.Observed > 0 {
		why += " " + fmt.Sprintf(detect.In(lang,
			"%s of the accounts that share a key with it were acted upon for the safety of a child.",
			"واتُّخذ إجراء لسلامة طفل بحق %s من الحسابات المشتركة معه في مفتاح."), detect.Whole(acted.Observed))
	}
	for _, kind := range []struct{ name, en, ar string }{
		{"device", "Shared devices: %s.", "أجهزة مشتركة: %s."},
		{"phone", "Shared telephone numbers: %s.", "أرقام هاتف مشتركة: %s."},
		{"email", "Shared e-mail addresses: %s.", "عناوين بريد مشتركة: %s."},
		{"payout", "Shared payout accounts: %s.", "حسابات دفع مشتركة: %s."},
		{"recovery", "Shared recovery addresses: %s.", "عناوين استرداد مشتركة: %s."},
		{"handle", "Shared handles: %s.", "معرّفات مشتركة: %s."},
	} {
		if f, ok := s.Figure("group" + kind.name); ok {
			why += " " + fmt.Sprintf(detect.In(lang, kind.en, kind.ar), detect.Whole(f.Observed))
		}
	}
	return detect.Explanation{
		Why:      why,
		Observed: fmt.Sprintf(detect.In(lang, "%s linked accounts", "%s حسابات مترابطة"), n),
		Expected: detect.In(lang, "a household: few children, one region", "أسرة: أطفال قليلون ومنطقة واحدة"),
		Counterfactual: detect.In(lang,
			"Had fewer young accounts shared a key with this one, or had more people used the same keys, or were none of them acted upon, this would not have been said.",
			"لو اشترك مع هذا الحساب عدد أقل من الحسابات اليافعة في مفتاح، أو لو استعمل المفاتيح نفسها أناس أكثر، أو لو لم يُتخذ إجراء بحق أي منها، لما قيل هذا."),
	}
}
