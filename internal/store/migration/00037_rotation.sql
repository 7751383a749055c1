-- +goose Up
-- Who is given no cases of some kinds, from when until when: set by a lead, or by the person for themselves (own). The audit log has what was set
-- before.
CREATE TABLE exposure_rotation (
  who      TEXT NOT NULL CHECK (who <> ''),
  own      BIGINT NOT NULL CHECK (own IN (0, 1)),
  from_at  BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  kinds    TEXT NOT NULL CHECK (kinds <> ''),
  reason   TEXT NOT NULL CHECK (own = 1 OR reason <> ''),
  set_by   TEXT NOT NULL CHECK (set_by <> ''),
  set_at   BIGINT NOT NULL,
  CHECK (until_at > from_at),
  CHECK ((own = 1) = (who = set_by)),
  PRIMARY KEY (who, own, from_at)
) /*KEYED*/;

-- +goose Down
DROP TABLE exposure_rotation;
