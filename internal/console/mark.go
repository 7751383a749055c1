package console

import (
	"haris/internal/casefile"
)

// said is the stage that a person has said a message shows, casefile.NoStage for an ordinary one, empty when nobody has.
func (p *caseView) said(seq uint64) string {
	m, ok := p.MarkOf(seq)
	if !ok {
		return ""
	}
	return m.Stages[0]
}

// stageSaid puts a mark into words.
func (v *view) stageSaid(stage string) string {
	switch stage {
	case "":
		return v.T("mark.unsaid")
	case casefile.NoStage:
		return v.T("mark.none")
	}
	return v.figureName(stage)
}
