package app

import (
	"context"
	"fmt"
	"strconv"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/store"
)

// answerReason is what the platform's record says of an answer.
const answerReason = "answer to a warning about an account of the case"

// Answer implements console.Actions.
func (a actions) Answer(ctx context.Context, who, caseID string, accounts []string, o action.Outcome) error {
	err := a.core.DB.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Cases().Get(ctx, caseID)
		if err != nil {
			return err
		}
		if c.Status.IsOpen() != (o == action.OutcomeLooking) {
			return fmt.Errorf("%w: answer %s while the case is %s", casefile.ErrTransition, o, c.Status)
		}
		now, own := a.core.Options.Now().UTC(), tx.Actions()
		for _, subject := range c.Subjects { // who warned is not told what whoever it is about may not know
			hold, err := own.Silence.Silent(ctx, now, c.ID, subject)
			if err != nil {
				return err
			}
			if hold != "" {
				return fmt.Errorf("%w: %s", action.ErrNoNotice, hold)
			}
		}
		for _, account := range accounts {
			if err := a.tell(ctx, tx, who, caseID, account, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		a.wake()
	}
	return err
}

// tell asks for one answer and writes it into the case.
func (a actions) tell(ctx context.Context, tx *store.Tx, who, caseID, account string, o action.Outcome) error {
	now := a.core.Options.Now().UTC()
	asked, added, err := action.Ask(ctx, tx.Actions(), now, action.Request{
		Key: action.AnswerKey(caseID, account, o), Case: caseID, Subject: account, Item: string(o), Kind: action.AnswerReporter, By: action.By{Person: who},
		Reason: answerReason,
	})
	if err != nil || !added {
		return err
	}
	e, err := casefile.NewEvent(caseID, now, who, casefile.ActionAsked, casefile.ActionBody{
		Action: asked.ID, Verb: string(asked.Kind), Account: account, Reason: answerReason,
	})
	if err != nil {
		return err
	}
	c, err := tx.Cases().Append(ctx, e)
	if err != nil {
		return err
	}
	_, err = tx.Audit().Append(ctx, audit.Entry{
		At: now, Who: who, Act: "case." + string(e.Kind), Object: "case/" + caseID, Detail: map[string]string{"n": strconv.Itoa(c.Events), "verb": string(asked.Kind)},
	})
	return err
}
