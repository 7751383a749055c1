package cybertip_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// A whole filing against the local server: validate, open, upload, describe, finish. Between two calls of Run the filing is stored.
func Example() {
	server := httptest.NewServer(cybertiptest.NewServer(cybertiptest.Options{}))
	defer server.Close()
	client, err := cybertip.NewClient(cybertip.Options{
		Environment: cybertip.Local,
		BaseURL:     server.URL + cybertiptest.BasePath,
		Username:    cybertiptest.DefaultUser,
		Password:    cybertiptest.DefaultPassword,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	filing, err := cybertip.NewFiling(cybertip.FilingSpec{
		Profile: cybertip.Profile202506,
		Report: &cybertip.Report{
			IncidentSummary: cybertip.IncidentSummary{
				IncidentType:     cybertip.IncidentEnticement,
				IncidentDateTime: time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC),
			},
			InternetDetails: []cybertip.InternetDetails{{Chat: &cybertip.ChatIncident{Content: "keep this between us"}}},
			Reporter: cybertip.Reporter{ReportingPerson: cybertip.Person{
				Emails: []cybertip.Email{{Address: "safety@example.org"}},
			}},
			PersonsReported: []cybertip.PersonOrUserReported{{EspIdentifier: "account-1"}},
		},
		Files: []cybertip.FilingFile{{
			Key: "transcript", Name: "transcript.csv", Size: -1,
			Details: &cybertip.FileDetails{FileRelevance: cybertip.RelevanceSupplemental},
		}},
	}, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}

	open := func(_ context.Context, f cybertip.FilingFile) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("the whole conversation")), nil
	}
	for cybertip.Next(filing).Kind != cybertip.StepDone {
		filing, err = cybertip.Run(context.Background(), client, filing, open)
		// Store the filing here, whether or not there is an error.
		if err != nil {
			fmt.Println(err)
			return
		}
		if filing.InFlight == nil {
			fmt.Println(filing.State, cybertip.Next(filing).Kind)
		}
	}
	fmt.Println("files confirmed:", filing.Receipt.FilesConfirmed)
	// Output:
	// open upload
	// open fileinfo
	// open finish
	// finished done
	// files confirmed: true
}

func ExampleValidate() {
	document := []byte(`<fileDetails><reportId>1</reportId><fileId>a</fileId>
  <ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent>
  <industryClassification>A1</industryClassification>
</fileDetails>`)
	findings := cybertip.Validate(cybertip.Profile202506, cybertip.KindFileDetails, document, time.Now())
	for _, f := range cybertip.Blocking(findings) {
		fmt.Println(f)
		fmt.Println(f.Fix)
	}
	// Output:
	// 3:27 /fileDetails/industryClassification [schema cvc-complex-type.2.4.a] <industryClassification> stands in the wrong place inside <fileDetails>: not after <ipCaptureEvent>. Order matters.
	// Here may follow: deviceId, details, additionalInfo.
}
