package console

import (
	"strconv"
	"time"

	"haris/internal/lead"
	"haris/internal/measure"
)

// dashRows makes the rows of each figure for programs; the first row names the columns. Times are in seconds, shares between 0 and 1, days in UTC.
func dashRows() map[string]func(*dashView) [][]string {
	return map[string]func(*dashView) [][]string{
		"flow": flowRows, "age": ageRows, "limits": limitRows, "queues": queueRows, "people": peopleRows, "findings": findingRows,
		"precision": precisionRows, "agreement": agreementRows, "cohorts": cohortRows, "unscanned": scanRows,
	}
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func seconds(d time.Duration) string { return whole(int64(d / time.Second)) }

// shares are the columns of a share: part, of, low, high.
func shares(s *measure.Share) []string {
	return []string{strconv.Itoa(s.Part), strconv.Itoa(s.Of), decimal(&s.Low), decimal(&s.High)}
}

func pairRow(name []string, r *lead.PairRate) []string {
	return append(append(name, shares(&r.Now)...), shares(&r.Before)...)
}

// pairHead are the names of the columns of pairRow.
func pairHead(first ...string) []string {
	return append(first, "part", "of", "low", "high", "before_part", "before_of", "before_low", "before_high")
}

func flowRows(p *dashView) [][]string {
	out := [][]string{{"day", "opened", "decided"}}
	for _, d := range p.Flow {
		out = append(out, []string{d.Day.String(), whole(d.Opened), whole(d.Decided)})
	}
	return out
}

func ageRows(p *dashView) [][]string {
	out := [][]string{{"least_days", "p0", "p1", "p2", "p3"}}
	for i, row := range p.Ages {
		line := []string{strconv.Itoa(lead.AgeDays()[i])}
		for _, n := range row {
			line = append(line, strconv.Itoa(n))
		}
		out = append(out, line)
	}
	return out
}

func limitRows(p *dashView) [][]string {
	head := pairHead("priority")
	for _, k := range []string{"look", "decide"} {
		head = append(head, k+"_of", k+"_median", k+"_p90", k+"_before_of", k+"_before_median", k+"_before_p90")
	}
	out := [][]string{head}
	for i := range p.Limits {
		l := &p.Limits[i]
		row := pairRow([]string{l.Priority.String()}, &l.Kept)
		for _, s := range []lead.Spans{l.Look, l.Decide} {
			row = append(row, whole(s.Of), seconds(s.Median), seconds(s.P90), whole(s.OfBefore), seconds(s.MedianBefore), seconds(s.NineBefore))
		}
		out = append(out, row)
	}
	return out
}

func queueRows(p *dashView) [][]string {
	out := [][]string{pairHead("queue", "open", "opened", "opened_before", "decided", "decided_before", "reopened", "reopened_before")}
	for i := range p.Queues {
		q := &p.Queues[i]
		out = append(out, pairRow([]string{
			q.Name, strconv.Itoa(q.Open), whole(q.Opened.Now), whole(q.Opened.Before), whole(q.Decided.Now), whole(q.Decided.Before),
			whole(q.Reopened.Now), whole(q.Reopened.Before),
		}, &q.Kept))
	}
	return out
}

func peopleRows(p *dashView) [][]string {
	out := [][]string{{"person", "decisions", "decisions_before", "confirmed", "cleared", "second", "shown_seconds", "shown_seconds_before", "shown_items", "held_past_limit"}}
	for i := range p.People {
		x := &p.People[i]
		out = append(out, []string{
			x.Who, whole(x.Decided.Now), whole(x.Decided.Before), whole(x.Confirmed), whole(x.Cleared), whole(x.Second),
			seconds(x.Shown), seconds(x.ShownPast), whole(x.Items), strconv.Itoa(x.Late),
		})
	}
	return out
}

func findingRows(p *dashView) [][]string {
	out := [][]string{{"finding", "now", "before"}}
	for _, f := range p.Findings {
		out = append(out, []string{f.Name, whole(f.Now), whole(f.Before)})
	}
	return out
}

func precisionRows(p *dashView) [][]string {
	out := [][]string{pairHead("name")}
	for i := range p.Spoke {
		out = append(out, pairRow([]string{p.Spoke[i].Name}, &p.Spoke[i].PairRate))
	}
	return out
}

func agreementRows(p *dashView) [][]string {
	return [][]string{pairHead("what"), pairRow([]string{"second_person"}, &p.Second)}
}

func cohortRows(p *dashView) [][]string {
	out := [][]string{pairHead("kind", "group")}
	for _, k := range p.Cohorts {
		for i := range k.Groups {
			out = append(out, pairRow([]string{string(k.Kind), k.Groups[i].Name}, &k.Groups[i].PairRate))
		}
	}
	return out
}

func scanRows(p *dashView) [][]string {
	out := [][]string{pairHead("detector", "reason", "reason_count")}
	for i := range p.Scans {
		s := &p.Scans[i]
		out = append(out, pairRow([]string{s.Name, "", ""}, &s.PairRate))
		for _, why := range s.Reasons {
			out = append(out, []string{s.Name, why.What, whole(why.N), "", "", "", "", "", "", "", ""})
		}
	}
	return out
}
