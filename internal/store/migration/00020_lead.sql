-- +goose Up
-- What happened on each day (UTC), counted in the transaction in which it happened: see package lead.
CREATE TABLE case_day (
  day  BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind <> ''),
  part TEXT NOT NULL,
  what TEXT NOT NULL,
  n    BIGINT NOT NULL CHECK (n > 0),
  PRIMARY KEY (day, kind, part, what)
) /*KEYED*/;
-- How many cases are open now, by the day on which they were opened.
CREATE TABLE case_open (
  opened  BIGINT NOT NULL,
  queue   TEXT NOT NULL,
  urgency BIGINT NOT NULL CHECK (urgency BETWEEN 0 AND 3),
  n       BIGINT NOT NULL CHECK (n >= 0),
  PRIMARY KEY (opened, queue, urgency)
) /*KEYED*/;

-- +goose Down
DROP TABLE case_open;
DROP TABLE case_day;
