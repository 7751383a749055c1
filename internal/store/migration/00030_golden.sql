-- +goose Up
-- Golden cases: closed cases whose right finding a lead has written down, given to others as second looks are. n is the place of the finding in
-- the history of the case: what came before it is shown.
CREATE TABLE golden_case (
  case_id    TEXT NOT NULL REFERENCES case_file (id),
  n          BIGINT NOT NULL CHECK (n > 1),
  first_by   TEXT NOT NULL,
  finding    TEXT NOT NULL CHECK (finding IN ('confirmed', 'cleared')),
  typology   TEXT NOT NULL,
  why        TEXT NOT NULL CHECK (why <> ''),
  set_by     TEXT NOT NULL CHECK (set_by <> ''),
  set_at     BIGINT NOT NULL,
  retired_at BIGINT,
  PRIMARY KEY (case_id, n)
) /*KEYED*/;
CREATE TABLE golden_answer (
  case_id  TEXT NOT NULL,
  n        BIGINT NOT NULL,
  who      TEXT NOT NULL CHECK (who <> ''),
  finding  TEXT NOT NULL CHECK (finding IN ('confirmed', 'cleared')),
  typology TEXT NOT NULL,
  reason   TEXT NOT NULL CHECK (reason <> ''),
  at       BIGINT NOT NULL,
  PRIMARY KEY (case_id, n, who),
  FOREIGN KEY (case_id, n) REFERENCES golden_case (case_id, n)
) /*KEYED*/;
-- What a lead writes to a colleague about a case, for those two alone.
CREATE TABLE coaching_note (
  id          TEXT PRIMARY KEY,
  case_id     TEXT NOT NULL REFERENCES case_file (id),
  writer      TEXT NOT NULL CHECK (writer <> ''),
  reader      TEXT NOT NULL CHECK (reader <> '' AND reader <> writer),
  body        TEXT NOT NULL CHECK (body <> ''),
  at          BIGINT NOT NULL,
  read_at     BIGINT,
  answer      TEXT NOT NULL DEFAULT '',
  answered_at BIGINT,
  CHECK ((answer = '') = (answered_at IS NULL))
) /*KEYED*/;
CREATE INDEX coaching_note_reader ON coaching_note (reader, at);
CREATE INDEX coaching_note_writer ON coaching_note (writer, at);

-- +goose Down
DROP TABLE coaching_note;
DROP TABLE golden_answer;
DROP TABLE golden_case;
