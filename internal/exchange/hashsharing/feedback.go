package hashsharing

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/wire"
)

var _ exchange.Sender = (*Source)(nil)

// typeOf is NCMEC's name of a kind in feedback; empty for a kind on which it takes none.
func typeOf(k bank.Kind) string {
	return map[bank.Kind]string{
		bank.MD5: "MD5", bank.SHA1: "SHA1", bank.PhotoDNA: "PDNA", bank.PDQ: "PDQ", bank.NetClean: "NETCLEAN", bank.TMK: "TMK_PDQF",
	}[k]
}

// Send implements exchange.Sender: an up-vote, or the reason that the operator chose for down-votes.
func (s *Source) Send(ctx context.Context, f exchange.Feedback) error {
	member, id, ok := strings.Cut(f.Key, "-")
	typ := typeOf(f.Hash.Kind)
	switch {
	case !ok || member == "" || id == "":
		return exchange.Refused("feedback", "the record has no member and id")
	case typ == "":
		return exchange.Refused("feedback", "NCMEC takes no feedback on fingerprints of the kind "+string(f.Hash.Kind))
	}
	type reasons struct {
		GUID []string `xml:"reasonIds>guid"`
	}
	body := struct {
		XMLName xml.Name  `xml:"https://hashsharing.ncmec.org/hashsharing/v2 feedbackSubmission"`
		Right   *struct{} `xml:"affirmative"`
		Wrong   *reasons  `xml:"negative"`
	}{}
	if f.Right {
		body.Right = &struct{}{}
	} else {
		guid, err := s.reason(ctx, typ)
		if err != nil {
			return err
		}
		body.Wrong = &reasons{[]string{guid}}
	}
	text, err := xml.Marshal(body)
	if err != nil {
		return fmt.Errorf("exchange: feedback: %w", err)
	}
	_, err = s.c.Do(ctx, wire.Call{
		Op: "feedback", Method: http.MethodPut, Path: "/v2/entries/" + url.PathEscape(member) + "/" + url.PathEscape(id) + "/" + typ + "/feedback",
		Type: "application/xml", Body: text, Twice: true, Accept: []int{http.StatusCreated, http.StatusAccepted, http.StatusNoContent},
	})
	return err
}

// reason asks for the id of the reason that the operator chose.
func (s *Source) reason(ctx context.Context, typ string) (string, error) {
	r, err := s.c.Do(ctx, wire.Call{Op: "feedback reasons", Path: "/v2/feedback/" + typ + "/reasons"})
	if err != nil {
		return "", err
	}
	var x struct {
		Reasons []struct {
			GUID string `xml:"guid,attr"`
			Name string `xml:"name,attr"`
		} `xml:"reason"`
	}
	if err := unmarshal(r.Body, &x, "availableFeedbackReasons"); err != nil {
		return "", exchange.Malformed("feedback reasons", err)
	}
	var names []string
	for _, o := range x.Reasons {
		if o.Name == s.o.Reason && o.GUID != "" {
			return o.GUID, nil
		}
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return "", exchange.Refused("feedback", fmt.Sprintf("feedback_reason is %q; NCMEC takes one of: %s", s.o.Reason, strings.Join(names, "; ")))
}
