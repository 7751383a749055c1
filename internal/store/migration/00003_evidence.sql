-- +goose Up
-- The key of each case: its secret half only wrapped, and gone once destroyed.
CREATE TABLE evidence_key (
  case_id      TEXT PRIMARY KEY,
  recipient    TEXT NOT NULL,
  working      TEXT NOT NULL,
  wrapped      BYTEA,
  escrow       BYTEA,
  created_at   BIGINT NOT NULL,
  destroyed_at BIGINT,
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
  CHECK (escrow IS NULL OR destroyed_at IS NULL)
);
-- What stops destruction; no end means until_at is null.
CREATE TABLE evidence_hold (
  case_id  TEXT NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('preservation', 'legal_hold')),
  until_at BIGINT,
  reason   TEXT NOT NULL CHECK (reason <> ''),
  set_by   TEXT NOT NULL CHECK (set_by <> ''),
  set_at   BIGINT NOT NULL,
  PRIMARY KEY (case_id, kind)
);
-- The manifest: digests of the contents and of the sealed bytes, and where the contents came from.
CREATE TABLE evidence_item (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL REFERENCES evidence_key (case_id),
  kind        TEXT NOT NULL CHECK (kind IN ('transcript', 'event', 'media', 'profile', 'report')),
  name        TEXT NOT NULL CHECK (name <> ''),
  media_type  TEXT NOT NULL,
  sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
  md5         TEXT NOT NULL CHECK (length(md5) = 32),
  size        BIGINT NOT NULL CHECK (size >= 0),
  sealed_sha  TEXT NOT NULL UNIQUE CHECK (length(sealed_sha) = 64),
  sealed_size BIGINT NOT NULL CHECK (sealed_size > 0),
  origin      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  created_by  TEXT NOT NULL CHECK (created_by <> '')
);
CREATE INDEX evidence_item_case ON evidence_item (case_id, created_at, id);
-- The chain of custody: append-only.
CREATE TABLE custody (
  item TEXT NOT NULL REFERENCES evidence_item (id),
  n    BIGINT NOT NULL CHECK (n > 0),
  at   BIGINT NOT NULL,
  who  TEXT NOT NULL CHECK (who <> ''),
  act  TEXT NOT NULL CHECK (act IN ('sealed', 'opened', 'exported', 'verified', 'destroyed')),
  why  TEXT NOT NULL CHECK (why <> ''),
  PRIMARY KEY (item, n)
);

-- +goose Down
DROP TABLE custody;
DROP TABLE evidence_item;
DROP TABLE evidence_hold;
DROP TABLE evidence_key;
