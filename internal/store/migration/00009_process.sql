-- +goose Up
-- A case may be held for several reasons at once: by a person (source is empty) and by each legal process that is about it. A hold
-- can forbid to tell the account, with an end of its own that outlives the hold.
CREATE TABLE evidence_hold_by_source (
  case_id      TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('preservation', 'legal_hold')),
  source       TEXT NOT NULL,
  until_at     BIGINT,
  reason       TEXT NOT NULL CHECK (reason <> ''),
  set_by       TEXT NOT NULL CHECK (set_by <> ''),
  set_at       BIGINT NOT NULL,
  no_notice    BIGINT NOT NULL CHECK (no_notice IN (0, 1)),
  notice_until BIGINT,
  PRIMARY KEY (case_id, kind, source),
  CHECK (kind = 'legal_hold' OR source = ''),
  CHECK (notice_until IS NULL OR no_notice = 1)
);
INSERT INTO evidence_hold_by_source (case_id, kind, source, until_at, reason, set_by, set_at, no_notice)
  SELECT case_id, kind, '', until_at, reason, set_by, set_at, 0 FROM evidence_hold;
DROP TABLE evidence_hold;
ALTER TABLE evidence_hold_by_source RENAME TO evidence_hold;
-- The signed proof that the key of a case was destroyed, and of what there was.
CREATE TABLE evidence_certificate (
  case_id TEXT PRIMARY KEY REFERENCES evidence_key (case_id),
  at      BIGINT NOT NULL,
  sha256  TEXT NOT NULL CHECK (length(sha256) = 64),
  body    BYTEA NOT NULL
);
-- What left the installation about a person: append-only.
CREATE TABLE disclosure (
  id        TEXT PRIMARY KEY,
  at        BIGINT NOT NULL,
  who       TEXT NOT NULL CHECK (who <> ''),
  receiver  TEXT NOT NULL CHECK (receiver IN ('ncmec', 'law_enforcement', 'authority')),
  recipient TEXT NOT NULL CHECK (recipient <> ''),
  ground    TEXT NOT NULL CHECK (ground IN ('report', 'handover', 'process')),
  number    TEXT NOT NULL CHECK (number <> ''),
  case_id   TEXT NOT NULL,
  report    TEXT NOT NULL,
  process   TEXT NOT NULL,
  items     TEXT NOT NULL CHECK (items <> ''),
  scope     TEXT NOT NULL CHECK (scope <> ''),
  how       TEXT NOT NULL CHECK (how <> '')
);
CREATE INDEX disclosure_case ON disclosure (case_id, id);
CREATE INDEX disclosure_process ON disclosure (process, id);
CREATE INDEX disclosure_report ON disclosure (report, id);
-- Legal process. body is the fold of process_event; the columns beside it are what lists are narrowed by.
CREATE TABLE process (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('warrant', 'court_order', 'subpoena', 'preservation', 'emergency', 'destruction', 'other')),
  agency      TEXT NOT NULL CHECK (agency <> ''),
  number      TEXT NOT NULL CHECK (number <> ''),
  status      TEXT NOT NULL CHECK (status IN ('received', 'reviewed', 'approved', 'preserved', 'produced', 'delivered', 'destroyed', 'refused')),
  received_at BIGINT NOT NULL,
  due_at      BIGINT,
  events      BIGINT NOT NULL CHECK (events > 0),
  body        TEXT NOT NULL CHECK (body <> ''),
  -- Nothing is produced for a request to preserve, nor for one to destroy.
  CHECK (status NOT IN ('produced', 'delivered') OR kind NOT IN ('preservation', 'destruction')),
  CHECK (status <> 'preserved' OR kind = 'preservation'),
  CHECK (status <> 'destroyed' OR kind = 'destruction')
);
CREATE INDEX process_status ON process (status, due_at, id);
-- The history of a process: append-only. Everything that is decided is decided by a person.
CREATE TABLE process_event (
  process TEXT NOT NULL REFERENCES process (id),
  n       BIGINT NOT NULL CHECK (n > 0),
  at      BIGINT NOT NULL,
  who     TEXT NOT NULL CHECK (who <> ''),
  kind    TEXT NOT NULL CHECK (kind IN ('received', 'rescoped', 'reviewed', 'approved', 'refused', 'preserved', 'produced', 'delivered', 'destroyed')),
  body    TEXT NOT NULL,
  PRIMARY KEY (process, n),
  CHECK (kind = 'preserved' OR (who <> 'haris' AND who NOT LIKE 'key:%'))
);
-- Which accounts a process is about, as its scope is now.
CREATE TABLE process_account (
  account TEXT NOT NULL CHECK (account <> ''),
  process TEXT NOT NULL REFERENCES process (id),
  PRIMARY KEY (account, process)
);

-- +goose Down
DROP TABLE process_account;
DROP TABLE process_event;
DROP TABLE process;
DROP TABLE disclosure;
DROP TABLE evidence_certificate;
CREATE TABLE evidence_hold_of_kind (
  case_id  TEXT NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('preservation', 'legal_hold')),
  until_at BIGINT,
  reason   TEXT NOT NULL CHECK (reason <> ''),
  set_by   TEXT NOT NULL CHECK (set_by <> ''),
  set_at   BIGINT NOT NULL,
  PRIMARY KEY (case_id, kind)
);
INSERT INTO evidence_hold_of_kind (case_id, kind, until_at, reason, set_by, set_at)
  SELECT case_id, kind, until_at, reason, set_by, set_at FROM evidence_hold WHERE source = '';
DROP TABLE evidence_hold;
ALTER TABLE evidence_hold_of_kind RENAME TO evidence_hold;
