package report

import (
	"cmp"
	"slices"
	"strings"

	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/taxonomy"
)

// publicOf says whether everybody can see all that is on a surface; known is false where nothing was said.
func publicOf(s taxonomy.Surface) (public, known bool) {
	switch s {
	case taxonomy.SurfacePublic, taxonomy.SurfaceListing, taxonomy.SurfaceComment, taxonomy.SurfaceLive:
		return true, true
	case taxonomy.SurfaceDM, taxonomy.SurfaceGroup, taxonomy.SurfaceCall, taxonomy.SurfaceGame:
		return false, true
	}
	return false, false
}

// surfaceOf is the surface of an event. A listing is one by its type; everything else stands where the platform says.
func surfaceOf(e *event.Event) taxonomy.Surface {
	if e.Type == event.ListingPublished && e.Data.Surface == taxonomy.SurfaceUnknown {
		return taxonomy.SurfaceListing
	}
	return e.Data.Surface
}

// uploadOf gathers what the platform said of the contents of an item when they came in: by the platform's id of the media, or else by
// an equal digest. events are in order. nil when none names them.
func uploadOf(i *evidence.Item, events []event.Event) *Upload {
	if i.Kind != evidence.KindMedia {
		return nil
	}
	var u *Upload
	for n := range events {
		e := &events[n]
		for k := range e.Data.Media {
			m := &e.Data.Media[k]
			if !isMedia(i, m) {
				continue
			}
			if u == nil {
				u = &Upload{Media: m.ID}
			}
			u.learn(e, m)
		}
	}
	if u != nil {
		u.Differs = differs(i, u.Hashes)
	}
	return u
}

// isMedia reports whether the media of an event is the item.
func isMedia(i *evidence.Item, m *event.Media) bool {
	if i.Origin.Media != "" {
		return m.ID == i.Origin.Media
	}
	return i.SHA256 != "" && strings.EqualFold(m.SHA256, i.SHA256) || i.MD5 != "" && strings.EqualFold(m.MD5, i.MD5)
}

// learn takes over what one event says. The oldest word about the contents stands; the event of the upload itself is better than any.
func (u *Upload) learn(e *event.Event, m *event.Media) {
	if len(u.Events) < maxTraceEvents {
		u.Events = append(u.Events, e.Seq)
	}
	u.Name, u.URL = cmp.Or(u.Name, m.Name), cmp.Or(u.URL, m.URL)
	if u.At.IsZero() {
		u.At = m.UploadedAt.UTC()
	}
	for _, h := range []Hash{{"MD5", m.MD5}, {"SHA1", m.SHA1}, {"SHA256", m.SHA256}, {"PDQ", m.PDQ}} {
		if h.Value != "" && len(u.Hashes) < maxValues && !slices.Contains(u.Hashes, h) {
			u.Hashes = append(u.Hashes, h)
		}
	}
	if public, known := publicOf(surfaceOf(e)); known {
		u.Surfaces = appendNew(u.Surfaces, surfaceOf(e).String())
		if u.Public == nil || public {
			u.Public = &public // where everybody could see it once, it was public
		}
	}
	if e.Type == event.MediaUploaded {
		u.uploaded(e)
	} else if u.Account == "" {
		u.Account = e.Actor()
	}
}

// uploaded takes over the event of the upload: who, when, from which one address and on which devices.
func (u *Upload) uploaded(e *event.Event) {
	if u.Itself {
		return
	}
	u.Itself, u.Account = true, e.Actor()
	if u.At.IsZero() {
		u.At = e.Time.UTC()
	}
	p := Party{Account: u.Account}
	p.learn(e)
	if len(p.Sightings) > 0 {
		u.Seen = &p.Sightings[0]
	}
	u.Devices = p.Devices
}

// differs reports whether a hash of the upload is another one than that of the sealed bytes.
func differs(i *evidence.Item, hashes []Hash) bool {
	for _, h := range hashes {
		own := map[string]string{"MD5": i.MD5, "SHA256": i.SHA256}[h.Algorithm]
		if own != "" && !strings.EqualFold(own, h.Value) {
			return true
		}
	}
	return false
}

// ordered returns every event of the material once, oldest first.
func (m *Material) ordered() []event.Event {
	list := slices.Clone(m.Events)
	for _, a := range m.Accounts {
		list = append(list, a.Events...)
	}
	return inOrder(list)
}

// inOrder sorts events by time and takes out repeats.
func inOrder(list []event.Event) []event.Event {
	slices.SortStableFunc(list, func(a, b event.Event) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Source, b.Source), cmp.Compare(a.ID, b.ID))
	})
	type id struct{ source, id string }
	seen := make(map[id]bool, len(list))
	return slices.DeleteFunc(list, func(e event.Event) bool {
		k := id{e.Source, e.ID}
		repeat := seen[k]
		seen[k] = true
		return repeat
	})
}
