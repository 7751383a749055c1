package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// dial connects to an address of the name that was looked at, so that a name which changes its addresses between the look and the
// connection gains nothing.
func (f *Fetcher) dial(ctx context.Context, d *net.Dialer, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: address %q", ErrRefused, address)
	}
	list, err := f.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	var last error
	for _, a := range list {
		c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
		if err == nil {
			return c, nil
		}
		last = err
	}
	return nil, last
}

// addresses are those of a name. If one of them is not allowed, none is: a name that has both was not set up by who runs the storage.
func (f *Fetcher) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	list, err := f.o.Resolver.LookupNetIP(ctx, "ip", strings.ToLower(strings.TrimSuffix(host, ".")))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: %s has no address", ErrFailed, host)
	}
	for i, a := range list {
		list[i] = a.Unmap()
		if !f.public(list[i]) {
			return nil, fmt.Errorf("%w: %s has the address %s, which is not on the public internet", ErrRefused, host, a)
		}
	}
	return list, nil
}

// public reports whether an address may be connected to.
func (f *Fetcher) public(a netip.Addr) bool {
	if a.Zone() != "" || !a.IsValid() {
		return false
	}
	inside := func(p netip.Prefix) bool { return p.Contains(a) }
	if slices.ContainsFunc(f.o.Private, inside) {
		return true
	}
	if a.Is6() && !slices.ContainsFunc(globalUnicast(), inside) {
		return false
	}
	return !slices.ContainsFunc(special(), inside)
}

// globalUnicast is what of IPv6 is given out for the public internet.
func globalUnicast() []netip.Prefix { return prefixes("2000::/3") }

// special lists the networks that are not the public internet, or lead into IPv4 networks that are not: the registries of IANA for
// special-purpose addresses (RFC 6890 and its updates) as of 2026, as far as they are not globally reachable, and the translations.
func special() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
		"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	)
}

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
