package extract

// search looks for numbers in the chains of one message.
type search struct {
	x     *Extractor
	m     *message
	in    Input
	tries int
	found []Find
}

// split looks at a chain as a whole, then at its parts: the longest first, then what is left on both sides of it. Parts begin and end where
// something parts them.
func (s *search) split(list []atom) {
	cuts := []int{0}
	for i := 1; i < len(list); i++ {
		if list[i].strong {
			cuts = append(cuts, i)
		}
	}
	cuts = append(cuts, len(list))
	parts := len(cuts) - 1
	for n := parts; n > 0; n-- {
		for at := 0; at+n <= parts; at++ {
			from, to := cuts[at], cuts[at+n]
			if s.tries >= maxTries {
				return
			}
			if !fits(list[from:to]) || !s.one(list[from:to]) {
				continue
			}
			if from > 0 {
				s.split(list[:from])
			}
			if to < len(list) {
				s.split(list[to:])
			}
			return
		}
	}
}

// fits reports whether a part can have as many digits as a number has.
func fits(list []atom) bool {
	least, most := 0, 0
	for i := range list {
		most += len(list[i].digits) * 3 // "triple"
		if !list[i].soft {
			least += len(list[i].digits)
		}
	}
	return least <= mostDigits && most >= leastDigits
}

// most is how many atoms of a part may be a digit or a word; more are taken for what they likelier are.
const most = 4

// one tries a part as one number, with its doubtful atoms as they are likeliest first, then all as digits, none, and each the other way.
func (s *search) one(list []atom) bool {
	var doubtful []int
	for i := range list {
		if list[i].soft && !inside(list, i) && len(doubtful) < most {
			doubtful = append(doubtful, i)
		}
	}
	use := make([]bool, len(list))
	set := func(how func(i int) bool) {
		for i := range list {
			use[i] = !list[i].soft || inside(list, i) || how(i)
		}
	}
	set(func(i int) bool { return likely(list, i) })
	if s.try(list, use) {
		return true
	}
	if len(doubtful) == 0 {
		return false
	}
	for mask := 1<<len(doubtful) - 1; mask >= 0; mask-- {
		set(func(i int) bool { return likely(list, i) })
		for bit, i := range doubtful {
			use[i] = mask&(1<<bit) != 0
		}
		if s.try(list, use) {
			return true
		}
	}
	return false
}

// likely reports whether a doubtful atom is a digit rather than a word: single letters are, words beside a single digit, and letters that
// look like digits beside any.
func likely(list []atom, i int) bool {
	if list[i].real == 0 && len(list[i].digits) == 1 {
		return true
	}
	beside := func(n, gap int) bool {
		return n >= 0 && n < len(list) && list[gap].ops&Fillers == 0 && (len(list[n].digits) == 1 || list[i].real == 0)
	}
	return beside(i-1, i) || beside(i+1, min(i+1, len(list)-1))
}

// inside reports whether a doubtful word stands between two single digits, where nobody doubts that it is one.
func inside(list []atom, i int) bool {
	if i == 0 || i+1 == len(list) || list[i].real == 0 {
		return false
	}
	return len(list[i-1].digits) == 1 && len(list[i+1].digits) == 1 && (list[i].ops|list[i+1].ops)&Fillers == 0
}

// try compares one reading with the numbering plans.
func (s *search) try(list []atom, use []bool) bool {
	var buf [mostDigits]byte
	digits, real, ops, first, last := buf[:0], 0, Operator(0), -1, -1
	times, parts, singles, comma := 1, 0, 0, false
	for i := range list {
		a := &list[i]
		if !use[i] {
			continue
		}
		if a.times > 0 {
			times, ops = a.times, ops|Multiples
			continue
		}
		if len(digits)+len(a.digits)*times > mostDigits {
			return false
		}
		for range times {
			digits = append(digits, a.digits...)
		}
		real += a.real * times
		times = 1
		if first < 0 {
			first = i
			ops |= a.ops &^ (Fillers | Pictures)
		} else {
			ops |= a.ops
			comma = comma || a.comma
		}
		last = i
		if parts++; len(a.digits) == 1 {
			singles++
		}
	}
	if !enough(len(digits), real, ops) || comma && ops&Fillers != 0 || s.tries >= maxTries || last < 0 || list[last].at < 0 {
		return false
	}
	s.tries++
	value, ok := number(string(digits), list[first].plus, s.in.Regions)
	if !ok || s.m.order(list[first]) {
		return false
	}
	from := max(list[first].at, 0)
	f := s.m.find(Phone, value, from, list[last].at+1)
	f.Operators |= ops
	if singles > parts/2 && parts > 4 && ops&Words == 0 || s.odd(list[first:last+1]) {
		f.Operators |= Separators
	}
	s.found = append(s.found, f)
	return true
}

// enough reports whether so many digits, so written, can be a number: at most 70 % of them look-alikes (detection specification, section 3.7).
func enough(n, real int, ops Operator) bool {
	if ops&(Fillers|Split) != 0 && n < minSplit {
		return false
	}
	return n >= leastDigits && 10*(n-real) <= 7*n
}

// odd reports whether signs stand between the parts that nobody uses in numbers.
func (s *search) odd(list []atom) bool {
	for i := range list {
		if list[i].at <= 0 || i == 0 {
			continue
		}
		for _, c := range s.m.tokens[list[i].at].signs {
			switch c.R {
			case ' ', '-', '.', '(', ')', '/', '+', '–', '‐':
			default:
				return true
			}
		}
	}
	return false
}

// order reports whether a word shortly before the number says that it is the number of an order, a card or the like. A plus says more than such a word.
func (m *message) order(first atom) bool {
	if first.plus || first.at < 0 {
		return false
	}
	for i := first.at - 1; i >= max(0, first.at-4); i-- {
		e := m.tokens[i].word
		if e == nil {
			continue
		}
		if e.is&isCall != 0 && m.tokens[i].text != "number" {
			return false
		}
		if e.is&isOrder != 0 {
			return true
		}
	}
	return false
}
