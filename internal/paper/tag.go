package paper

import (
	"fmt"
	"strings"
)

// element is one node of the tree of tags that has begun.
type element struct {
	id, parent int
	kind       string
	kids       []string
}

// tree says what each piece of the pages is: a heading, a paragraph, a cell of a table. A node is written when it ends.
type tree struct {
	o     *objects
	root  int
	path  []*element
	marks [][]int // for each page, the elements of its marks
}

func (t *tree) begin(o *objects) {
	t.o, t.root = o, o.alloc()
	t.path = []*element{{id: o.alloc(), parent: t.root, kind: "Document"}}
}

// open begins a node below the one that is open.
func (t *tree) open(kind string) {
	top := t.path[len(t.path)-1]
	e := &element{id: t.o.alloc(), parent: top.id, kind: kind}
	top.kids = append(top.kids, ref(e.id))
	t.path = append(t.path, e)
}

// close ends the node that is open.
func (t *tree) close() {
	last := len(t.path) - 1
	t.write(t.path[last])
	t.path = t.path[:last]
}

func (t *tree) write(e *element) {
	scope := ""
	if e.kind == "TH" {
		scope = " /A << /O /Table /Scope /Both >>"
	}
	t.o.put(e.id, "<< /Type /StructElem /S /"+e.kind+" /P "+ref(e.parent)+scope+" /K ["+strings.Join(e.kids, " ")+"] >>")
}

// mark gives a number to a piece of a page that belongs to the element.
func (t *tree) mark(e *element, page int) int {
	at := len(t.marks) - 1
	n := len(t.marks[at])
	t.marks[at] = append(t.marks[at], e.id)
	e.kids = append(e.kids, fmt.Sprintf("<< /Type /MCR /Pg %s /MCID %d >>", ref(page), n))
	return n
}

// child begins a node below the open one that ends by itself, for what is drawn in pieces.
func (t *tree) child(kind string) *element {
	t.open(kind)
	e := t.path[len(t.path)-1]
	t.path = t.path[:len(t.path)-1]
	return e
}

// end writes the tree and returns its root.
func (t *tree) end(pages []int) int {
	for len(t.path) > 1 {
		t.close()
	}
	t.write(t.path[0])
	var nums strings.Builder
	for i := range pages {
		list := t.o.alloc()
		refs := make([]string, len(t.marks[i]))
		for j, id := range t.marks[i] {
			refs[j] = ref(id)
		}
		t.o.put(list, "["+strings.Join(refs, " ")+"]")
		fmt.Fprintf(&nums, "%d %s ", i, ref(list))
	}
	parents := t.o.alloc()
	t.o.put(parents, "<< /Nums ["+nums.String()+"] >>")
	t.o.put(t.root, fmt.Sprintf("<< /Type /StructTreeRoot /K %s /ParentTree %s /ParentTreeNextKey %d >>", ref(t.path[0].id), ref(parents), len(pages)))
	return t.root
}
