-- +goose Up
-- Two kinds of actions more: hold_listing, which rules could name and no table took, and answer_reporter. A CHECK cannot be changed where it stands
-- on SQLite, so the tables are made anew; their rows stay.
CREATE TABLE action_keep AS SELECT * FROM action;
CREATE TABLE action_event_keep AS SELECT * FROM action_event;
CREATE TABLE action_receipt_keep AS SELECT * FROM action_receipt;
DROP TABLE action_receipt;
DROP TABLE action_event;
DROP TABLE action;
CREATE TABLE action (
  id          TEXT PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  case_id     TEXT NOT NULL,
  subject     TEXT NOT NULL CHECK (subject <> ''),
  item        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('slow_new_contacts_to_minors', 'hide_from_suggestions', 'hold_post', 'hold_listing',
              'safety_notice', 'limit_messages', 'suspend_account', 'remove_content', 'request_preservation', 'answer_reporter')),
  by_rule     TEXT NOT NULL,
  by_person   TEXT NOT NULL,
  reason      TEXT NOT NULL CHECK (reason <> ''),
  asked_at    BIGINT NOT NULL,
  expires_at  BIGINT,
  status      TEXT NOT NULL CHECK (status IN ('asked', 'no_endpoint', 'failed', 'dead', 'delivered', 'acknowledged',
              'reversing', 'reversed', 'expiring', 'expired')),
  attempts    BIGINT NOT NULL CHECK (attempts >= 0),
  sent        BIGINT NOT NULL CHECK (sent IN (0, 1)),
  last_error  TEXT NOT NULL,
  reversed_by TEXT NOT NULL,
  reversed_at BIGINT,
  events      BIGINT NOT NULL CHECK (events > 0),
  CHECK ((by_rule = '') <> (by_person = '')),
  -- Software asks only for friction, and friction that software asks for ends by itself.
  CHECK (by_person <> '' OR kind IN ('slow_new_contacts_to_minors', 'hide_from_suggestions', 'hold_post', 'hold_listing', 'safety_notice',
    'limit_messages')),
  CHECK (by_person <> '' OR expires_at IS NOT NULL),
  CHECK (expires_at > asked_at)
);
CREATE INDEX action_newest ON action (asked_at DESC, id DESC);
CREATE INDEX action_case ON action (case_id, asked_at DESC, id DESC);
CREATE INDEX action_subject ON action (subject, asked_at DESC, id DESC);
-- The history of an action: append-only.
CREATE TABLE action_event (
  action TEXT NOT NULL REFERENCES action (id),
  n      BIGINT NOT NULL CHECK (n > 0),
  at     BIGINT NOT NULL,
  who    TEXT NOT NULL CHECK (who <> ''),
  kind   TEXT NOT NULL CHECK (kind IN ('asked', 'no_endpoint', 'sending', 'attempt_failed', 'gave_up', 'delivered', 'acknowledged',
         'reversal_asked', 'expiry_reached', 'reversal_sending', 'reversal_failed', 'reversal_delivered')),
  why    TEXT NOT NULL,
  PRIMARY KEY (action, n)
);
-- One receipt for each message that the platform took.
CREATE TABLE action_receipt (
  message   TEXT PRIMARY KEY,
  action    TEXT NOT NULL REFERENCES action (id),
  at        BIGINT NOT NULL,
  code      BIGINT NOT NULL CHECK (code BETWEEN 200 AND 299),
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
  size      BIGINT NOT NULL CHECK (size >= 0),
  truncated BIGINT NOT NULL CHECK (truncated IN (0, 1)),
  signed    BIGINT NOT NULL CHECK (signed IN (0, 1))
);
CREATE INDEX action_receipt_action ON action_receipt (action, at);
INSERT INTO action SELECT * FROM action_keep;
INSERT INTO action_event SELECT * FROM action_event_keep;
INSERT INTO action_receipt SELECT * FROM action_receipt_keep;
DROP TABLE action_receipt_keep;
DROP TABLE action_event_keep;
DROP TABLE action_keep;

