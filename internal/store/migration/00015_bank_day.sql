-- +goose Up
-- What banks said of media, counted by day of event time (days since 1970 in UTC), bank and what came of it.
CREATE TABLE bank_day (
  day     BIGINT NOT NULL,
  bank    TEXT NOT NULL CHECK (bank <> ''),
  outcome TEXT NOT NULL CHECK (outcome IN ('match', 'vetoed', 'shadow', 'cleared')),
  count   BIGINT NOT NULL CHECK (count > 0),
  PRIMARY KEY (day, bank, outcome)
)/*KEYED*/;

-- +goose Down
DROP TABLE bank_day;
