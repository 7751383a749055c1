-- +goose Up
-- What people were shown: append-only. A line about an item carries what the fold needs, so that it can be read for ever.
CREATE TABLE exposure (
  id       TEXT PRIMARY KEY,
  showing  TEXT NOT NULL,
  who      TEXT NOT NULL CHECK (who <> ''),
  case_id  TEXT NOT NULL,
  item     TEXT NOT NULL,
  sha256   TEXT NOT NULL,
  form     TEXT NOT NULL CHECK (form IN ('', 'image', 'video', 'audio', 'text', 'other')),
  size     BIGINT NOT NULL CHECK (size >= 0),
  act      TEXT NOT NULL CHECK (act IN ('begun', 'preview', 'contents', 'metadata', 'declared', 'ended', 'lifted')),
  how      TEXT NOT NULL CHECK (how IN ('', 'blurred', 'clear', 'sound', 'panel')),
  first    BIGINT NOT NULL,
  past     BIGINT NOT NULL,
  severity TEXT NOT NULL,
  at       BIGINT NOT NULL,
  until_at BIGINT NOT NULL CHECK (until_at >= at),
  by_who   TEXT NOT NULL,
  why      TEXT NOT NULL,
  -- Everything but a lifted limit is about an item and belongs to a showing.
  CHECK (act = 'lifted' OR (showing <> '' AND item <> '' AND case_id <> '' AND length(sha256) = 64 AND how <> '')),
  CHECK (act <> 'lifted' OR (by_who <> '' AND by_who <> who AND why <> '')),
  CHECK ((act = 'begun') = (id = showing)),
  -- Only what was sent clear has a span, and it lies within the item.
  CHECK ((act = 'contents' AND how IN ('clear', 'sound') AND first >= 0 AND past > first AND past <= size) OR (act <> 'contents' AND first = 0 AND past = 0)),
  -- A blurred likeness is never a viewing.
  CHECK (act <> 'declared' OR how IN ('clear', 'sound'))
)/*KEYED*/;
CREATE INDEX exposure_item ON exposure (item, at, id);
CREATE INDEX exposure_showing ON exposure (showing, at, id);
CREATE INDEX exposure_sha256 ON exposure (sha256, at, id);
CREATE INDEX exposure_who ON exposure (who, at, id);
CREATE INDEX exposure_at ON exposure (at, id);

-- +goose Down
DROP TABLE exposure;
