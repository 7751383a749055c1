-- +goose Up
-- The log of events: blocks of events compressed together.
CREATE TABLE log_block (
  first_seq BIGINT PRIMARY KEY,
  count     BIGINT NOT NULL CHECK (count > 0),
  logged_at BIGINT NOT NULL,
  body      BYTEA NOT NULL
);
-- Sorted runs of 16-byte entries: kind 'seen' (hash of source and id) and 'line' (hash of account or conversation, sequence).
CREATE TABLE run (
  id    BIGINT PRIMARY KEY,
  kind  TEXT NOT NULL CHECK (kind IN ('seen', 'line')),
  level BIGINT NOT NULL CHECK (level >= 0),
  count BIGINT NOT NULL CHECK (count > 0),
  parts BIGINT NOT NULL CHECK (parts > 0),
  bloom BYTEA NOT NULL
);
-- Part id%2^20 of run id/2^20: its entries whose first bits are the part's number.
CREATE TABLE run_part (
  id      BIGINT PRIMARY KEY,
  entries BYTEA NOT NULL
);
-- Events that could not be read, kept with the reason so that they can be mended and played again.
CREATE TABLE dead_letter (
  id          TEXT PRIMARY KEY,
  at          BIGINT NOT NULL,
  source      TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  reason      TEXT NOT NULL,
  place       TEXT NOT NULL,
  body        BYTEA NOT NULL,
  replayed_at BIGINT
);
CREATE INDEX dead_letter_open ON dead_letter (id) WHERE replayed_at IS NULL;
CREATE INDEX dead_letter_source ON dead_letter (source, id) WHERE replayed_at IS NULL;
-- What is known, checkpointed: dirty keys together with the log sequence up to which they are applied. Rows may be as large as
-- 200 KB, which a table kept in the order of its key writes at half the speed.
CREATE TABLE state (
  part TEXT NOT NULL,
  key  BYTEA NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (part, key)
);
CREATE TABLE state_mark (
  id      BIGINT PRIMARY KEY CHECK (id = 1),
  applied BIGINT NOT NULL
);

-- +goose Down
DROP TABLE state_mark;
DROP TABLE state;
DROP TABLE dead_letter;
DROP TABLE run_part;
DROP TABLE run;
DROP TABLE log_block;
