-- +goose Up
-- Filings to an authority. The columns from status on are the fold of report_event; draft and filing are the newest that an event
-- left behind.
CREATE TABLE report (
  id           TEXT PRIMARY KEY,
  case_id      TEXT NOT NULL REFERENCES case_file (id),
  subject      TEXT NOT NULL CHECK (subject <> ''),
  environment  TEXT NOT NULL CHECK (environment IN ('', 'local', 'test', 'production')),
  created_at   BIGINT NOT NULL,
  created_by   TEXT NOT NULL CHECK (created_by <> '' AND created_by <> 'haris' AND created_by NOT LIKE 'key:%'),
  draft        TEXT NOT NULL CHECK (draft <> ''),
  filing       TEXT CHECK (filing <> ''),
  status       TEXT NOT NULL CHECK (status IN ('drafted', 'submitting', 'held', 'failed', 'filed', 'cancelled')),
  why          TEXT NOT NULL,
  number       BIGINT CHECK (number > 0),
  submitted_at BIGINT,
  submitted_by TEXT NOT NULL CHECK (submitted_by <> 'haris' AND submitted_by NOT LIKE 'key:%'),
  ended_at     BIGINT,
  kept_until   BIGINT,
  events       BIGINT NOT NULL CHECK (events > 0),
  -- Nothing is on its way without a filing that a person submitted, to an environment that has a name.
  CHECK ((filing IS NULL) = (submitted_by = '') AND (filing IS NULL) = (submitted_at IS NULL)),
  CHECK (filing IS NULL OR environment <> ''),
  CHECK (status <> 'drafted' OR filing IS NULL),
  CHECK (status IN ('drafted', 'cancelled') OR filing IS NOT NULL),
  -- Filed is what has the authority's number, and only that.
  CHECK ((status = 'filed') = (number IS NOT NULL)),
  CHECK ((status IN ('filed', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK (status NOT IN ('held', 'failed') OR why <> ''),
  CHECK (kept_until IS NULL OR status = 'filed')
);
CREATE INDEX report_newest ON report (created_at DESC, id DESC);
CREATE INDEX report_case ON report (case_id, created_at DESC, id DESC);
CREATE INDEX report_subject ON report (subject, created_at DESC, id DESC);
-- One number is one report of one environment. A local server of one's own may begin again with the same numbers.
CREATE UNIQUE INDEX report_number ON report (environment, number) WHERE number IS NOT NULL AND environment <> 'local';
-- The history of a report: append-only. What people do is told from what the software does.
CREATE TABLE report_event (
  report   TEXT NOT NULL REFERENCES report (id),
  n        BIGINT NOT NULL CHECK (n > 0),
  at       BIGINT NOT NULL,
  who      TEXT NOT NULL CHECK (who <> ''),
  kind     TEXT NOT NULL CHECK (kind IN ('drafted', 'saved', 'submitted', 'sending', 'answered', 'held', 'gave_up', 'resumed', 'filed',
           'cancelled', 'preserved')),
  why      TEXT NOT NULL,
  digest   TEXT NOT NULL CHECK (length(digest) IN (0, 64)),
  until_at BIGINT,
  PRIMARY KEY (report, n),
  CHECK (kind NOT IN ('drafted', 'saved', 'submitted', 'resumed') OR (who <> 'haris' AND who NOT LIKE 'key:%')),
  CHECK ((kind = 'preserved') = (until_at IS NOT NULL))
);
-- Every exchange with the authority, as it was: append-only.
CREATE TABLE report_call (
  report         TEXT NOT NULL REFERENCES report (id),
  n              BIGINT NOT NULL CHECK (n > 0),
  endpoint       TEXT NOT NULL CHECK (endpoint IN ('submit', 'upload', 'fileinfo', 'finish', 'retract')),
  environment    TEXT NOT NULL CHECK (environment IN ('local', 'test', 'production')),
  attempt        BIGINT NOT NULL CHECK (attempt > 0),
  request_sha256 TEXT NOT NULL,
  request_bytes  BIGINT NOT NULL CHECK (request_bytes >= 0),
  request        BYTEA,
  request_id     TEXT NOT NULL,
  http_status    BIGINT NOT NULL CHECK (http_status = 0 OR http_status BETWEEN 100 AND 599),
  code           BIGINT NOT NULL,
  response       BYTEA,
  started_at     BIGINT NOT NULL,
  ended_at       BIGINT NOT NULL,
  error          TEXT NOT NULL,
  PRIMARY KEY (report, n)
);

-- +goose Down
DROP TABLE report_call;
DROP TABLE report_event;
DROP TABLE report;
