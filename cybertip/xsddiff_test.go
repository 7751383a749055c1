package cybertip

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func ownXSD(t *testing.T, p Profile) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteXSD(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDiffXSD(t *testing.T) {
	own := ownXSD(t, Profile202506)
	replace := func(old, new string) string {
		if !strings.Contains(own, old) {
			t.Fatalf("the schema has no %q", old)
		}
		return strings.Replace(own, old, new, 1)
	}
	const summary = "/report/incidentSummary"
	for _, c := range []struct {
		name string
		xsd  string
		want []string
	}{
		{"same", own, nil},
		{"element gone", replace(`<xs:element name="platform" type="xs:string" minOccurs="0"/>`, ""), []string{summary + "/platform only in the profile"}},
		{"element new", replace(`<xs:element name="reportAnnotations"`, `<xs:element name="fresh" type="xs:string"/><xs:element name="reportAnnotations"`), []string{summary + "/fresh only in NCMEC's schema"}},
		{"element required", replace(`<xs:element name="platform" type="xs:string" minOccurs="0"/>`, `<xs:element name="platform" type="xs:string"/>`), []string{summary + "/platform differs"}},
		{"type changed", replace(`<xs:element name="platform" type="xs:string"`, `<xs:element name="platform" type="xs:token"`), []string{summary + "/platform differs"}},
		{"order changed", strings.Replace(replace(`<xs:element name="caseNumber" type="xs:string" minOccurs="0"/>`, ""), `<xs:element name="reportedToLe"`,
			`<xs:element name="caseNumber" type="xs:string" minOccurs="0"/><xs:element name="reportedToLe"`, 1), []string{"/report/lawEnforcement differs"}},
		{
			"facet new", replace(`<xs:element name="platform" type="xs:string" minOccurs="0"/>`, `<xs:element name="platform" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="9"/></xs:restriction></xs:simpleType></xs:element>`),
			[]string{summary + "/platform differs"},
		},
		{"value new", replace(`<xs:enumeration value="Child Sex Tourism"/>`, `<xs:enumeration value="Child Sex Tourism"/><xs:enumeration value="New"/>`), []string{summary + "/incidentType differs"}},
		{"attribute optional", replace(`name="hashType" type="xs:string" use="required"`, `name="hashType" type="xs:string"`), []string{"/fileDetails/originalFileHash/@hashType differs"}},
		{"attribute renamed", replace(`name="thirdPartyHostedContent"`, `name="hosted"`), []string{
			"/report/internetDetails/webPageIncident/@thirdPartyHostedContent only in the profile", "/report/internetDetails/webPageIncident/@hosted only in NCMEC's schema",
		}},
		{"annotation no longer fixed", replace(`name="infant" type="xs:boolean" minOccurs="0" fixed="true"`, `name="infant" type="xs:boolean" minOccurs="0"`), []string{"/fileDetails/fileAnnotations/infant differs"}},
		{"root gone", replace(`<xs:element name="reportDoneResponse" type="reportDoneResponseType"/>`, ""), []string{"/reportDoneResponse only in the profile"}},
		{"by reference and without a named type", strings.Replace(replace(`<xs:element name="files" type="filesType" minOccurs="0"/>`, `<xs:element minOccurs="0" ref="files"/>`),
			"</xs:schema>", `<xs:element name="files"><xs:complexType><xs:annotation/><xs:sequence><xs:element name="fileId" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>`, 1), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			diffs, err := DiffXSD(Profile202506, []byte(c.xsd))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range diffs {
				got = append(got, d.Path+" "+d.Kind)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestDiffXSDBetweenProfiles(t *testing.T) {
	diffs, err := DiffXSD(Profile202506, []byte(ownXSD(t, Profile202608)))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range diffs {
		if d.Kind != DiffOnlyLive {
			t.Errorf("unexpected: %s", d)
		}
		seen[d.Path[strings.LastIndexByte(d.Path, '/')+1:]] = true
	}
	for _, name := range []string{"ageAssertionDiscrepancy", "informational", "potentialAggravatingFactors", "instrumentalUse"} {
		if !seen[name] {
			t.Errorf("%s is not reported", name)
		}
	}
}

func TestDiffXSDRefuses(t *testing.T) {
	own := ownXSD(t, Profile202506)
	for name, xsd := range map[string]string{
		"not XML":            "<a",
		"not a schema":       "<a/>",
		"unknown construct":  strings.Replace(own, `<xs:element name="platform"`, `<xs:any/><xs:element name="platform"`, 1),
		"dangling reference": strings.Replace(own, `<xs:element name="platform" type="xs:string"`, `<xs:element ref="nothing"`, 1),
		"odd number":         strings.Replace(own, `minOccurs="0"`, `minOccurs="few"`, 1),
		"no type":            strings.Replace(own, `<xs:element name="platform" type="xs:string"`, `<xs:element name="platform"`, 1),
		"self reference": strings.Replace(own, `<xs:complexType name="filesType">`,
			`<xs:complexType name="filesType"><xs:complexContent><xs:extension base="filesType"/></xs:complexContent>`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			if diffs, err := DiffXSD(Profile202506, []byte(xsd)); err == nil {
				t.Fatalf("no error, %v", diffs)
			}
		})
	}
	if _, err := DiffXSD("x", []byte(own)); err == nil {
		t.Error("unknown profile accepted")
	}
}
