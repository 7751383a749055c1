package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"haris/internal/event"
)

// Bounds of traces. A trace counts all of its events and names the newest; traces beyond the bound are counted.
const (
	maxTraces      = 200
	maxTraceEvents = 20
)

// tracer gathers traces: one for each kind, accounts and value.
type tracer struct {
	by   map[string]*Trace
	sums map[string]float64
}

// tracesOf finds what in the records can bear on trafficking: in the order of TraceKinds, oldest first. events are in order.
func tracesOf(events []event.Event, accounts []string) (out []Trace, more int) {
	t := &tracer{by: map[string]*Trace{}, sums: map[string]float64{}}
	has := func(id string) bool { return slices.Contains(accounts, id) }
	for i := range events {
		if has(events[i].Actor()) || slices.ContainsFunc(events[i].Targets(), has) {
			t.event(&events[i])
		}
	}
	t.shared(events, accounts)
	for id, x := range t.by {
		if sum := t.sums[id]; x.Kind == TracePayment && sum != 0 {
			x.Value += ", " + strconv.FormatFloat(sum, 'f', -1, 64) + " in sum"
		}
		out = append(out, *x)
	}
	kinds := TraceKinds()
	slices.SortFunc(out, func(a, b Trace) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	if len(out) > maxTraces {
		out, more = out[:maxTraces:maxTraces], len(out)-maxTraces
	}
	return out, more
}

// add counts an event towards a trace and returns the trace's id.
func (t *tracer) add(e *event.Event, x Trace) string {
	sum := sha256.New()
	for _, part := range append([]string{string(x.Kind), x.Account, x.Other, x.Value}, x.With...) {
		fmt.Fprintf(sum, "%d:%s,", len(part), part)
	}
	id := hex.EncodeToString(sum.Sum(nil)[:8])
	old := t.by[id]
	if old == nil {
		x.ID, x.First = id, e.Time.UTC()
		old = &x
		t.by[id] = old
	}
	old.Last = e.Time.UTC()
	old.Count++
	old.Events = append(old.Events, e.Seq)
	if len(old.Events) > maxTraceEvents {
		old.Events = old.Events[1:]
	}
	return id
}

func (t *tracer) event(e *event.Event) {
	d := &e.Data
	switch e.Type {
	case event.ListingPublished:
		t.listing(e)
	case event.PaymentSent:
		for _, to := range d.To {
			words := cmp.Or(strings.ReplaceAll(d.Instrument, "_", " "), "a way that the platform did not name")
			if d.Currency != "" {
				words += " in " + d.Currency
			}
			t.sums[t.add(e, Trace{Kind: TracePayment, Account: d.From, Other: to, Value: "by " + words})] += d.Amount
		}
	case event.CredentialChanged:
		t.add(e, Trace{Kind: TraceCredential, Account: d.Account, Value: d.What})
	case event.LocationShared:
		for _, to := range d.To {
			t.add(e, Trace{Kind: TraceLocation, Account: d.From, Other: to, Value: cmp.Or(d.Precision, "precision not stated")})
		}
	}
}

func (t *tracer) listing(e *event.Event) {
	d := &e.Data
	t.add(e, Trace{Kind: TraceAdvertisement, Account: d.Account, Value: "listing " + d.Listing, URL: d.URL})
	if d.Amount != 0 || d.Currency != "" {
		price := strings.TrimSpace(strconv.FormatFloat(d.Amount, 'f', -1, 64) + " " + d.Currency)
		t.add(e, Trace{Kind: TracePrice, Account: d.Account, Value: price})
	}
	if d.Place != "" {
		t.add(e, Trace{Kind: TracePlace, Account: d.Account, Value: d.Place})
	}
	for _, k := range d.Keys {
		if (k.Kind == "phone" || k.Kind == "email" || k.Kind == "handle") && k.Value != "" {
			t.add(e, Trace{Kind: TraceContact, Account: d.Account, Value: k.Kind + " " + k.Value})
		}
	}
}

// shared finds keys that several accounts of the case have used; many people share a network address, so it is none of them.
func (t *tracer) shared(events []event.Event, accounts []string) {
	users := map[string][]string{} // accounts by key, in the order of their first use
	each := func(f func(e *event.Event, k event.Key, key string)) {
		for i := range events {
			for _, k := range events[i].Data.Keys {
				if k.Kind != "ip" && slices.Contains(accounts, events[i].Actor()) {
					f(&events[i], k, k.Kind+"\x00"+cmp.Or(k.Value, k.Hash))
				}
			}
		}
	}
	each(func(e *event.Event, _ event.Key, key string) { users[key] = appendNew(users[key], e.Actor()) })
	each(func(e *event.Event, k event.Key, key string) {
		if list := users[key]; len(list) > 1 {
			t.add(e, Trace{Kind: TraceShared, Account: list[0], With: list[1:], Value: keyWords(k)})
		}
	})
}

// keyWords names a key. A payout account is never given by its number: that is personal data of payment. Two of them are told apart
// by a mark that says nothing outside of the report.
func keyWords(k event.Key) string {
	switch {
	case k.Kind == "payout":
		sum := sha256.Sum256([]byte("payout\x00" + cmp.Or(k.Value, k.Hash)))
		return "payout account (its number is personal and not given; mark " + hex.EncodeToString(sum[:4]) + ")"
	case k.Value == "":
		return k.Kind + ", by the platform's hash " + k.Hash
	}
	return k.Kind + " " + k.Value
}
