// Command media measures the whole path of a picture: uploaded over HTTP, put aside, decoded, hashed in eight positions, compared with a
// list, answered. Beside it, in the same run and with the same pictures, it prints the plain way: decode, hash and search in one loop
// without HTTP or files.
//
//	go run ./bench/media -side 1024 -entries 1000000
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"haris/hamming"
	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/store"
	"haris/internal/taxonomy"
	"haris/pdq"
	"haris/pdq/decode"
)

// plan is what is measured.
type plan struct {
	side, pictures, uploads, entries, conns int
}

func main() {
	var p plan
	flag.IntVar(&p.side, "side", 1024, "width and height of the pictures")
	flag.IntVar(&p.pictures, "pictures", 64, "different pictures; every second one is on the list")
	flag.IntVar(&p.uploads, "uploads", 2000, "uploads altogether")
	flag.IntVar(&p.entries, "entries", 100_000, "random PDQ hashes on the list besides")
	flag.IntVar(&p.conns, "connections", runtime.GOMAXPROCS(0), "uploads at a time")
	flag.Parse()
	if err := p.measure(); err != nil {
		fmt.Fprintln(os.Stderr, "media:", err)
		os.Exit(1)
	}
}

func (p *plan) measure() (err error) {
	files, err := p.draw()
	if err != nil {
		return err
	}
	hashes, ids := p.list(files)
	dir, err := os.MkdirTemp("", "haris-media-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	fmt.Printf("%d uploads of %d different JPEG pictures of %d×%d (%d KB on average), %d at a time, %d entries on the list\n",
		p.uploads, len(files), p.side, p.side, total(files)/len(files)/1024, p.conns, len(hashes))
	served, err := p.served(dir, files, hashes)
	if err != nil {
		return err
	}
	plain, err := p.plain(files, hashes, ids)
	if err != nil {
		return err
	}
	served.print("upload over HTTP to the answer")
	plain.print("plain: decode, hash, search")
	fmt.Printf("the plain way is %.2f times as fast in pictures a second\n", plain.rate()/served.rate())
	return nil
}

func total(files [][]byte) (n int) {
	for _, f := range files {
		n += len(f)
	}
	return n
}

// draw makes pictures of soft shapes.
func (p *plan) draw() (out [][]byte, err error) {
	for n := range p.pictures {
		r := rand.New(rand.NewPCG(uint64(n), 1)) //nolint:gosec // a pattern
		img := image.NewRGBA(image.Rect(0, 0, p.side, p.side))
		var grid [17][17][3]float64
		for y := range grid {
			for x := range grid[y] {
				grid[y][x] = [3]float64{r.Float64() * 255, r.Float64() * 255, r.Float64() * 255}
			}
		}
		for y := range p.side {
			for x := range p.side {
				img.SetRGBA(x, y, between(&grid, float64(x)*16/float64(p.side), float64(y)*16/float64(p.side)))
			}
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
			return nil, err
		}
		out = append(out, b.Bytes())
	}
	return out, nil
}

// between is a colour between those of a grid.
func between(grid *[17][17][3]float64, x, y float64) color.RGBA {
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	var c [3]uint8
	for k := range c {
		top := grid[j][i][k]*(1-fx) + grid[j][i+1][k]*fx
		low := grid[j+1][i][k]*(1-fx) + grid[j+1][i+1][k]*fx
		c[k] = uint8(top*(1-fy) + low*fy)
	}
	return color.RGBA{c[0], c[1], c[2], 255}
}

// list is the hash of every second picture, and random ones.
func (p *plan) list(files [][]byte) (hashes [][4]uint64, ids []uint64) {
	h := pdq.New(pdq.Options{})
	for i := 0; i < len(files); i += 2 {
		if pic, err := decode.Luma(files[i], decode.Limits{}); err == nil {
			hashes = append(hashes, h.Dihedral(pic.Image).Hashes[pdq.Original])
		}
	}
	r := rand.New(rand.NewPCG(9, 9)) //nolint:gosec // not secret
	for range p.entries {
		hashes = append(hashes, [4]uint64{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()})
	}
	for i := range hashes {
		ids = append(ids, uint64(i)+1) //nolint:gosec // small
	}
	return hashes, ids
}

