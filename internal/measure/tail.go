package measure

import "math"

// Tail compares how often ordinary accounts reach a strength with how often it says that they would.
type Tail struct {
	Strength float64 `json:"strength"` // −log₁₀ p
	Expected float64 `json:"expected"` // 10^−strength
	Observed Share   `json:"observed"` // of what was tested
	// Honest is false when even the lower end of the interval is above what was expected: the strength promises too much.
	Honest bool `json:"honest"`
}

// Tails looks at each strength. strengths are the greatest of each ordinary account of which the detector said anything; tested is how many
// it could have spoken of, at least as many.
func Tails(strengths []float64, tested int, at ...float64) []Tail {
	tested = max(tested, len(strengths))
	out := make([]Tail, 0, len(at))
	for _, t := range at {
		n := 0
		for _, s := range strengths {
			if s >= t {
				n++
			}
		}
		row := Tail{Strength: t, Expected: math.Pow(10, -t), Observed: NewShare(n, tested)}
		row.Honest = row.Observed.Low <= row.Expected
		out = append(out, row)
	}
	return out
}

// Forecast is a probability that was given and what came of it.
type Forecast struct {
	P  float64 // 0 to 1
	So bool
}

// Brier is the mean of (p − outcome)² (G. W. Brier, 1950), 0 of none.
func Brier(list []Forecast) float64 {
	sum := 0.0
	for _, f := range list {
		o := 0.0
		if f.So {
			o = 1
		}
		sum += (f.P - o) * (f.P - o)
	}
	return sum / math.Max(float64(len(list)), 1)
}

// ECE is the expected calibration error: the forecasts are put into bins of equal width, and the distances between the mean forecast and
// the share that came true are weighed by the bins' sizes. 0 of none.
func ECE(list []Forecast, bins int) float64 {
	n, p, so := make([]float64, bins), make([]float64, bins), make([]float64, bins)
	for _, f := range list {
		i := min(int(f.P*float64(bins)), bins-1)
		n[i]++
		p[i] += f.P
		if f.So {
			so[i]++
		}
	}
	sum := 0.0
	for i := range n {
		sum += math.Abs(p[i] - so[i])
	}
	return sum / math.Max(float64(len(list)), 1)
}
