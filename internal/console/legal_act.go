package console

import (
	"net/http"
	"strconv"

	"haris/internal/process"
)

// processAct says who acts on which process, and what of it they have seen.
func processAct(r *request) (process.Act, error) {
	seen, err := strconv.Atoi(text(r, "seen"))
	if err != nil || seen < 1 {
		return process.Act{}, errForm
	}
	return process.Act{Who: r.person.ID, Process: r.PathValue("id"), Seen: seen}, nil
}

// processDo carries one act out and shows the process again, with what was wrong with its form.
func (c *console) processDo(w http.ResponseWriter, r *request, which string, do func(a process.Act) error) error {
	a, err := processAct(r)
	if err != nil {
		return err
	}
	if err := do(a); err != nil {
		bad := mistakesOf(err)
		if bad == nil {
			bad = legalMistake(err)
		}
		if bad == nil {
			return err
		}
		return c.showProcess(w, r, http.StatusUnprocessableEntity, which, bad)
	}
	return c.see(w, r, "/legal/"+a.Process)
}

// worded is an act with a person's words.
func (c *console) worded(w http.ResponseWriter, r *request, which string, do func(a process.Act, words string) error) error {
	return c.processDo(w, r, which, func(a process.Act) error {
		words, err := required(r, "words")
		if err != nil {
			return err
		}
		return do(a, words)
	})
}

// processReview says that the scope is right.
func (c *console) processReview(w http.ResponseWriter, r *request) error {
	return c.worded(w, r, "review", func(a process.Act, words string) error {
		_, err := c.Legal.Review(r.Context(), a, words)
		return err
	})
}

// processApprove approves exactly the scope that the page showed.
func (c *console) processApprove(w http.ResponseWriter, r *request) error {
	return c.processDo(w, r, "approve", func(a process.Act) error {
		if text(r, "confirm") == "" {
			return mistakes{"confirm": "sure"}
		}
		_, err := c.Legal.Approve(r.Context(), a, text(r, "digest"))
		return err
	})
}

// processRefuse ends a process with a reason.
func (c *console) processRefuse(w http.ResponseWriter, r *request) error {
	return c.worded(w, r, "refuse", func(a process.Act, words string) error {
		_, err := c.Legal.Refuse(r.Context(), a, words)
		return err
	})
}

// processRescope changes what a process covers.
func (c *console) processRescope(w http.ResponseWriter, r *request) error {
	return c.worded(w, r, "rescope", func(a process.Act, words string) error {
		s, bad := readScope(r)
		if len(bad) > 0 {
			return bad
		}
		_, err := c.Legal.Rescope(r.Context(), a, s, words)
		return err
	})
}

// processProduce makes the production and seals it.
func (c *console) processProduce(w http.ResponseWriter, r *request) error {
	return c.processDo(w, r, "produce", func(a process.Act) error {
		_, err := c.Legal.Produce(r.Context(), a)
		return err
	})
}

// processDeliver says that the production was handed over.
func (c *console) processDeliver(w http.ResponseWriter, r *request) error {
	return c.worded(w, r, "deliver", func(a process.Act, words string) error {
		_, err := c.Legal.Deliver(r.Context(), a, words)
		return err
	})
}

// processDestroy carries out an approved request to destroy.
func (c *console) processDestroy(w http.ResponseWriter, r *request) error {
	return c.processDo(w, r, "destroy", func(a process.Act) error {
		if text(r, "confirm") == "" {
			return mistakes{"confirm": "sure"}
		}
		_, _, err := c.Legal.Destroy(r.Context(), a)
		return err
	})
}

// processPackage sends the package. That it leaves stands in custody and in the log of disclosures.
func (c *console) processPackage(w http.ResponseWriter, r *request) error {
	o := process.Outgoing{Who: r.person.ID, Process: r.PathValue("id"), Encrypt: text(r, "encrypt") != ""}
	name := "production-" + o.Process + ".zip"
	if o.Encrypt {
		name += ".age"
	}
	return c.hand(w, name, func(w http.ResponseWriter) error {
		_, err := c.Legal.Export(r.Context(), o, w)
		return err
	})
}

// attachment sets its headers with the first byte, so that a refusal is still a page.
type attachment struct {
	http.ResponseWriter
	name  string
	begun bool
}

// Write sends bytes of the file.
func (a *attachment) Write(b []byte) (int, error) {
	if !a.begun {
		a.begun = true
		a.Header().Set("Content-Type", "application/octet-stream")
		a.Header().Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
	}
	return a.ResponseWriter.Write(b)
}

// hand sends a file that is made while it is sent. One that breaks off is cut, so that it cannot pass for whole.
func (c *console) hand(w http.ResponseWriter, name string, send func(http.ResponseWriter) error) error {
	a := &attachment{ResponseWriter: w, name: name}
	err := send(a)
	if err != nil && a.begun {
		c.Logger.Error("a download broke off", "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
