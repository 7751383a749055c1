-- +goose Up
-- The words of what people wrote about cases, in the form in which they are looked for (casefile.Words), and of their queue and labels.
-- Place says where: 'c' the case itself, 'n' and the number of an event of its history, 'r' and the id of a report.
CREATE TABLE case_word (
  word    TEXT /*BYTES*/ NOT NULL CHECK (word <> ''),
  case_id TEXT NOT NULL REFERENCES case_file (id),
  place   TEXT NOT NULL CHECK (place = 'c' OR place LIKE 'n_%' OR place LIKE 'r_%'),
  PRIMARY KEY (word, case_id, place)
) /*KEYED*/;
CREATE INDEX case_word_place ON case_word (case_id, place, word);
-- 0 for a case from before this table; a running haris reads those in.
ALTER TABLE case_file ADD COLUMN worded BIGINT NOT NULL DEFAULT 0 CHECK (worded IN (0, 1));
CREATE INDEX case_file_unworded ON case_file (id) WHERE worded = 0;

-- +goose Down
DROP INDEX case_file_unworded;
ALTER TABLE case_file DROP COLUMN worded;
DROP TABLE case_word;
