package extract

// Bounds of the search. They keep a message made to be slow from being slow.
const (
	maxFillers = 2  // words between two digits
	allFillers = 4  // words inside one number
	maxTries   = 40 // numbers of one message that are compared with numbering plans
	maxAtoms   = 64 // parts of one chain that are looked at
	minSplit   = 9  // digits of a number with words in between, or in several messages
)

// Tail is the end of a message that may be the beginning of a number, for the sender's next message. It holds digits and nothing else
// of the text. The zero value is the end of a message that ended otherwise.
type Tail struct {
	Digits    string
	Real      int // digits that were written as digits or in words
	Plus      bool
	Operators Operator
}

// chain is a run of atoms that may hold a number.
type chain struct {
	atoms []atom
	first int // filler words before the first digit, since the beginning of the message
	last  int // filler words after the last digit, when the message ends there; -1 when something else comes
}

// findPhones finds numbers, and the tail.
func (x *Extractor) findPhones(m *message, in Input, out []Find) ([]Find, Tail) {
	if m.digits+m.words == 0 && (in.Before.Digits == "" || len(m.tokens) > maxFillers+1) {
		return out, carry(m, in.Before)
	}
	m.goesOn = in.Before.Digits != ""
	chains := chainsOf(x.atoms(m))
	if len(chains) == 0 {
		return out, carry(m, in.Before)
	}
	if m.goesOn {
		chains = join(chains, in.Before)
	}
	s := search{x: x, m: m, in: in}
	for i := range chains {
		if c := &chains[i]; c.count() >= leastDigits {
			s.split(c.atoms)
		}
	}
	for _, f := range s.found {
		if !taken(out, f) {
			out = append(out, f)
		}
	}
	return out, tailOf(chains, s.found, m)
}

// carry keeps the tail over a message without digits that is short: a pause between two halves.
func carry(m *message, before Tail) Tail {
	if len(m.tokens) <= maxFillers {
		return before
	}
	return Tail{}
}

func (c *chain) count() (n int) {
	for i := range c.atoms {
		n += len(c.atoms[i].digits)
	}
	return n
}

// chainsOf cuts the atoms where something stands that is no part of a number, or too many words.
func chainsOf(list []atom) (out []chain) {
	var c chain
	fillers, total := 0, 0
	end := func(last int) {
		if len(c.atoms) > 0 {
			c.last = last
			out = append(out, c)
		}
		c = chain{first: maxFillers + 1}
		fillers, total = 0, 0
	}
	before := 0
	for i := range list {
		a := list[i]
		if a.apart && len(c.atoms) > 0 {
			end(-1)
			before = maxFillers + 1
		}
		switch {
		case a.stop:
			end(-1)
			before = maxFillers + 1
		case a.filler() && a.times == 0:
			if len(c.atoms) == 0 {
				before++
				continue
			}
			if fillers++; fillers > maxFillers || total+fillers > allFillers {
				end(-1)
				before = maxFillers + 1
			}
		default:
			if len(c.atoms) == 0 {
				c.first = before
			}
			if fillers > 0 {
				a.ops |= Fillers
				a.strong = true
				total += fillers
			}
			fillers = 0
			c.atoms = append(c.atoms, a)
			if len(c.atoms) == maxAtoms {
				end(-1)
				before = maxFillers + 1
			}
		}
	}
	end(fillers)
	return out
}

// join puts what came in the message before in front of the first chain, when the message begins with it.
func join(chains []chain, t Tail) []chain {
	if chains[0].first > maxFillers {
		return chains
	}
	c := &chains[0]
	head := atom{at: -1, digits: t.Digits, real: t.Real, plus: t.Plus, ops: t.Operators | Split}
	c.atoms = append([]atom{head}, c.atoms...)
	c.atoms[1].strong = true
	return chains
}

// tailOf is the end of the message as the beginning of a number: the last chain, when nothing but a word or two follows it, no number
// was found in it, and more digits could follow.
func tailOf(chains []chain, found []Find, m *message) Tail {
	c := &chains[len(chains)-1]
	if c.last < 0 || c.last > maxFillers {
		return Tail{}
	}
	t := Tail{}
	for i := len(c.atoms) - 1; i >= 0; i-- {
		a := &c.atoms[i]
		if a.at >= 0 {
			from, to := m.surface.Raw(m.tokens[a.at].a, m.tokens[a.at].b)
			if taken(found, Find{From: from, To: to}) {
				return Tail{}
			}
		}
		if a.soft && !likely(c.atoms, i) {
			continue
		}
		if len(t.Digits)+len(a.digits) >= mostDigits {
			return Tail{}
		}
		t.Digits, t.Real, t.Operators = a.digits+t.Digits, t.Real+a.real, t.Operators|a.ops
		if a.plus {
			t.Plus = true
			break
		}
	}
	if t.Digits == "" {
		return Tail{}
	}
	return t
}
