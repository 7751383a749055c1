// Package event has a large interface.
package event

type large interface {
	A()
	B()
	C()
	D()
	E()
	F()
	G()
	H()
}
