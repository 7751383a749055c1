package pdq

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/png" // of the taps
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// plain is the definition written down as it stands: whole buffers, one pass after the other, true divisions.
func plain(luma []float32, cols, rows int) (small [side * side]float32) {
	box := func(from []float32, n, stride int, to []float32) {
		w := (n + 127) / 128
		half := (w + 2) / 2
		var sum, count float32
		in, out, old := 0, 0, 0
		for range half - 1 {
			sum += from[in*stride]
			count, in = count+1, in+1
		}
		for range w - half + 1 {
			sum += from[in*stride]
			count, in = count+1, in+1
			to[out*stride] = sum / count
			out++
		}
		for range n - w {
			sum += from[in*stride]
			sum -= from[old*stride]
			in, old = in+1, old+1
			to[out*stride] = sum / count
			out++
		}
		for range half - 1 {
			sum -= from[old*stride]
			count, old = count-1, old+1
			to[out*stride] = sum / count
			out++
		}
	}
	other := make([]float32, len(luma))
	for range 2 {
		for y := range rows {
			box(luma[y*cols:], cols, 1, other[y*cols:])
		}
		for x := range cols {
			box(other[x:], rows, cols, luma[x:])
		}
	}
	for i := range side {
		for j := range side {
			small[i*side+j] = luma[int((float64(i)+0.5)*float64(rows)/side)*cols+int((float64(j)+0.5)*float64(cols)/side)]
		}
	}
	return small
}

// TestReduceIsThePlainDefinition compares every bit of the samples for pictures of any shape.
func TestReduceIsThePlainDefinition(t *testing.T) {
	h := New(Options{})
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.OneOf(rapid.IntRange(5, 70), rapid.IntRange(5, 700), rapid.SampledFrom([]int{127, 128, 129, 255, 256, 257, 384, 511, 512, 513, 1300}))
		cols, rows := length.Draw(t, "cols"), length.Draw(t, "rows")
		if cols == side && rows == side {
			return
		}
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		img := image.NewNRGBA(image.Rect(0, 0, cols, rows))
		for i := range img.Pix {
			img.Pix[i] = uint8(rnd.Uint32())
		}
		h.source.open(img, Options{}, &h.weight)
		luma := make([]float32, cols*rows)
		for y := range rows {
			h.source.row(y, luma[y*cols:][:cols])
		}
		h.reduce()
		want := plain(luma, cols, rows)
		for i, v := range h.small {
			if math.Float32bits(v) != math.Float32bits(want[i]) {
				t.Fatalf("%d × %d: sample %d is %v, of %v", cols, rows, i, v, want[i])
			}
		}
	})
}

// TestDivisorDividesTruly holds the product that stands for a division against the division.
func TestDivisorDividesTruly(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for w := 1; w < 600; w++ {
		d := newDivisor(w)
		for range 3000 {
			s := math.Float32frombits(uint32(rnd.IntN(1<<23)) | uint32(100+rnd.IntN(50))<<23)
			got := float32(float64(s) * d.wide)
			if d.exact {
				got = s * d.one
			}
			if want := s / float32(w); got != want {
				t.Fatalf("%v / %d = %v, of %v", s, w, got, want)
			}
		}
	}
}

// TestTaps compares the samples and the coefficients with those of the reference, bit for bit.
func TestTaps(t *testing.T) {
	files, err := filepath.Glob("testdata/taps/*.txt")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<20)
			h, compared := New(Options{}), 0
			for lines.Scan() {
				part := strings.Fields(lines.Text())
				if part[0] == "TAP" {
					h.options.Family = map[string]Family{"full": Full, "nn512": NN512}[part[1]]
					h.transform(decoded(t, part[2]))
					continue
				}
				row, err := strconv.Atoi(part[0][1:])
				if err != nil || part[0][0] != 'A' && part[0][0] != 'B' {
					continue
				}
				for j, text := range part[1:] {
					want, err := strconv.ParseFloat(text, 32)
					if err != nil {
						t.Fatal(err)
					}
					got := h.small[row*side+j%side]
					if part[0][0] == 'B' {
						got = h.cosines[row*coefficients+j%coefficients]
					}
					if compared++; got != float32(want) {
						t.Fatalf("%s, place %d: %v, of %v", part[0], j, got, want)
					}
				}
			}
			if compared < side*side+coefficients*coefficients {
				t.Errorf("%d numbers compared", compared)
			}
		})
	}
}

func decoded(t *testing.T, name string) image.Image {
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestMatrixIsTheSameEverywhere pins the cosines, which come from the mathematical library of each platform, and shows that they
// would be the same if that library were wrong by 64 times its last bit.
func TestMatrixIsTheSameEverywhere(t *testing.T) {
	sum := sha256.New()
	for _, row := range matrix() {
		_ = binary.Write(sum, binary.LittleEndian, row)
	}
	const want = "db354678fc6c99b7d442c35d8e89b002b71cb35eff6ae436c5f36392277a83c8"
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != want {
		t.Errorf("%s, of %s", got, want)
	}
	scale := float64(float32(math.Sqrt(2.0 / side)))
	for i, row := range matrix() {
		for j, v := range row {
			x := scale * math.Cos(math.Pi/2/side*float64((i+1)*(2*j+1)))
			if off := math.Abs(x) * 0x1p-46; float32(x-off) != v || float32(x+off) != v {
				t.Errorf("row %d, column %d hangs on the last bits of a cosine", i, j)
			}
		}
	}
}

// TestNothingIsFused compiles the package for processors that could fuse a product with a sum, and looks for it.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles")
	}
	fused := regexp.MustCompile(`\b(VFN?M(ADD|SUB)\w*|FN?M(ADD|SUB)[SD]?|FMADD\w*|FMSUB\w*)\b`)
	for _, platform := range [][2]string{{"amd64", "GOAMD64=v3"}, {"arm64", "GOARM64=v8.0"}} {
		t.Run(platform[0], func(t *testing.T) {
			cmd := exec.Command("go", "build", "-gcflags=-S", ".")
			cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+platform[0], platform[1], "CGO_ENABLED=0")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out[max(0, len(out)-500):])
			}
			if !strings.Contains(string(out), "Hasher") {
				t.Fatal("nothing was compiled")
			}
			if found := fused.Find(out); found != nil {
				t.Errorf("%s", found)
			}
		})
	}
}
