package report

import (
	"slices"
	"unicode/utf8"

	"haris/cybertip"
	"haris/internal/evidence"
	"haris/internal/taxonomy"
)

// excerptNote says what stands in the content of a chat or game.
const excerptNote = "Excerpt: the entries that the finding rests on, with what stands next to them. The transcript of the conversation, where " +
	"one goes with this report, is a file of its own."

// internetOf writes the chosen messages: one chat or game for each conversation, and the pages of what was published.
func internetOf(d *Draft) (out []cybertip.InternetDetails) {
	by := map[string][]evidence.Line{}
	var order []string
	for _, m := range d.chosenMessages() {
		if _, ok := by[m.Conversation]; !ok {
			order = append(order, m.Conversation)
		}
		by[m.Conversation] = append(by[m.Conversation], m.Line)
	}
	slices.Sort(order)
	for _, c := range order {
		out = append(out, incidentOf(d, c, by[c]))
	}
	return out
}

func incidentOf(d *Draft, conversation string, lines []evidence.Line) cybertip.InternetDetails {
	text := string(evidence.Transcript{Conversation: conversation, Lines: lines}.ForReport().Text())
	if conversation == "" {
		web := &cybertip.WebPageIncident{URLs: pagesOf(lines), AdditionalInfo: "What the accounts did outside of a conversation:\n" + text}
		if len(web.URLs) > 0 {
			web.ThirdPartyHostedContent = d.ThirdPartyPages
		}
		return cybertip.InternetDetails{WebPage: web}
	}
	platform := fit(d.Company.Platform, maxDisplayName)
	if slices.ContainsFunc(lines, func(l evidence.Line) bool { return l.Facts["surface"] == taxonomy.SurfaceGame.String() }) {
		return cybertip.InternetDetails{Gaming: &cybertip.GamingIncident{GameName: platform, Content: text, AdditionalInfo: excerptNote}}
	}
	return cybertip.InternetDetails{Chat: &cybertip.ChatIncident{
		ChatClient: platform, ChatRoomName: fit(conversation, maxDisplayName), Content: text, AdditionalInfo: excerptNote,
	}}
}

// fit returns s when it has at most n characters, and nothing otherwise: half a name is another name.
func fit(s string, n int) string {
	if utf8.RuneCountInString(s) > n {
		return ""
	}
	return s
}

// pagesOf lists the addresses of what was published.
func pagesOf(lines []evidence.Line) (out []string) {
	for _, l := range lines {
		if u := l.Facts["url"]; goodURL(u) {
			out = appendNew(out, u)
		}
	}
	return out
}
