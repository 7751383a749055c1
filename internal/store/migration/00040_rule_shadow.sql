-- +goose Up
-- Proposed versions of the rule book that are followed: what each would have raised since is worked out again and again; see package rulebook.
CREATE TABLE rule_shadow (
  n        BIGINT PRIMARY KEY REFERENCES rule_version (n),
  begun_by TEXT NOT NULL CHECK (begun_by <> ''),
  since    BIGINT NOT NULL,
  ended_by TEXT NOT NULL,
  ended_at BIGINT,
  CHECK ((ended_at IS NULL) = (ended_by = ''))
) /*KEYED*/;
ALTER TABLE rule_trial ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0 CHECK (shadow IN (0, 1));

-- +goose Down
ALTER TABLE rule_trial DROP COLUMN shadow;
DROP TABLE rule_shadow;
