-- +goose Up
-- A queue is a saved filter: of one person, or shared with roles. The filter is JSON as casefile writes it.
CREATE TABLE case_queue (
  id     TEXT PRIMARY KEY,
  name   TEXT NOT NULL CHECK (name <> ''),
  owner  TEXT NOT NULL CHECK (owner <> '' AND owner <> 'haris' AND owner NOT LIKE 'key:%'),
  shared BIGINT NOT NULL CHECK (shared IN (0, 1)),
  roles  TEXT NOT NULL,
  place  BIGINT NOT NULL,
  filter TEXT NOT NULL CHECK (filter <> ''),
  at     BIGINT NOT NULL,
  CHECK (shared = 1 OR roles = '')
) /*KEYED*/;
CREATE INDEX case_queue_owner ON case_queue (owner, shared);
CREATE INDEX case_queue_shared ON case_queue (shared, place);
-- What a case is narrowed by besides its columns: 'd/' and a detector or rule that has spoken in it, 'l/' and a label; with the order of lists.
CREATE TABLE case_tag (
  tag      TEXT NOT NULL CHECK (tag LIKE 'd/_%' OR tag LIKE 'l/_%'),
  status   TEXT NOT NULL,
  urgency  BIGINT NOT NULL,
  deadline BIGINT NOT NULL,
  case_id  TEXT NOT NULL REFERENCES case_file (id),
  PRIMARY KEY (tag, status, urgency, deadline, case_id)
) /*KEYED*/;
CREATE INDEX case_tag_case ON case_tag (case_id);
-- 0 for a case from before these tables; opening the database brings them up to date.
ALTER TABLE case_file ADD COLUMN indexed BIGINT NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1));
CREATE INDEX case_file_unindexed ON case_file (id) WHERE indexed = 0;
-- Who has a case open, by the last sign of life of their page.
CREATE TABLE case_presence (
  case_id TEXT NOT NULL,
  who     TEXT NOT NULL CHECK (who <> ''),
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_id, who)
) /*KEYED*/;
CREATE INDEX case_presence_age ON case_presence (at);

-- +goose Down
DROP TABLE case_presence;
DROP INDEX case_file_unindexed;
ALTER TABLE case_file DROP COLUMN indexed;
DROP TABLE case_tag;
DROP TABLE case_queue;
