package auth

import "net/netip"

// network is the part of an address that one visitor commands: the whole of an IPv4 address, the first 64 bits of an IPv6 one.
// What is no address at all counts as one visitor.
func network(addr string) string {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
