package console

import "haris/internal/remark"

// remarkPrefix begins the keys of what haris says about rules that a person wrote, and about how it does. The English catalogue has each sentence to the
// letter, as the program has it, and the others say it in their language.
const remarkPrefix = "remark."

// readRemarks finds the keys of sentences by their English.
func readRemarks(english *catalogue) map[string]string {
	out := map[string]string{}
	for key, p := range english.phrases {
		if len(key) > len(remarkPrefix) && key[:len(remarkPrefix)] == remarkPrefix {
			out[p.text] = key
		}
	}
	return out
}

// remark says a remark in the language of the page.
func (c *catalogue) remark(r remark.Remark) string {
	return r.Say(func(english string) string {
		if key, ok := c.remarks[english]; ok {
			return c.T(key)
		}
		return english
	}, c.apart)
}

// apart sets off what is written in no language of the page, so that it keeps its own direction.
func (c *catalogue) apart(text string) string {
	if c.dir == "ltr" {
		return text
	}
	return "\u2068" + text + "\u2069"
}
