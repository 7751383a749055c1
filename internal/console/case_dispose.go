package console

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// maxPolicy bounds the name of a policy, in bytes.
const maxPolicy = 200

// confidences lists how sure a person may be.
func confidences() []string { return []string{"low", "medium", "high"} }

// findings lists the findings that the form offers.
func findings() []casefile.Finding {
	return []casefile.Finding{casefile.FindingConfirmed, casefile.FindingCleared, casefile.FindingNeedsSecond, casefile.FindingEscalated}
}

// caseDispose records a person's finding, and begins the report of what was confirmed when the person wants that. A finding that
// waits for a second person begins none.
func (c *console) caseDispose(w http.ResponseWriter, r *request) error {
	a, err := seenAct(r)
	if err != nil {
		return err
	}
	d, reports := readDisposition(r), text(r, "then") == "report"
	bad := checkDisposition(&d)
	d.Elements = readElements(r, bad)
	if len(d.Elements) > 0 && d.Typology != taxonomy.TypologyTrafficking {
		bad["elements"] = "elements"
	}
	if reports && d.Finding != "" && d.Finding != casefile.FindingConfirmed {
		bad["finding"] = "not_reported"
	}
	if d.Banked, err = c.chosenMedia(r); err != nil {
		if mistakesOf(err) == nil {
			return err
		}
		maps.Copy(bad, mistakesOf(err))
	}
	maps.Copy(bad, checkBanked(&d))
	answer := action.Outcome(text(r, "answer"))
	if answer != "" && !answers(answer, d.Finding) {
		bad["answer"] = "answer"
	}
	if len(bad) > 0 {
		return c.caseAgain(w, r, bad)
	}
	k, err := c.Judge.Dispose(r.Context(), a, d)
	if err != nil {
		return c.caseAgain(w, r, err)
	}
	why := ""
	if answer != "" && r.person.Can(auth.ActionAsk) {
		if why, err = c.answer(r, &k, answer); err != nil {
			return err
		}
	}
	if why != "" { // the finding stands; the person is told before anything else that nobody was answered
		return c.see(w, r, "/case/"+k.ID+"?"+url.Values{"unanswered": {why}}.Encode()+"#warned")
	}
	if reports && r.person.Can(auth.ReportEdit) && casefile.Allowed(&k, casefile.ReportDrafted, r.person.ID, c.Now()) == nil {
		made, err := c.Reports.Create(r.Context(), r.person.ID, k.ID)
		if err != nil {
			return err
		}
		return c.see(w, r, "/report/"+made.ID)
	}
	if text(r, "then") == "next" && r.person.Can(auth.CaseClaim) {
		f := queueFilter{id: originOf(r).queue}
		if err := c.resolve(r, &f); errors.Is(err, casefile.ErrNoQueue) {
			f = queueFilter{} // the queue was deleted meanwhile: the finding stands all the same
		} else if err != nil {
			return err
		}
		return c.showNext(w, r, f, false)
	}
	return c.see(w, r, caseURL(k.ID, originOf(r)))
}

func readDisposition(r *request) casefile.Disposition {
	return casefile.Disposition{
		Finding:    casefile.Finding(text(r, "finding")),
		Proposed:   casefile.Finding(text(r, "proposed")),
		Typology:   taxonomy.Typology(text(r, "typology")),
		Policy:     text(r, "policy"),
		Reason:     text(r, "reason"),
		Confidence: text(r, "confidence"),
		Wrong:      text(r, "wrong") == "yes",
	}
}

// checkDisposition says which fields a person must still fill in. The case itself checks again.
func checkDisposition(d *casefile.Disposition) mistakes {
	bad := mistakes{}
	if !slices.Contains(findings(), d.Finding) {
		bad["finding"] = "choose"
	}
	decides := d.Finding
	if d.Finding == casefile.FindingNeedsSecond {
		if decides = d.Proposed; decides != casefile.FindingConfirmed && decides != casefile.FindingCleared {
			bad["proposed"] = "choose"
		}
	} else {
		d.Proposed = ""
	}
	switch {
	case d.Typology == "" && decides != casefile.FindingConfirmed: // what was not found needs no kind
	case !slices.Contains(taxonomy.Typologies(), d.Typology):
		bad["typology"] = "choose"
	case decides == casefile.FindingConfirmed && d.Typology == taxonomy.TypologyUnknown:
		bad["typology"] = "typology"
	}
	switch {
	case d.Reason == "":
		bad["reason"] = "required"
	case len(d.Reason) > maxText:
		bad["reason"] = "long"
	}
	if decides == casefile.FindingConfirmed && d.Policy == "" {
		bad["policy"] = "required"
	}
	if len(d.Policy) > maxPolicy {
		bad["policy"] = "long"
	}
	if !slices.Contains(confidences(), d.Confidence) {
		bad["confidence"] = "choose"
	}
	return bad
}

// seenOf is the length of the history that the person had before them when they filled in the form.
func seenOf(r *request) (int, error) {
	n, err := strconv.Atoi(r.PostForm.Get("seen"))
	if err != nil || n < 1 {
		return 0, errForm
	}
	return n, nil
}
