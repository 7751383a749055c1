-- +goose Up
-- One row a case: its fold as JSON, and beside it what lists are narrowed and ordered by. Urgency is 0 for P0 to 3 for P3, so
-- that the most urgent case sorts first. A case without deadline (P3) has deadline 0.
CREATE TABLE case_file (
  id         TEXT PRIMARY KEY,
  subject    TEXT NOT NULL CHECK (subject <> ''),
  typology   TEXT NOT NULL CHECK (typology IN ('unknown', 'grooming', 'trafficking', 'sextortion', 'abuse_material')),
  status     TEXT NOT NULL CHECK (status IN ('open', 'escalated', 'second_person', 'confirmed', 'cleared')),
  queue      TEXT NOT NULL,
  urgency    BIGINT NOT NULL CHECK (urgency BETWEEN 0 AND 3),
  deadline   BIGINT NOT NULL CHECK (deadline >= 0),
  claimed_by TEXT CHECK (claimed_by <> ''),
  claim_ends BIGINT,
  events     BIGINT NOT NULL CHECK (events > 0),
  opened_at  BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  body       TEXT NOT NULL,
  CHECK ((claimed_by IS NULL) = (claim_ends IS NULL)),
  CHECK ((deadline = 0) = (urgency = 3)),
  CHECK (claimed_by IS NULL OR status IN ('open', 'escalated', 'second_person'))
);
CREATE UNIQUE INDEX case_file_one_open ON case_file (subject, typology) WHERE status IN ('open', 'escalated', 'second_person');
CREATE INDEX case_file_about ON case_file (subject, typology, id);
CREATE INDEX case_file_status ON case_file (status, urgency, deadline, id);
CREATE INDEX case_file_queue ON case_file (status, queue, urgency, deadline, id);
CREATE INDEX case_file_typology ON case_file (status, typology, urgency, deadline, id);
CREATE INDEX case_file_both ON case_file (status, queue, typology, urgency, deadline, id);
CREATE INDEX case_file_claimant ON case_file (claimed_by, status, urgency, deadline, id) WHERE claimed_by IS NOT NULL;
-- The history of a case; rows are only ever added.
CREATE TABLE case_event (
  case_id TEXT NOT NULL REFERENCES case_file (id),
  n       BIGINT NOT NULL CHECK (n > 0),
  at      BIGINT NOT NULL,
  who     TEXT NOT NULL CHECK (who <> ''),
  kind    TEXT NOT NULL CHECK (kind <> ''),
  body    TEXT NOT NULL,
  PRIMARY KEY (case_id, n)
);
-- In which cases an account occurs.
CREATE TABLE case_subject (
  account TEXT NOT NULL,
  case_id TEXT NOT NULL REFERENCES case_file (id),
  role    TEXT NOT NULL CHECK (role IN ('subject', 'linked', 'victim')),
  PRIMARY KEY (account, case_id, role)
) /*KEYED*/;
-- The matters that were applied, so that applying one again changes nothing.
CREATE TABLE matter_key (
  key     TEXT PRIMARY KEY CHECK (key <> ''),
  case_id TEXT NOT NULL REFERENCES case_file (id)
) /*KEYED*/;
-- What must happen outside, written in the transaction that decided it.
CREATE TABLE job (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL CHECK (kind <> ''),
  key        TEXT NOT NULL UNIQUE CHECK (key <> ''),
  payload    BYTEA NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'dead', 'cancelled')),
  attempt    BIGINT NOT NULL CHECK (attempt >= 0),
  max        BIGINT NOT NULL CHECK (max > 0),
  run_at     BIGINT NOT NULL,
  leased_by  TEXT CHECK (leased_by <> ''),
  lease_ends BIGINT,
  last_error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at   BIGINT,
  CHECK ((state = 'leased') = (leased_by IS NOT NULL)),
  CHECK ((state = 'leased') = (lease_ends IS NOT NULL)),
  CHECK ((state IN ('done', 'dead', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK (attempt <= max)
);
CREATE INDEX job_due ON job (kind, run_at, id) WHERE state = 'queued';
CREATE INDEX job_lease ON job (lease_ends, id) WHERE state = 'leased';
CREATE INDEX job_state ON job (state, id);
CREATE INDEX job_kind ON job (kind, state, id);
-- The audit log. record is what is hashed; the columns beside it only serve lists and are checked against it.
CREATE TABLE audit_entry (
  idx    BIGINT PRIMARY KEY CHECK (idx >= 0),
  at     BIGINT NOT NULL,
  who    TEXT NOT NULL CHECK (who <> ''),
  act    TEXT NOT NULL CHECK (act <> ''),
  object TEXT NOT NULL,
  record TEXT NOT NULL
) /*KEYED*/;
CREATE INDEX audit_entry_who ON audit_entry (who, idx);
CREATE INDEX audit_entry_act ON audit_entry (act, idx);
CREATE INDEX audit_entry_object ON audit_entry (object, idx);
-- The stored hashes of the log's Merkle tree, numbered as golang.org/x/mod/sumdb/tlog does.
CREATE TABLE audit_hash (
  idx  BIGINT PRIMARY KEY CHECK (idx >= 0),
  hash BYTEA NOT NULL
) /*KEYED*/;
-- The head of the tree, and the hashes on its right edge that the next append needs.
CREATE TABLE audit_head (
  id   BIGINT PRIMARY KEY CHECK (id = 1),
  size BIGINT NOT NULL CHECK (size >= 0),
  hash BYTEA NOT NULL,
  edge BYTEA NOT NULL
);

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit_hash;
DROP TABLE audit_entry;
DROP TABLE job;
DROP TABLE matter_key;
DROP TABLE case_subject;
DROP TABLE case_event;
DROP TABLE case_file;
