-- +goose Up
-- What people set below the limits of the configuration, the newest of each: for the team (who is empty), by a lead for a person, or by a person
-- for themselves (own). minutes and items of 0 set nothing. The audit log has who set what before.
CREATE TABLE exposure_limit (
  who     TEXT NOT NULL,
  own     BIGINT NOT NULL CHECK (own IN (0, 1)),
  items   BIGINT NOT NULL CHECK (items >= 0),
  minutes BIGINT NOT NULL CHECK (minutes >= 0),
  reason  TEXT NOT NULL CHECK (own = 1 OR reason <> ''),
  set_by  TEXT NOT NULL CHECK (set_by <> ''),
  set_at  BIGINT NOT NULL,
  CHECK (items > 0 OR minutes > 0),
  CHECK ((own = 1) = (who = set_by)),
  PRIMARY KEY (who, own)
) /*KEYED*/;
-- Who is shown nothing clear until when.
CREATE TABLE exposure_rest (
  who      TEXT NOT NULL CHECK (who <> ''),
  own      BIGINT NOT NULL CHECK (own IN (0, 1)),
  until_at BIGINT NOT NULL,
  reason   TEXT NOT NULL CHECK (reason <> ''),
  set_by   TEXT NOT NULL CHECK (set_by <> ''),
  set_at   BIGINT NOT NULL,
  CHECK (until_at > set_at),
  CHECK ((own = 1) = (who = set_by)),
  PRIMARY KEY (who, own)
) /*KEYED*/;

-- +goose Down
DROP TABLE exposure_rest;
DROP TABLE exposure_limit;
