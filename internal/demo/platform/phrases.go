package platform

// phrases are the neutral sentences and names of one language, by what they are for. Every list is short on purpose: haris must work
// without reading text, so the sentences only have to be readable, never representative.
type phrases struct {
	given, family []string // names
	bio           []string

	// Ordinary talk.
	hello, reply, plan, school, game, work, home, thanks []string
	club, post, selling, buying, greeting                []string

	// The hard cases.
	teacher, coach, tutor, fan, support, spam, handle, youthClub, travel []string

	// The planted matters. Plain and non-explicit, without any coded term.
	praise, alone, otherApp, gift, secret, meet, ticket, advert, inquiry, answer, job []string

	// Sentences with a number in them, and two that are posted; of the scenes that only a world with Rates has.
	furniture, flat, honestWork, homeMade, cause, spreads string
}

// allPhrases returns the sentences of every language the platform speaks.
func allPhrases() map[string]phrases {
	return map[string]phrases{"en": english(), "ar": arabic(), "fr": french(), "es": spanish()}
}
