package process

import (
	"embed"
	"fmt"
	"html/template"
	"time"

	"haris/internal/parcel"
)

//go:embed index.html
var indexFile embed.FS

// phrase is one text of the index in both languages.
type phrase struct{ en, ar string }

// phrases are the words of the index.
func phrases() map[string]phrase {
	return map[string]phrase{
		"title":     {"Production for legal process", "مستندات مقدَّمة استجابةً لإجراء قانوني"},
		"provider":  {"Provider", "مقدّم الخدمة"},
		"agency":    {"Agency", "الجهة الطالبة"},
		"officer":   {"Officer", "المسؤول المختص"},
		"number":    {"Number", "الرقم"},
		"kind":      {"Kind", "النوع"},
		"law":       {"Jurisdiction", "الاختصاص القضائي"},
		"as_of":     {"As of", "حتى تاريخ"},
		"reviewed":  {"Reviewed by", "راجعه"},
		"approved":  {"Approved by", "وافق عليه"},
		"scope":     {"Scope", "النطاق"},
		"accounts":  {"Accounts", "الحسابات"},
		"data":      {"Data", "البيانات"},
		"from":      {"From", "من"},
		"to":        {"Up to, not included", "إلى ما قبل"},
		"beginning": {"the beginning", "البداية"},
		"counts":    {"Taken and left out", "ما أُخذ وما تُرك"},
		"account":   {"Account", "الحساب"},
		"taken":     {"Taken", "أُخذ"},
		"outside":   {"Outside the dates", "خارج الفترة"},
		"not_asked": {"Not asked for", "لم يُطلب"},
		"note": {
			"Only what the scope covers was taken. The counts of what was left out tell how many events there are and nothing of them. Fields of other accounts, or of kinds of data that were not asked for, are named as withheld in each record.",
			"لم يُؤخذ إلا ما يشمله النطاق. أعداد ما تُرك تبيّن كم حدثًا هناك ولا شيء من مضمونها. والحقول العائدة إلى حسابات أخرى، أو إلى أنواع بيانات لم تُطلب، مذكورة في كل سجل على أنها محجوبة.",
		},
		"files":  {"Files", "الملفات"},
		"path":   {"File", "الملف"},
		"bytes":  {"Bytes", "البايتات"},
		"source": {"Source", "المصدر"},
		"check": {
			"manifest.json lists every file with its digests, and manifest.sig signs it. VERIFY.txt says how to check both. Times are in UTC.",
			"يسرد الملف manifest.json كل ملف مع بصماته الرقمية، ويوقّعه الملف manifest.sig. ويشرح VERIFY.txt كيفية التحقق منهما. الأوقات بالتوقيت العالمي المنسّق.",
		},
		"profile": {"Profile", "الملف الشخصي"}, "sessions": {"Sessions and addresses", "الجلسات والعناوين"}, "contacts": {"Contacts", "جهات الاتصال"},
		"messages": {"Messages and calls", "الرسائل والمكالمات"}, "media": {"Media", "الوسائط"}, "posts": {"Posts and listings", "المنشورات والإعلانات"},
		"payments": {"Payments", "المدفوعات"}, "locations": {"Shared locations", "المواقع المشاركة"}, "groups": {"Groups", "المجموعات"},
		"complaints": {"Complaints and blocks", "الشكاوى والحظر"}, "moderation": {"Moderation", "الإشراف"}, "reports": {"Filed reports", "البلاغات المقدَّمة"},
		"":        {"Types that haris does not know", "أنواع لا يعرفها حارس"},
		"warrant": {"Warrant", "مذكرة قضائية"}, "court_order": {"Court order", "أمر محكمة"}, "subpoena": {"Subpoena", "أمر إحضار"},
		"preservation": {"Request to preserve", "طلب حفظ"}, "emergency": {"Emergency disclosure", "إفصاح طارئ"}, "destruction": {"Request to destroy", "طلب إتلاف"},
		"other": {"Other", "أخرى"},
	}
}

// indexView is what the template shows.
type indexView struct {
	about
	Lang, Dir string
	Files     []parcel.File
	words     map[string]phrase
}

// T is a phrase in the language of the index.
func (v indexView) T(key any) string {
	p := v.words[fmt.Sprint(key)]
	if v.Lang == "ar" {
		return p.ar
	}
	return p.en
}

// From is the beginning of the scope in words.
func (v indexView) From() string {
	if v.Scope.From.IsZero() {
		return v.T("beginning")
	}
	return stamp(v.Scope.From)
}

// To is the end of the scope.
func (v indexView) To() string { return stamp(v.Scope.To) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// index writes index.html: a page by itself, without a script, that prints.
func (m *maker) index(a about) error {
	t, err := template.ParseFS(indexFile, "index.html")
	if err != nil {
		return fmt.Errorf("process: index: %w", err)
	}
	v := indexView{about: a, Lang: m.r.Lang, Dir: "ltr", Files: m.w.Files(), words: phrases()}
	if v.Lang == "ar" {
		v.Dir = "rtl"
	}
	out, err := m.w.Create("index.html", "index", "")
	if err != nil {
		return err
	}
	if err := t.Execute(out, v); err != nil {
		return fmt.Errorf("process: index: %w", err)
	}
	return nil
}
