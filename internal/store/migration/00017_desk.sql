-- +goose Up
-- What people do with cases besides deciding: put one off until a time, give it to somebody, merge it into another. A merged case is
-- closed without a finding: its status here is 'cleared' with merged_into filled in, because a CHECK cannot be changed in place on both
-- engines; whoever counts cleared cases asks for merged_into IS NULL. The body says 'merged'.
ALTER TABLE case_file ADD COLUMN rests_until BIGINT NOT NULL DEFAULT 0 CHECK (rests_until >= 0);
ALTER TABLE case_file ADD COLUMN assigned_to TEXT CHECK (assigned_to <> '');
ALTER TABLE case_file ADD COLUMN merged_into TEXT CHECK (merged_into IS NULL OR (merged_into <> '' AND merged_into <> id AND status = 'cleared'));
-- The indexes of lists carry what lists are narrowed by, so that no case is read that is not shown.
DROP INDEX case_file_status;
DROP INDEX case_file_queue;
DROP INDEX case_file_typology;
DROP INDEX case_file_both;
CREATE INDEX case_file_status ON case_file
  (status, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, typology, merged_into);
CREATE INDEX case_file_queue ON case_file
  (status, queue, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, typology, merged_into);
CREATE INDEX case_file_typology ON case_file
  (status, typology, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, merged_into);
CREATE INDEX case_file_assignee ON case_file (assigned_to, status, urgency, deadline, id) WHERE assigned_to IS NOT NULL;
-- A detector or rule that opens or grows no case about one subject for a while.
CREATE TABLE case_mute (
  id         TEXT PRIMARY KEY,
  subject    TEXT NOT NULL CHECK (subject <> ''),
  detector   TEXT NOT NULL CHECK (detector <> ''),
  owner      TEXT NOT NULL CHECK (owner <> '' AND owner <> 'haris' AND owner NOT LIKE 'key:%'),
  reason     TEXT NOT NULL CHECK (reason <> ''),
  at         BIGINT NOT NULL,
  ends       BIGINT NOT NULL,
  ended_by   TEXT CHECK (ended_by <> ''),
  ended_at   BIGINT,
  held       BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
  CHECK (ends > at),
  CHECK ((ended_by IS NULL) = (ended_at IS NULL))
) /*KEYED*/;
CREATE INDEX case_mute_subject ON case_mute (subject, detector, ends);

-- +goose Down
DROP TABLE case_mute;
DROP INDEX case_file_assignee;
DROP INDEX case_file_typology;
DROP INDEX case_file_queue;
DROP INDEX case_file_status;
ALTER TABLE case_file DROP COLUMN merged_into;
ALTER TABLE case_file DROP COLUMN assigned_to;
ALTER TABLE case_file DROP COLUMN rests_until;
CREATE INDEX case_file_status ON case_file (status, urgency, deadline, id);
CREATE INDEX case_file_queue ON case_file (status, queue, urgency, deadline, id);
CREATE INDEX case_file_typology ON case_file (status, typology, urgency, deadline, id);
CREATE INDEX case_file_both ON case_file (status, queue, typology, urgency, deadline, id);
