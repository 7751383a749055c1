package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/disclosure"
	"haris/internal/exposure"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/taxonomy"
)

// The bounds of one case page.
const (
	maxShownAccounts = 20
	maxShownRelated  = 10
	relatedAccounts  = 5 // accounts whose other cases are looked up
	maxNamed         = 8 // accounts of a group that the head of the page names
	fewOthers        = 3 // accounts that share a key and are named without a fold
)

// caseView is the page of one case.
type caseView struct {
	casefile.Case
	why        string
	families   []familyView
	passed     *passed      // of the account that seems to have passed into other hands; nil when none has
	colleagues []string     // whom a lead can write to
	translates bool         // messages can be translated
	blind      []signalView // what could not be looked at
	accounts   []accountView
	more       int // accounts that are not shown
	strands    []strand
	shown      map[uint64]bool // the events of the strands
	farther    int             // conversations that are not shown
	drawn      drawing
	related    []casefile.Case
	history    []historyLine
	notes      []historyLine
	actions    []action.Action
	before     []action.Action // asked about its accounts in the case that it was split from
	alerts     []report.Alert  // of its reports
	kept       *CaseKept       // nil when there is nothing, or who looks may not be told
	given      []disclosure.Entry
	names      names
	me         string
	holder     string // id of who holds the claim, empty when nobody does
	can        casefileMay
	form       caseForm
	queue      string             // id of the queue from which it was come to
	spared     *exposure.Rotation // while who looks rests from cases of this kind
	forOthers  int                // cases that the next one was not because of such a rest
	via        string             // id of the queue of their round out of which the person was given it
	from       casefile.Queue     // one of these two, as far as who looks sees it
	here       hereView
	warners    []warner      // who reported an account of the case
	unanswered string        // why an answer that was wanted with a finding was not given, as a key of the catalogue
	people     []auth.Person // to whom the case can be given, when who looks may do that
	material   *materialView // nil when it is not about media, or who looks may not see banks
	keeps      bool          // the form of a finding stands there with what was typed, although it cannot be recorded now
}

// casefileMay says which forms the page offers: what the person's role and the state of the case both allow.
type casefileMay struct {
	claim, release, note, dispose, second, escalate, reopen, report bool
	rest, wake, take, assign, merge, split, mute                    bool
	coach, golden                                                   bool
	ask, askFirm                                                    bool // firm: what takes something from an account
	heldByOther, needsClaim, own                                    bool // why something is not offered
}

// caseForm is a form that came back with mistakes, so that nothing that was written is lost.
type caseForm struct {
	which  string // dispose, note, second, escalate, reopen, reverse, hold, unhold, extend, rest, assign, merge, split, mute, ask
	bad    mistakes
	values map[string][]string
	look   *action.Outlook  // what will be asked of the platform, before it is
	drafts []casefile.Draft // what the person has typed into forms and not recorded
}

// was returns what was written in a field of the form that came back, or else in what was kept of the form.
func (f caseForm) was(which, field string) string {
	if list := f.all(which, field); len(list) > 0 {
		return list[0]
	}
	return ""
}

// badOf returns the mistakes of a form.
func (f caseForm) badOf(which string) mistakes {
	if f.which != which {
		return nil
	}
	return f.bad
}

// familyView is the signals of one family of evidence.
type familyView struct {
	family  taxonomy.Family
	signals []signalView
}

// signalView is one signal in words and figures.
type signalView struct {
	detect.Signal
	detect.Explanation
	rests string // id of the list of what it rests on; empty without any
}

// accountView is one account with its part in the case.
type accountView struct {
	Account
	part string // subject, linked, approached
}

// historyLine is one event of the case's history in words.
type historyLine struct {
	casefile.Event
	who, text string
}

// caseShow shows one case. That it was read is written down by Desk.View.
func (c *console) caseShow(w http.ResponseWriter, r *request) error {
	return c.showCase(w, r, http.StatusOK, caseForm{})
}

// caseAgain shows the case again, as it is now, with a form that cannot be taken as it is and everything that was written in it;
// another error is returned.
func (c *console) caseAgain(w http.ResponseWriter, r *request, err error) error {
	bad, status := mistakesOf(err), http.StatusUnprocessableEntity
	if errors.Is(err, casefile.ErrStale) {
		bad, status = mistakes{"seen": "stale"}, http.StatusConflict
	}
	if lost := lostOf(r, err); lost != nil {
		bad, status = lost, http.StatusConflict
	}
	if bad == nil {
		return err
	}
	if err := c.keepTyped(r); err != nil {
		return err
	}
	f := caseFormOf(r)
	f.bad = bad
	return c.showCase(w, r, status, f)
}

