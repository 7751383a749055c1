package cybertip

import (
	"testing"
	"time"
)

// typicalReport is what a filed enticement report looks like: two people, addresses, a conversation.
func typicalReport(b *testing.B) []byte {
	b.Helper()
	r := minimalReport()
	r.IncidentSummary.Platform = "An App"
	chat := ""
	for range 40 {
		chat += "2026-08-31T10:00:00Z account-1 to account-2: keep this between us, ok? & don't tell\n"
	}
	r.InternetDetails = []InternetDetails{{Chat: &ChatIncident{ChatClient: "An App", Content: chat}}}
	seen := func(n int) []IPCaptureEvent {
		var out []IPCaptureEvent
		for range n {
			out = append(out, IPCaptureEvent{IPAddress: "192.0.2.7", EventName: EventLogin, DateTime: now.Add(-time.Hour), Port: new(40000)})
		}
		return out
	}
	r.PersonsReported = []PersonOrUserReported{{
		Person:        &Person{FirstName: "A", Emails: []Email{{Address: "a@example.org", Verified: new(true)}}, Phones: []Phone{{Number: "5550100"}}},
		EspIdentifier: "account-1", ScreenName: "a", ProfileURLs: []string{"https://app.example/u/1"}, IPCaptureEvents: seen(8),
		DeviceIDs: []DeviceID{{IDType: "IDFV", IDValue: "abc"}},
	}}
	r.Victims = []Victim{{Person: Person{Age: new(13)}, EspIdentifier: "account-2", IPCaptureEvents: seen(2)}}
	r.AdditionalInfo = "The reviewer has read the conversation."
	data, err := Encode(Profile202506, r)
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func BenchmarkValidate(b *testing.B) {
	data := typicalReport(b)
	if bad := Blocking(Validate(Profile202506, KindReport, data, now)); len(bad) > 0 {
		b.Fatal(bad)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		Validate(Profile202506, KindReport, data, now)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}

func BenchmarkEncode(b *testing.B) {
	doc, err := DecodeReport(typicalReport(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(Profile202506, doc); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}

func BenchmarkDecode(b *testing.B) {
	data := typicalReport(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeReport(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "reports/s")
}
