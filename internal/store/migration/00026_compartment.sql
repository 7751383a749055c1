-- +goose Up
-- Compartments: named sets of words of queues and labels, one a line. A case with one of the words is in it; of a closed one it is hidden
-- from everybody who does not have it.
CREATE TABLE compartment (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL UNIQUE CHECK (name <> ''),
  queues  TEXT NOT NULL,
  labels  TEXT NOT NULL,
  closed  BIGINT NOT NULL CHECK (closed IN (0, 1)),
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL CHECK (made_by <> ''),
  CHECK (queues <> '' OR labels <> '')
) /*KEYED*/;
-- Whose a compartment is, and who sees nothing but what is in theirs.
CREATE TABLE person_compartment (
  person      TEXT NOT NULL REFERENCES person (id),
  compartment TEXT NOT NULL REFERENCES compartment (id),
  PRIMARY KEY (person, compartment)
) /*KEYED*/;
ALTER TABLE person ADD COLUMN confined BIGINT NOT NULL DEFAULT 0 CHECK (confined IN (0, 1));
-- What the forms of the session before a proof carry, so that what somebody writes in another window is not lost.
ALTER TABLE session ADD COLUMN form_before TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE session DROP COLUMN form_before;
ALTER TABLE person DROP COLUMN confined;
DROP TABLE person_compartment;
DROP TABLE compartment;
