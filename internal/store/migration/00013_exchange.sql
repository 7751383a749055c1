-- +goose Up
-- Sharing programmes: how far each was taken in, as JSON. version grows with every change, so that of two processes that start from the
-- same state only one can go on.
CREATE TABLE exchange (
  name    TEXT PRIMARY KEY CHECK (name <> ''),
  version BIGINT NOT NULL CHECK (version > 0),
  body    TEXT NOT NULL CHECK (body <> '')
);
-- Their records, besides the entries of banks that they have. round is the pass over everything that named the record last, mark names all that it said.
CREATE TABLE exchange_record (
  exchange TEXT NOT NULL REFERENCES exchange (name),
  key      TEXT NOT NULL CHECK (key <> ''),
  round    BIGINT NOT NULL CHECK (round > 0),
  stance   TEXT NOT NULL CHECK (stance IN ('positive', 'negative', 'seed')),
  mark     BYTEA NOT NULL,
  handle   TEXT NOT NULL,
  PRIMARY KEY (exchange, key)
)/*KEYED*/;
CREATE INDEX exchange_record_round ON exchange_record (exchange, round);

-- +goose Down
DROP TABLE exchange_record;
DROP TABLE exchange;
