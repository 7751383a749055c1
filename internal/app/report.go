package app

import (
	"context"
	"fmt"
	"math/rand/v2"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/job"
	"haris/internal/paper"
	"haris/internal/report"
	"haris/internal/store"
)

// source reads what a report's draft is made of.
type source struct {
	core *Core
	know func(id string) (detect.Profile, error)
}

var _ report.Source = source{}

func (s source) Conversation(ctx context.Context, c casefile.Case) (out report.Conversations, err error) {
	g, err := s.core.Material.Gather(ctx, c.ID)
	if err != nil {
		return out, err
	}
	for _, talk := range g.Conversations {
		out.Events = append(out.Events, talk.Events...)
		if e := talk.Earlier; e != nil {
			out.Left = append(out.Left, report.Left{Conversation: talk.Name, Count: e.Count, First: e.First, Last: e.Last})
		}
	}
	if g.More > 0 {
		out.Left = append(out.Left, report.Left{Count: g.More})
	}
	return out, nil
}

func (s source) Account(ctx context.Context, id string) (detect.Profile, []event.Event, error) {
	p, err := s.know(id)
	if err != nil {
		return p, nil, err
	}
	events, err := s.core.Material.Own(ctx, id)
	return p, events, err
}

// Reports is what people do with reports. know says what the platform has said of an account.
func (c *Core) Reports(know func(id string) (detect.Profile, error)) *report.Service {
	n := c.Config.NCMEC
	s := &report.Service{
		Keeper: store.ReportKeeper(c.DB), Vault: c.Vault, Source: source{c, know}, Company: company(n), Profile: cybertip.Profile(n.Profile),
		Now: c.Options.Now, Exposures: c.Exposure(), Policy: report.Policy{Floor: c.Config.Reports.Floor, Second: report.SecondPerson(c.Config.Reports.SecondPerson)},
		Patience: report.Patience{Unfinished: c.Config.Reports.WarnBefore, Overdue: c.Config.Reports.Overdue},
	}
	if n.Environment != config.None {
		s.Environment = cybertip.Environment(n.Environment)
	}
	return s
}

// Printer puts reports on paper, with the fonts that the operator has added.
func (c *Core) Printer(s *report.Service) (report.Printer, error) {
	fonts, err := paper.NewLibrary(c.Config.Paper.Fonts...)
	if err != nil {
		return report.Printer{}, fmt.Errorf("app: paper.fonts: %w", err)
	}
	return report.Printer{Service: s, Fonts: fonts, Size: paper.Size(c.Config.Paper.Size)}, nil
}

// Courier hands reports to the authorities that the configuration names.
func (c *Core) Courier(s *report.Service) (report.Courier, error) {
	printer, err := c.Printer(s)
	if err != nil {
		return report.Courier{}, err
	}
	k := report.Courier{Printer: printer, Key: c.key}
	for _, name := range c.Config.Handover.Authorities {
		o, ok := report.ParseOther(name)
		if !ok {
			return k, fmt.Errorf("app: handover.authorities: %q is no authority", name)
		}
		o.Contents = report.Contents(c.Config.Handover.Contents)
		k.Authorities = append(k.Authorities, o)
	}
	return k, nil
}

// company is what every report says of the operator.
func company(n config.NCMEC) report.Company {
	contact := func(p config.Person) report.Contact {
		return report.Contact{FirstName: p.FirstName, LastName: p.LastName, Email: p.Email, Phone: p.Phone}
	}
	return report.Company{
		Platform: n.Platform, Service: n.Service, Reporter: contact(n.Reporter), Contact: contact(n.Contact), Template: n.CompanyTemplate, Terms: n.TermsOfService, LegalURL: n.LegalURL,
		Classifies: n.Classification,
	}
}

// reportHandlers work off what people have submitted.
func (a *App) reportHandlers() (map[string]job.Handler, error) {
	client, err := a.core.NCMEC()
	if err != nil {
		return nil, err
	}
	return report.NewFiler(report.FilerConfig{
		Keeper: store.ReportKeeper(a.core.DB), Vault: a.core.Vault, Client: client, Now: a.core.Options.Now, Random: rand.Float64,
	}).Handlers(), nil
}

// NCMEC is the client of the CyberTipline; nil when the configuration names no environment.
func (c *Core) NCMEC() (*cybertip.Client, error) {
	if c.Config.NCMEC.Environment == config.None {
		return nil, nil
	}
	o := c.Config.NCMEC.Options()
	o.Recorder = report.NewRecorder(store.ReportKeeper(c.DB))
	client, err := cybertip.NewClient(o)
	if err != nil {
		return nil, fmt.Errorf("app: CyberTipline client: %w", err)
	}
	return client, nil
}