-- +goose Down
CREATE TABLE action_keep AS SELECT * FROM action;
CREATE TABLE action_event_keep AS SELECT * FROM action_event;
CREATE TABLE action_receipt_keep AS SELECT * FROM action_receipt;
DROP TABLE action_receipt;
DROP TABLE action_event;
DROP TABLE action;
CREATE TABLE action (
  id          TEXT PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  case_id     TEXT NOT NULL,
  subject     TEXT NOT NULL CHECK (subject <> ''),
  item        TEXT NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('slow_new_contacts_to_minors', 'hide_from_suggestions', 'hold_post', 'safety_notice',
              'limit_messages', 'suspend_account', 'remove_content', 'request_preservation')),
  by_rule     TEXT NOT NULL,
  by_person   TEXT NOT NULL,
  reason      TEXT NOT NULL CHECK (reason <> ''),
  asked_at    BIGINT NOT NULL,
  expires_at  BIGINT,
  status      TEXT NOT NULL CHECK (status IN ('asked', 'no_endpoint', 'failed', 'dead', 'delivered', 'acknowledged',
              'reversing', 'reversed', 'expiring', 'expired')),
  attempts    BIGINT NOT NULL CHECK (attempts >= 0),
  sent        BIGINT NOT NULL CHECK (sent IN (0, 1)),
  last_error  TEXT NOT NULL,
  reversed_by TEXT NOT NULL,
  reversed_at BIGINT,
  events      BIGINT NOT NULL CHECK (events > 0),
  CHECK ((by_rule = '') <> (by_person = '')),
  -- Software asks only for friction, and friction that software asks for ends by itself.
  CHECK (by_person <> '' OR kind IN ('slow_new_contacts_to_minors', 'hide_from_suggestions', 'hold_post', 'safety_notice', 'limit_messages')),
  CHECK (by_person <> '' OR expires_at IS NOT NULL),
  CHECK (expires_at > asked_at)
);
CREATE INDEX action_newest ON action (asked_at DESC, id DESC);
CREATE INDEX action_case ON action (case_id, asked_at DESC, id DESC);
CREATE INDEX action_subject ON action (subject, asked_at DESC, id DESC);
-- The history of an action: append-only.
CREATE TABLE action_event (
  action TEXT NOT NULL REFERENCES action (id),
  n      BIGINT NOT NULL CHECK (n > 0),
  at     BIGINT NOT NULL,
  who    TEXT NOT NULL CHECK (who <> ''),
  kind   TEXT NOT NULL CHECK (kind IN ('asked', 'no_endpoint', 'sending', 'attempt_failed', 'gave_up', 'delivered', 'acknowledged',
         'reversal_asked', 'expiry_reached', 'reversal_sending', 'reversal_failed', 'reversal_delivered')),
  why    TEXT NOT NULL,
  PRIMARY KEY (action, n)
);
-- One receipt for each message that the platform took.
CREATE TABLE action_receipt (
  message   TEXT PRIMARY KEY,
  action    TEXT NOT NULL REFERENCES action (id),
  at        BIGINT NOT NULL,
  code      BIGINT NOT NULL CHECK (code BETWEEN 200 AND 299),
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
  size      BIGINT NOT NULL CHECK (size >= 0),
  truncated BIGINT NOT NULL CHECK (truncated IN (0, 1)),
  signed    BIGINT NOT NULL CHECK (signed IN (0, 1))
);
CREATE INDEX action_receipt_action ON action_receipt (action, at);
INSERT INTO action SELECT * FROM action_keep WHERE kind NOT IN ('hold_listing', 'answer_reporter');
INSERT INTO action_event SELECT * FROM action_event_keep WHERE action IN (SELECT id FROM action);
INSERT INTO action_receipt SELECT * FROM action_receipt_keep WHERE action IN (SELECT id FROM action);
DROP TABLE action_receipt_keep;
DROP TABLE action_event_keep;
DROP TABLE action_keep;
