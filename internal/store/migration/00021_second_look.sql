-- +goose Up
-- Findings that were drawn for a second look. n is the place of the finding in the history of the case; the second person's own finding stands
-- beside the first and changes no case.
CREATE TABLE second_look (
  case_id         TEXT NOT NULL REFERENCES case_file (id),
  n               BIGINT NOT NULL CHECK (n > 1),
  drawn_at        BIGINT NOT NULL,
  first_by        TEXT NOT NULL CHECK (first_by <> ''),
  finding         TEXT NOT NULL CHECK (finding IN ('confirmed', 'cleared')),
  typology        TEXT NOT NULL,
  second_by       TEXT NOT NULL CHECK (second_by <> first_by),
  second_finding  TEXT NOT NULL CHECK (second_finding IN ('', 'confirmed', 'cleared')),
  second_typology TEXT NOT NULL,
  reason          TEXT NOT NULL,
  second_at       BIGINT,
  PRIMARY KEY (case_id, n),
  CHECK ((second_finding = '') = (second_by = '') AND (second_finding = '') = (second_at IS NULL) AND (second_finding = '') = (reason = ''))
);
CREATE INDEX second_look_waiting ON second_look (drawn_at, case_id, n) WHERE second_finding = '';
CREATE INDEX second_look_done ON second_look (second_at, case_id, n) WHERE second_finding <> '';

-- +goose Down
DROP TABLE second_look;
