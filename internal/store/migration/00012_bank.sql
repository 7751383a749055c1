-- +goose Up
-- Every change of a bank or an entry takes the next place in one sequence. The row is locked by whoever takes one, so places become
-- visible in their order. swept is the place up to which everything seen was compared with the entries; paused stops
-- that comparison.
CREATE TABLE bank_clock (
  id     BIGINT PRIMARY KEY CHECK (id = 1),
  seq    BIGINT NOT NULL CHECK (seq >= 0),
  swept  BIGINT NOT NULL CHECK (swept >= 0 AND swept <= seq),
  paused BIGINT NOT NULL CHECK (paused IN (0, 1))
);
INSERT INTO bank_clock (id, seq, swept, paused) VALUES (1, 0, 0, 0);
-- Lists of fingerprints. body is the whole bank.
CREATE TABLE bank (
  id       TEXT PRIMARY KEY CHECK (id <> ''),
  mode     TEXT NOT NULL CHECK (mode IN ('off', 'shadow', 'enforce')),
  polarity TEXT NOT NULL CHECK (polarity IN ('positive', 'negative')),
  source   TEXT NOT NULL CHECK (source IN ('own', 'exchange', 'file')),
  version  BIGINT NOT NULL CHECK (version > 0),
  body     TEXT NOT NULL CHECK (body <> '')
);
-- Their entries. digest names kind and value, key is the record of an exchange, body the provenance. An entry that does not count any
-- more stays, so that it can be told why something matched.
CREATE TABLE bank_entry (
  id             BIGINT PRIMARY KEY,
  bank           TEXT NOT NULL REFERENCES bank (id),
  kind           TEXT NOT NULL CHECK (kind IN ('md5', 'sha1', 'sha256', 'pdq', 'vpdq', 'photodna', 'tmk', 'netclean')),
  digest         BYTEA NOT NULL,
  value          TEXT NOT NULL CHECK (value <> ''),
  key            TEXT NOT NULL,
  state          TEXT NOT NULL CHECK (state IN ('live', 'removed', 'withdrawn', 'expired')),
  classification TEXT NOT NULL CHECK (classification IN ('', 'A1', 'A2', 'B1', 'B2')),
  expires_at     BIGINT,
  seq            BIGINT NOT NULL CHECK (seq >= id),
  body           TEXT NOT NULL CHECK (body <> '')
);
CREATE UNIQUE INDEX bank_entry_place ON bank_entry (bank, key, digest);
CREATE UNIQUE INDEX bank_entry_seq ON bank_entry (seq);
CREATE INDEX bank_entry_digest ON bank_entry (digest);
CREATE INDEX bank_entry_live ON bank_entry (bank, kind) WHERE state = 'live';
CREATE INDEX bank_entry_expires ON bank_entry (expires_at) WHERE state = 'live' AND expires_at IS NOT NULL;
-- What was seen on the platform: each hash once, and who posted it. quality is that of PDQ, -1 when nobody said.
CREATE TABLE media_hash (
  id        BIGINT PRIMARY KEY,
  kind      TEXT NOT NULL CHECK (kind IN ('md5', 'sha1', 'sha256', 'pdq', 'vpdq', 'photodna', 'tmk', 'netclean')),
  digest    BYTEA NOT NULL UNIQUE,
  value     TEXT NOT NULL CHECK (value <> ''),
  quality   BIGINT NOT NULL CHECK (quality >= -1 AND quality <= 100),
  unscanned TEXT NOT NULL,
  first_at  BIGINT NOT NULL,
  last_at   BIGINT NOT NULL,
  count     BIGINT NOT NULL CHECK (count > 0)
);
CREATE INDEX media_hash_unscanned ON media_hash (unscanned) WHERE unscanned <> '';
CREATE TABLE media_seen (
  hash       BIGINT NOT NULL REFERENCES media_hash (id),
  account    TEXT NOT NULL CHECK (account <> ''),
  media      TEXT NOT NULL,
  media_kind TEXT NOT NULL,
  item       TEXT NOT NULL,
  event      BIGINT NOT NULL CHECK (event > 0),
  first_at   BIGINT NOT NULL,
  last_at    BIGINT NOT NULL,
  count      BIGINT NOT NULL CHECK (count > 0),
  PRIMARY KEY (hash, account)
)/*KEYED*/;
CREATE INDEX media_seen_account ON media_seen (account);

-- +goose Down
DROP TABLE media_seen;
DROP TABLE media_hash;
DROP TABLE bank_entry;
DROP TABLE bank;
DROP TABLE bank_clock;
