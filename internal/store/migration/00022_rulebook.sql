-- +goose Up
-- The rule book: texts under their digest, what people are writing, and versions; see package rulebook. A text is never changed. Of a version
-- only its standing is, once: the newest place is in force.
CREATE TABLE rule_text (
  digest TEXT PRIMARY KEY CHECK (LENGTH(digest) = 64),
  body   TEXT NOT NULL
) /*KEYED*/;
CREATE TABLE rule_draft (
  author   TEXT PRIMARY KEY CHECK (author <> ''),
  base     BIGINT NOT NULL CHECK (base >= 0),
  digest   TEXT NOT NULL REFERENCES rule_text (digest),
  saved_at BIGINT NOT NULL
) /*KEYED*/;
CREATE TABLE rule_version (
  n           BIGINT PRIMARY KEY,
  state       TEXT NOT NULL CHECK (state IN ('proposed', 'published', 'refused', 'withdrawn')),
  base        BIGINT NOT NULL CHECK (base >= 0),
  digest      TEXT NOT NULL REFERENCES rule_text (digest),
  author      TEXT NOT NULL CHECK (author <> ''),
  reason      TEXT NOT NULL CHECK (reason <> ''),
  proposed_at BIGINT NOT NULL,
  decided_by  TEXT NOT NULL,
  decision    TEXT NOT NULL,
  decided_at  BIGINT,
  place       BIGINT UNIQUE CHECK (place > 0),
  CHECK ((state = 'proposed') = (decided_by = '') AND (state = 'proposed') = (decided_at IS NULL)),
  CHECK ((state = 'published') = (place IS NOT NULL)),
  CHECK (state NOT IN ('published', 'refused') OR decided_by <> author),
  CHECK (state <> 'withdrawn' OR decided_by = author)
);

-- +goose Down
DROP TABLE rule_version;
DROP TABLE rule_draft;
DROP TABLE rule_text;
