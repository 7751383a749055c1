package console

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haris/cybertip"
	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/exposure"
)

// TestWordsOfKeepingAndDisclosure asks for the words that these pages build keys from.
func TestWordsOfKeepingAndDisclosure(t *testing.T) {
	var keys []string
	for _, s := range []evidence.Stage{evidence.StageHeld, evidence.StageOpen, evidence.StageIdle, evidence.StageWaiting, evidence.StageDue, evidence.StageGone} {
		keys = append(keys, "keeping_stage."+string(s), "keeping_stage_text."+string(s))
	}
	for _, g := range []evidence.Ground{evidence.Confirmed, evidence.Ended, evidence.Requested} {
		keys = append(keys, "destruction_ground."+string(g))
	}
	for _, c := range []evidence.Condition{evidence.Intact, evidence.Changed, evidence.Missing, evidence.Unreadable} {
		keys = append(keys, "condition."+string(c))
	}
	for _, h := range exposure.Hows() {
		keys = append(keys, "shown_how."+string(h))
	}
	for _, e := range []cybertip.Environment{cybertip.Local, cybertip.Test, cybertip.Production} {
		keys = append(keys, "environment_word."+string(e))
	}
	for _, to := range receivers() {
		keys = append(keys, "receiver."+string(to))
	}
	for _, u := range []disclosure.Under{disclosure.Report, disclosure.Handover, disclosure.Process} {
		keys = append(keys, "ground."+string(u))
	}
	for _, a := range annotations() {
		keys = append(keys, "annotation."+a.word, "annotation_help."+a.word)
	}
	for _, c := range []cybertip.Certainty{cybertip.CertaintyHigh, cybertip.CertaintyMedium} {
		keys = append(keys, "certainty."+string(c))
	}
	for _, f := range []string{"platform", "service", "legal_url", "terms", "template"} {
		keys = append(keys, "report.company_"+f)
	}
	for _, b := range []string{"ahead", "notice_alone", "shorter", "unknown_line", "country", "country_alone"} {
		keys = append(keys, "bad."+b)
	}
	for lang, c := range words(t) {
		for _, k := range keys {
			if c.phrases[k].text == "" {
				t.Errorf("%s lacks %s", lang, k)
			}
		}
	}
}

// TestAnnotationsAreThoseOfTheSchema: the page knows every remark that the newest profile has.
func TestAnnotationsAreThoseOfTheSchema(t *testing.T) {
	profiles := cybertip.Profiles()
	if got, want := len(offeredAnnotations(profiles[len(profiles)-1], cybertip.ReportAnnotations{})), len(cybertip.ReportMarkers(profiles[len(profiles)-1])); got != want || got != len(annotations()) {
		t.Errorf("%d offered, %d in the schema, %d in the table", got, want, len(annotations()))
	}
}

// TestReasonsAreWhatHarisWrites reads the program: every sentence of the table stands in it to the letter, so that one that is changed there
// is missed here.
func TestReasonsAreWhatHarisWrites(t *testing.T) {
	var program strings.Builder
	for _, root := range []string{"..", "../../cybertip"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
				return err
			}
			b, err := os.ReadFile(path)
			program.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	code := program.String()
	en := words(t)["en"]
	for _, k := range reasonKeys() {
		text := en.phrases["reason."+k].text
		joints := func(r rune) bool { return strings.ContainsRune(";:,\x00", r) } // where the program may join two texts
		for part := range strings.FieldsFuncSeq(reasonHole.ReplaceAllString(text, "\x00"), joints) {
			if part = strings.TrimSpace(part); len(part) > 4 && !strings.Contains(code, part) {
				t.Errorf("reason.%s: nothing in the program writes %q", k, part)
			}
		}
	}
}

// TestReasons: what haris wrote reads in the language of the page, and what a person wrote stays as it is.
func TestReasons(t *testing.T) {
	w := words(t)
	en, ar := &view{catalogue: w["en"]}, &view{catalogue: w["ar"]}
	for english, arabic := range map[string]string{
		"shown clear": "عُرض واضحًا", "shown clear, bytes 0 to 41": "عُرض واضحًا، البايتات من 0 إلى 41", "added by a person": "أضافه شخص",
		"18 U.S.C. 2258A(h): report 7000001 was filed in the local environment":  "قُدّم البلاغ 7000001 في البيئة المحلية (\u206618 U.S.C. 2258A(h)\u2069)",
		"uploaded with report 01jxyz":                                            "رُفع مع البلاغ 01jxyz",
		"verified on the command line: intact":                                   "تُحقّق منه من سطر الأوامر: سليم",
		"18 U.S.C. 2258B(c): destruction D-1 of District Police":                 "طلب إتلاف D-1 من District Police (\u206618 U.S.C. 2258B(c)\u2069)",
		"profile, messages of 2 accounts, from the beginning up to 2026-03-01":   "الملف الشخصي، الرسائل والمكالمات لعدد 2 من الحسابات، من البداية إلى 2026-03-01",
		"added by a person; it claims to be image/png and looks like image/jpeg": "أضافه شخص؛ يزعم أنه image/png ويبدو image/jpeg",
		"what the signals of the case rest on":                                   "ما تستند إليه إشارات القضية",
		"the report as it was submitted, and 2 files":                            "البلاغ كما أُرسل، و2 من الملفات",
		"taken out as a file, to be delivered, encrypted to age1example":         "أُخرج ملفًا لتسليمه، مشفّرًا إلى age1example",
	} {
		if got := ar.reason(english); got != arabic {
			t.Errorf("%q reads %q, want %q", english, got, arabic)
		}
	}
	for _, theirs := range []string{
		"", "the court asked for it", "shown clear to my colleague", "added by a person, I think", "warrant 12 of District Police", "طلبته المحكمة", "Added by a person",
	} {
		for _, v := range []*view{en, ar} {
			if got := v.reason(theirs); got != theirs {
				t.Errorf("%s: a person's %q reads %q", v.lang, theirs, got)
			}
		}
	}
	if got := ar.holdReason("warrant W-1 of District Police", "lp-1"); got != "مذكرة قضائية W-1 من District Police" {
		t.Errorf("a hold of a legal process: %q", got)
	}
}
