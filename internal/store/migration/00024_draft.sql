-- +goose Up
-- What a person has typed into a form of a case and not recorded: one row for each person, case and form, replaced as it changes and
-- deleted when it is recorded. It is theirs alone.
CREATE TABLE case_draft (
  case_id TEXT NOT NULL REFERENCES case_file (id),
  person  TEXT NOT NULL CHECK (person <> '' AND person <> 'haris' AND person NOT LIKE 'key:%'),
  form    TEXT NOT NULL CHECK (form IN ('dispose', 'second', 'escalate', 'reopen', 'note')),
  seen    BIGINT NOT NULL CHECK (seen > 0),
  fields  TEXT NOT NULL CHECK (fields <> ''),
  at      BIGINT NOT NULL,
  PRIMARY KEY (case_id, person, form)
) /*KEYED*/;
CREATE INDEX case_draft_age ON case_draft (at);

-- +goose Down
DROP TABLE case_draft;
