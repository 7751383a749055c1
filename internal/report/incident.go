package report

import (
	"maps"
	"slices"
	"unicode/utf8"

	"haris/cybertip"
	"haris/internal/taxonomy"
)

// excerptNote says what stands in the content of a chat or game.
const excerptNote = "Excerpt, times in UTC: the entries that the finding rests on, with what stands next to them; […] stands for entries in " +
	"between. The transcript of the conversation, where one goes with this report, is a file of its own."

// talk is what was chosen of one conversation.
type talk struct {
	name  string
	text  string
	pages []string // addresses of what was published
	game  bool
}

// talks gathers the chosen messages by conversation, in the order of the names. Where entries of the draft lie between two chosen ones,
// the text says so.
func (d *Draft) talks() (out []talk) {
	by, skipped := map[string]*talk{}, map[string]bool{}
	for i := range d.Messages {
		m := &d.Messages[i]
		t := by[m.Conversation]
		if !m.Chosen {
			skipped[m.Conversation] = true
			continue
		}
		if t == nil {
			t = &talk{name: m.Conversation}
			by[m.Conversation] = t
		} else if skipped[m.Conversation] {
			t.text += "[…]\n"
		}
		skipped[m.Conversation] = false
		t.text += m.Words()
		t.game = t.game || m.Facts["surface"] == taxonomy.SurfaceGame.String()
		if u := m.Facts["url"]; goodURL(u) {
			t.pages = appendNew(t.pages, u)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[name])
	}
	return out
}

// internetOf writes the chosen messages: one chat or game for each conversation, and the pages of what was published.
func internetOf(d *Draft) (out []cybertip.InternetDetails) {
	for _, t := range d.talks() {
		out = append(out, incidentOf(d, &t))
	}
	return out
}

func incidentOf(d *Draft, t *talk) cybertip.InternetDetails {
	if t.name == "" {
		web := &cybertip.WebPageIncident{URLs: t.pages, AdditionalInfo: "What the accounts did outside of a conversation (times in UTC):\n" + t.text}
		if len(web.URLs) > 0 {
			web.ThirdPartyHostedContent = d.ThirdPartyPages
		}
		return cybertip.InternetDetails{WebPage: web}
	}
	platform := fit(d.Company.Platform, maxDisplayName)
	if t.game {
		return cybertip.InternetDetails{Gaming: &cybertip.GamingIncident{GameName: platform, Content: t.text, AdditionalInfo: excerptNote}}
	}
	return cybertip.InternetDetails{Chat: &cybertip.ChatIncident{
		ChatClient: platform, ChatRoomName: fit(t.name, maxDisplayName), Content: t.text, AdditionalInfo: excerptNote,
	}}
}

// fit returns s when it has at most n characters, and nothing otherwise: half a name is another name.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) > n {
		return ""
	}
	return s
}
