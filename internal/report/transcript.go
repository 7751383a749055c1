package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"haris/internal/event"
	"haris/internal/evidence"
)

// sealTranscripts seals every conversation that is not sealed yet as far as it is known now. A case without any event and without
// anything sealed is no error: a person may still write what they know.
func (s *Service) sealTranscripts(ctx context.Context, who, caseID string, m Material) error {
	var items []evidence.Item
	err := s.Keeper.Read(ctx, func(tx Tx) (err error) {
		items, err = tx.Evidence.Items(ctx, caseID)
		return err
	})
	if err != nil {
		return err
	}
	by := conversationsOf(m.Events)
	for _, conversation := range slices.Sorted(maps.Keys(by)) {
		if err := s.sealOne(ctx, who, caseID, transcriptOf(conversation, by[conversation], m.Left), items); err != nil {
			return err
		}
	}
	return nil
}

// sealOne seals one conversation unless a transcript that is sealed holds all of its events.
func (s *Service) sealOne(ctx context.Context, who, caseID string, t evidence.Transcript, items []evidence.Item) error {
	if covered(items, t.Sequences()) {
		return nil
	}
	files, err := t.Files(transcriptName(t.Conversation), who, "a person drafts a report about the case")
	if err != nil {
		return err
	}
	for _, n := range files {
		n.Case = caseID
		if _, err := s.Vault.Seal(ctx, n); err != nil {
			return fmt.Errorf("report: seal a transcript of case %s: %w", caseID, err)
		}
	}
	return nil
}

// transcriptOf makes the transcript of one conversation, which says what lies before it.
func transcriptOf(conversation string, events []event.Event, left []Left) evidence.Transcript {
	t := evidence.NewTranscript(conversation, events)
	for _, l := range left {
		if l.Conversation == conversation && conversation != "" {
			t.Earlier = &evidence.Earlier{Count: l.Count, First: l.First, Last: l.Last}
		}
	}
	return t
}

// covered reports whether one sealed transcript holds every place of the log. A transcript without places (events that were never
// logged) is covered by none.
func covered(items []evidence.Item, seqs []uint64) bool {
	if len(seqs) == 0 {
		return false
	}
	return slices.ContainsFunc(items, func(i evidence.Item) bool {
		if i.Kind != evidence.KindTranscript {
			return false
		}
		for _, q := range seqs {
			if !slices.Contains(i.Origin.Sequences, q) {
				return false
			}
		}
		return true
	})
}

// transcriptName is a file name for a conversation, whose id may hold anything.
func transcriptName(conversation string) string {
	if conversation == "" {
		return "acts-outside-conversations"
	}
	sum := sha256.Sum256([]byte(conversation))
	return "transcript-" + hex.EncodeToString(sum[:6])
}
