package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"
	"unicode/utf16"
)

// maxTogether is how many objects are compressed together.
const maxTogether = 200

// place is where an object stands: at an offset of the file, or at an index of a stream of objects.
type place struct {
	kind byte // 0 nowhere, 1 at an offset, 2 in a stream of objects
	at   int64
	n    int
}

// objects writes the objects of a PDF file and remembers where they stand.
type objects struct {
	out    io.Writer
	sum    hash.Hash // of everything written: the id of the file
	at     int64
	places []place
	ids    []int // that wait to be written together
	bodies bytes.Buffer
	starts []int
	z      *zlib.Writer
	err    error
}

func newObjects(out io.Writer) *objects {
	o := &objects{out: out, sum: sha256.New(), places: make([]place, 1), z: zlib.NewWriter(io.Discard)}
	o.write([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"))
	return o
}

func (o *objects) write(b []byte) {
	if o.err != nil {
		return
	}
	n, err := o.out.Write(b)
	o.sum.Write(b[:n])
	o.at, o.err = o.at+int64(n), err
}

// alloc gives out the next id.
func (o *objects) alloc() int {
	o.places = append(o.places, place{})
	return len(o.places) - 1
}

// put writes an object that is no stream, together with others.
func (o *objects) put(id int, body string) {
	o.ids, o.starts = append(o.ids, id), append(o.starts, o.bodies.Len())
	o.bodies.WriteString(body)
	o.bodies.WriteByte('\n')
	if len(o.ids) >= maxTogether {
		o.flush()
	}
}

// flush writes the objects that wait.
func (o *objects) flush() {
	if len(o.ids) == 0 {
		return
	}
	holder := o.alloc()
	var head strings.Builder
	for i, id := range o.ids {
		fmt.Fprintf(&head, "%d %d ", id, o.starts[i])
		o.places[id] = place{kind: 2, at: int64(holder), n: i}
	}
	all := append([]byte(head.String()), o.bodies.Bytes()...)
	o.stream(holder, fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(o.ids), head.Len()), all)
	o.ids, o.starts = o.ids[:0], o.starts[:0]
	o.bodies.Reset()
}

// stream writes a compressed stream.
func (o *objects) stream(id int, dict string, data []byte) {
	var b bytes.Buffer
	o.z.Reset(&b)
	_, err := o.z.Write(data)
	if err == nil {
		err = o.z.Close()
	}
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("paper: compress: %w", err)
	}
	o.places[id] = place{kind: 1, at: o.at}
	o.write(fmt.Appendf(nil, "%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n", id, dict, b.Len()))
	o.write(b.Bytes())
	o.write([]byte("\nendstream\nendobj\n"))
}

// finish writes the table of places and the end of the file.
func (o *objects) finish(catalog, info int) error {
	o.flush()
	id := o.alloc()
	start := o.at
	o.places[id] = place{kind: 1, at: start}
	table := make([]byte, 0, len(o.places)*9)
	for i, p := range o.places {
		if i == 0 {
			table = append(table, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)
			continue
		}
		table = append(table, p.kind)
		table = append(table, binary.BigEndian.AppendUint64(nil, uint64(p.at))[2:]...)
		table = binary.BigEndian.AppendUint16(table, uint16(p.n))
	}
	name := hex.EncodeToString(o.sum.Sum(nil)[:16])
	o.stream(id, fmt.Sprintf("/Type /XRef /Size %d /W [1 6 2] /Root %s /Info %s /ID [<%s> <%s>]", len(o.places), ref(catalog), ref(info), name, name), table)
	o.write(fmt.Appendf(nil, "startxref\n%d\n%%%%EOF\n", start))
	if o.err != nil {
		return fmt.Errorf("paper: write: %w", o.err)
	}
	return nil
}

// ref names an object.
func ref(id int) string { return fmt.Sprintf("%d 0 R", id) }

// textString writes text so that any script survives.
func textString(s string) string {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return "<" + hex.EncodeToString(b) + ">"
}
