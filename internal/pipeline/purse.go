package pipeline

import (
	"haris/internal/detect"
	"haris/internal/detect/payment"
	"haris/internal/event"
)

// passed keeps the purses of young accounts, and tells whom they pay how much of what they received went there.
func (p *piece) passed(e *event.Event) {
	if e.Type != event.PaymentSent || e.Data.From == "" || len(e.Data.To) == 0 || e.Data.From == e.Data.To[0] || !(e.Data.Amount > 0) {
		return
	}
	from, to := p.k.directory.Find(e.Data.From), p.k.directory.Find(e.Data.To[0])
	m := payment.Move{At: e.Time.UnixMilli(), Currency: hash(e.Data.Currency, true), Amount: e.Data.Amount}
	if to.Band.Minor() {
		key := detect.AccountKey(to.ID)
		purse, _ := p.k.purses.Get(key)
		m.Who, m.Out = from.ID, false
		p.k.purses.Put(key, purse.Take(m))
	}
	if !from.Band.Minor() {
		return
	}
	key := detect.AccountKey(from.ID)
	purse, _ := p.k.purses.Get(key)
	m.Who, m.Out = to.ID, true
	purse = purse.Take(m)
	p.k.purses.Put(key, purse)
	f := detect.Fact{
		Kind: detect.PassedOn, Key: detect.AccountKey(to.ID), Seq: e.Seq, At: e.Time.UnixMilli(), Account: to, Other: from,
	}
	f.Value, f.N = purse.Share(to.ID, m.Currency)
	p.known = append(p.known, f)
}
