-- +goose Up
-- Back-tests of rules and weights, with what came of them; see package rulebook.
CREATE TABLE rule_trial (
  id            TEXT PRIMARY KEY,
  before_n      BIGINT NOT NULL CHECK (before_n >= 0),
  before_digest TEXT NOT NULL REFERENCES rule_text (digest),
  after_digest  TEXT NOT NULL REFERENCES rule_text (digest),
  asked_by      TEXT NOT NULL CHECK (asked_by <> ''),
  asked_at      BIGINT NOT NULL,
  since         BIGINT,
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  done          BIGINT NOT NULL CHECK (done >= 0),
  total         BIGINT NOT NULL CHECK (total >= 0),
  report        TEXT NOT NULL,
  fault         TEXT NOT NULL,
  ended_at      BIGINT,
  CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'done') = (report <> '')),
  CHECK ((state = 'failed') = (fault <> ''))
);
CREATE INDEX rule_trial_of ON rule_trial (after_digest, id);

-- +goose Down
DROP TABLE rule_trial;