// figures are how long each picture took, and all of them.
type figures struct {
	each []time.Duration
	took time.Duration
}

func (f *figures) rate() float64 { return float64(len(f.each)) / f.took.Seconds() }

func (f *figures) print(what string) {
	slices.Sort(f.each)
	at := func(q float64) time.Duration {
		return f.each[min(int(q*float64(len(f.each))), len(f.each)-1)].Round(10 * time.Microsecond)
	}
	fmt.Printf("%-32s p50 %8v   p99 %8v   %7.1f pictures/s\n", what, at(0.5), at(0.99), f.rate())
}

// many does a thing for every upload, so many at a time.
func (p *plan) many(worker func() func(n int) error) (f figures, err error) {
	f.each = make([]time.Duration, p.uploads)
	errs := make([]error, p.conns)
	var wg sync.WaitGroup
	began := time.Now()
	for w := range p.conns {
		wg.Go(func() {
			do := worker()
			for n := w; n < p.uploads && errs[w] == nil; n += p.conns {
				at := time.Now()
				errs[w] = do(n)
				f.each[n] = time.Since(at)
			}
		})
	}
	wg.Wait()
	f.took = time.Since(began)
	return f, errors.Join(errs...)
}

// plain decodes, hashes and searches.
func (p *plan) plain(files [][]byte, hashes [][4]uint64, ids []uint64) (figures, error) {
	index, err := hamming.Build(hashes, ids, 0)
	if err != nil {
		return figures{}, err
	}
	return p.many(func() func(int) error {
		h := pdq.New(pdq.Options{})
		return func(n int) error {
			pic, err := decode.Luma(files[n%len(files)], decode.Limits{})
			if err != nil {
				return err
			}
			found := index.Search(nil, h.Dihedral(pic.Image).Hashes[pdq.Original], 31)
			return expect(n%len(files), len(found) > 0)
		}
	})
}

// expect holds an answer against what is on the list.
func expect(picture int, match bool) error {
	if match != (picture%2 == 0) {
		return fmt.Errorf("picture %d: match %v", picture, match)
	}
	return nil
}

// served uploads to haris, in this process, over a connection of the machine to itself.
func (p *plan) served(dir string, files [][]byte, hashes [][4]uint64) (f figures, err error) {
	c := config.Default()
	c.DataDir, c.Listen, c.MetricsListen = filepath.Join(dir, "data"), "127.0.0.1:0", ""
	a, err := app.New(context.Background(), c, app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	if err := fill(a.Core(), hashes); err != nil {
		return f, err
	}
	if err := a.Start(context.Background()); err != nil {
		return f, err
	}
	_, key, err := a.Core().Auth.CreateKey(context.Background(), "bench", auth.NewKey{Source: "/bench", Scopes: []auth.Scope{auth.MediaRead}})
	if err != nil {
		return f, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: p.conns}}
	return p.many(func() func(int) error {
		return func(n int) error {
			return upload(client, a.URL()+"/v1/media/lookup", key, n%len(files), files[n%len(files)])
		}
	})
}

// fill makes a list in force.
func fill(core *app.Core, hashes [][4]uint64) error {
	ctx := context.Background()
	return core.DB.Write(ctx, func(tx *store.Tx) error {
		b := bank.New("bench", "Bench")
		b.Mode = taxonomy.ModeEnforce
		if _, err := tx.Banks().Put(ctx, b); err != nil {
			return err
		}
		for part := range slices.Chunk(hashes, 5000) {
			list := make([]bank.Entry, len(part))
			for i, h := range part {
				list[i] = bank.Entry{Hash: bank.Hash{Kind: bank.PDQ, Value: pdq.Hash(h).String()}, Provenance: bank.Provenance{Source: bank.File, Who: "bench"}}
			}
			if _, _, err := tx.Banks().Add(ctx, b.ID, list); err != nil {
				return err
			}
		}
		return nil
	})
}

func upload(client *http.Client, url, key string, picture int, file []byte) error {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(file))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "image/jpeg")
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var got struct{ Answer string }
	if err := json.Unmarshal(body, &got); err != nil || resp.StatusCode != http.StatusOK || got.Answer == "unscanned" {
		return fmt.Errorf("status %d: %s (%w)", resp.StatusCode, body, err)
	}
	return expect(picture, got.Answer == "match")
}