// caseFormOf is a form as it came.
func caseFormOf(r *request) caseForm {
	f := caseForm{which: r.PostForm.Get("form"), values: map[string][]string{}}
	for field, values := range r.PostForm {
		if field == "token" {
			continue
		}
		for _, s := range values {
			f.values[field] = append(f.values[field], strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")))
		}
	}
	return f
}

func (c *console) showCase(w http.ResponseWriter, r *request, status int, f caseForm) error {
	k, events, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := c.caseView(r, &k, events)
	if err != nil {
		return err
	}
	p.form = f
	if p.form.drafts, err = c.Drafts.Drafts(r.Context(), r.person.ID, k.ID); err != nil {
		return err
	}
	p.keeps = !p.can.dispose && p.form.typed("dispose") && r.person.Can(auth.CaseDispose) && (k.Status == casefile.Open || k.Status == casefile.Escalated)
	if p.here, err = c.here(r, k.ID); err != nil {
		return err
	}
	rests, err := c.rotations(r)
	if err != nil {
		return err
	}
	p.spared, p.forOthers = exposure.Sparing(rests, k.Typology, c.Now()), leftOf(r)
	o := originOf(r)
	p.queue, p.via = o.queue, o.via
	if p.from, err = c.cameFrom(r, o); err != nil {
		return err
	}
	v := c.view(r, "case.title")
	v.ref, v.path = k.ID, "/case/"+k.ID
	return c.render(w, r, status, casePage(v, p))
}

// caseView gathers what the page shows.
func (c *console) caseView(r *request, k *casefile.Case, events []casefile.Event) (*caseView, error) {
	ctx, now := r.Context(), c.Now()
	if err := c.uncoverCase(ctx, k); err != nil {
		return nil, err
	}
	p := &caseView{Case: *k, why: c.why(k, r.lang), me: r.person.ID, holder: k.Holder(now)}
	p.translates = c.Translate != nil && r.person.Can(auth.CaseNote)
	p.families, p.blind = c.explained(k.Signals, r.lang), c.blind(k, r.lang)
	p.can = mayOf(k, &r.person, now)
	var err error
	if p.names, err = c.names(ctx); err != nil {
		return nil, err
	}
	if p.can.coach {
		if p.colleagues, err = c.coachable(ctx, r.person.ID, k.ID); err != nil {
			return nil, err
		}
	}
	if p.accounts, p.more, err = c.caseAccounts(ctx, k); err != nil {
		return nil, err
	}
	marked, err := c.marked(ctx, k)
	if err != nil {
		return nil, err
	}
	if p.strands, p.farther, err = c.strands(ctx, k, marked, strandsAsked(r)); err != nil {
		return nil, err
	}
	c.heard(p.strands)
	p.drawn = drawnOf(k, p.accounts, p.strands)
	p.shown = shownOf(p.strands)
	if p.passed, err = c.passedOf(ctx, k, c.words[r.lang].reading(&r.person).zone); err != nil {
		return nil, err
	}
	if p.material, err = c.material(r, k, events, p.strands); err != nil {
		return nil, err
	}
	if p.related, err = c.related(ctx, k); err != nil {
		return nil, err
	}
	if r.person.Can(auth.ActionRead) {
		if p.actions, err = c.Actions.OfCase(ctx, k.ID); err != nil {
			return nil, err
		}
		if p.before, err = c.askedBefore(ctx, k); err != nil {
			return nil, err
		}
	}
	p.warners = warnersOf(marked, k, p.actions)
	if why := r.query.Get("unanswered"); slices.Contains(unanswered(), why) {
		p.unanswered = why
	}
	if r.person.Can(auth.ReportRead) {
		if p.alerts, err = c.Alerts.Alerts(ctx, k.ID); err != nil {
			return nil, err
		}
	}
	if p.kept, err = c.caseKept(r, k.ID); err != nil {
		return nil, err
	}
	if p.given, err = c.given(r, disclosure.Filter{Case: k.ID, Related: true}); err != nil {
		return nil, err
	}
	if p.can.assign {
		if p.people, err = c.deciders(ctx, k); err != nil {
			return nil, err
		}
	}
	p.history, p.notes, err = tell(events, p.names, c.words[r.lang].reading(&r.person), seenCases(ctx, k))
	return p, err
}

// explained puts the findings into words, by family in their fixed order and strongest first within one.
func (c *console) explained(signals []detect.Signal, lang string) (out []familyView) {
	by := map[taxonomy.Family][]signalView{}
	for _, s := range signals {
		if s.Unscanned != "" {
			continue
		}
		by[s.Family] = append(by[s.Family], signalView{Signal: s, Explanation: c.explain(&s, lang)})
	}
	for _, f := range taxonomy.Families() {
		if list := by[f]; len(list) > 0 {
			sort.SliceStable(list, func(i, j int) bool { return heavier(&list[i].Signal, &list[j].Signal) })
			for i := range list {
				if len(list[i].Events) > 0 {
					list[i].rests = "rests-" + string(f) + "-" + strconv.Itoa(i+1)
				}
			}
			out = append(out, familyView{f, list})
			delete(by, f)
		}
	}
	rest := make([]string, 0, len(by)) // a family that a newer haris wrote is shown rather than hidden
	for f := range by {
		rest = append(rest, string(f))
	}
	slices.Sort(rest)
	for _, f := range rest {
		out = append(out, familyView{taxonomy.Family(f), by[taxonomy.Family(f)]})
	}
	return out
}

// mayOf asks the transition table and the permission table together.
func mayOf(k *casefile.Case, p *auth.Person, now time.Time) (m casefileMay) {
	allowed := func(kind casefile.EventKind) bool { return casefile.Allowed(k, kind, p.ID, now) == nil }
	holder := k.Holder(now)
	m.claim = p.Can(auth.CaseClaim) && holder != p.ID && allowed(casefile.Claimed)
	m.release = p.Can(auth.CaseClaim) && holder == p.ID
	m.note = p.Can(auth.CaseNote) && allowed(casefile.Noted)
	m.dispose = p.Can(auth.CaseDispose) && allowed(casefile.Disposed)
	m.second = p.Can(auth.CaseSecond) && allowed(casefile.Agreed)
	m.escalate = p.Can(auth.CaseEscalate) && allowed(casefile.Escalate)
	m.reopen = p.Can(auth.CaseReopen) && allowed(casefile.Reopened)
	m.ask = p.Can(auth.ActionAsk) && review.MayAsk(k, review.Asking{Account: k.Subject}, p.ID, now) == nil
	m.askFirm = m.ask && review.MayAsk(k, review.Asking{Account: k.Subject, Firm: true}, p.ID, now) == nil
	m.report = p.Can(auth.ReportEdit) && k.Status == casefile.Confirmed && allowed(casefile.ReportDrafted)
	m.rest = p.Can(auth.CaseRest) && allowed(casefile.Snoozed)
	m.wake = p.Can(auth.CaseRest) && k.Rests(now) && allowed(casefile.Woken)
	m.take = p.Can(auth.CaseDispose) && allowed(casefile.Assigned)
	m.assign = m.take && p.Can(auth.CaseAssign)
	m.merge = p.Can(auth.CaseMerge) && allowed(casefile.MergedInto)
	m.split = p.Can(auth.CaseMerge) && len(k.Subjects) > 1 && allowed(casefile.SplitOff)
	m.mute = p.Can(auth.CaseMute) && k.Status.IsOpen()
	m.coach = p.Can(auth.QualityLead)
	m.golden = m.coach && (k.Status == casefile.Confirmed || k.Status == casefile.Cleared) && k.Into == ""
	m.heldByOther = holder != "" && holder != p.ID
	m.needsClaim = k.Status.IsOpen() && holder == "" && p.Can(auth.CaseDispose)
	m.own = k.Status == casefile.SecondPerson && k.Disposal != nil && k.Disposal.Who == p.ID
	return m
}

// caseAccounts gathers the accounts of a case, subject first.
func (c *console) caseAccounts(ctx context.Context, k *casefile.Case) (out []accountView, more int, err error) {
	part := map[string]string{k.Subject: "subject"}
	ids := []string{k.Subject}
	add := func(list []string, as string) {
		for _, id := range list {
			if _, ok := part[id]; !ok {
				part[id] = as
				ids = append(ids, id)
			}
		}
	}
	add(k.Subjects, "linked")
	add(k.Victims, "approached")
	if len(ids) > maxShownAccounts {
		ids, more = ids[:maxShownAccounts], len(ids)-maxShownAccounts
	}
	for _, id := range ids {
		a, err := c.Accounts.Account(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, accountView{Account: a, part: part[id]})
	}
	return out, more, nil
}

// related lists other cases in which the subject or one of the children appears.
func (c *console) related(ctx context.Context, k *casefile.Case) (out []casefile.Case, err error) {
	ids := append(slices.Clone(k.Subjects), k.Victims...)
	seen := map[string]bool{k.ID: true}
	for _, id := range ids[:min(len(ids), relatedAccounts)] {
		cases, _, err := c.Cases.List(ctx, casefile.Filter{Subject: id, Limit: maxShownRelated})
		if err != nil {
			return nil, err
		}
		for _, other := range cases {
			if !seen[other.ID] && len(out) < maxShownRelated {
				seen[other.ID] = true
				out = append(out, other)
			}
		}
	}
	return out, nil
}

// sharedWith counts the keys that an account shares with another.
func sharedWith(keys []AccountKey, with string) (n int) {
	for i := range keys {
		if slices.Contains(keys[i].Others, with) {
			n++
		}
	}
	return n
}
