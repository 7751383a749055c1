-- +goose Up
-- A report's history says more: a second person approves what will be sent or refuses it, a report goes to another authority, and a
-- person takes back what is on its way. A CHECK cannot be changed in place on both engines, so the table is written anew.
CREATE TABLE report_line (
  report   TEXT NOT NULL REFERENCES report (id),
  n        BIGINT NOT NULL CHECK (n > 0),
  at       BIGINT NOT NULL,
  who      TEXT NOT NULL CHECK (who <> ''),
  kind     TEXT NOT NULL CHECK (kind IN ('drafted', 'saved', 'submitted', 'sending', 'answered', 'held', 'gave_up', 'resumed', 'filed',
           'cancelled', 'preserved', 'approved', 'disapproved', 'handed_over', 'withdrawn')),
  why      TEXT NOT NULL,
  digest   TEXT NOT NULL CHECK (length(digest) IN (0, 64)),
  until_at BIGINT,
  PRIMARY KEY (report, n),
  CHECK (kind NOT IN ('drafted', 'saved', 'submitted', 'resumed', 'approved', 'disapproved', 'handed_over', 'withdrawn')
         OR (who <> 'haris' AND who NOT LIKE 'key:%')),
  CHECK ((kind = 'preserved') = (until_at IS NOT NULL)),
  -- An approval is of documents with a digest; who refuses, hands over or takes back says why.
  CHECK (kind <> 'approved' OR length(digest) = 64),
  CHECK (kind NOT IN ('disapproved', 'handed_over', 'withdrawn') OR why <> '')
);
INSERT INTO report_line (report, n, at, who, kind, why, digest, until_at)
  SELECT report, n, at, who, kind, why, digest, until_at FROM report_event;
DROP TABLE report_event;
ALTER TABLE report_line RENAME TO report_event;
-- The approval that stands, as the fold of the history has it.
ALTER TABLE report ADD COLUMN approval TEXT CHECK (approval <> '');
-- Every version of a draft that was saved, under the number of its event: append-only. Of a draft from before this table the
-- newest version is there.
CREATE TABLE report_draft (
  report TEXT NOT NULL,
  n      BIGINT NOT NULL,
  draft  TEXT NOT NULL CHECK (draft <> ''),
  PRIMARY KEY (report, n),
  FOREIGN KEY (report, n) REFERENCES report_event (report, n)
);
INSERT INTO report_draft (report, n, draft)
  SELECT r.id, (SELECT MAX(e.n) FROM report_event e WHERE e.report = r.id AND e.kind IN ('drafted', 'saved')), r.draft FROM report r;
-- What was handed to an authority other than NCMEC, under the number of its event: append-only.
CREATE TABLE report_handover (
  report    TEXT NOT NULL,
  n         BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  who       TEXT NOT NULL CHECK (who <> '' AND who <> 'haris' AND who NOT LIKE 'key:%'),
  authority TEXT NOT NULL CHECK (authority <> ''),
  form      TEXT NOT NULL CHECK (form <> ''),
  sha256    TEXT NOT NULL CHECK (length(sha256) = 64),
  bytes     BIGINT NOT NULL CHECK (bytes > 0),
  why       TEXT NOT NULL CHECK (why <> ''),
  PRIMARY KEY (report, n),
  FOREIGN KEY (report, n) REFERENCES report_event (report, n)
);
-- Which fields events of a type have ever carried, with the first place in the log where they did. A field that is not here was
-- never sent since the place of the row whose type and field are empty, with which this memory began.
CREATE TABLE event_field (
  type  TEXT NOT NULL,
  field TEXT NOT NULL,
  seq   BIGINT NOT NULL CHECK (seq > 0),
  at    BIGINT NOT NULL,
  PRIMARY KEY (type, field)
)/*KEYED*/;

-- +goose Down
DROP TABLE event_field;
DROP TABLE report_handover;
DROP TABLE report_draft;
ALTER TABLE report DROP COLUMN approval;
CREATE TABLE report_line (
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
INSERT INTO report_line (report, n, at, who, kind, why, digest, until_at)
  SELECT report, n, at, who, kind, why, digest, until_at FROM report_event
  WHERE kind NOT IN ('approved', 'disapproved', 'handed_over', 'withdrawn');
DROP TABLE report_event;
ALTER TABLE report_line RENAME TO report_event;
