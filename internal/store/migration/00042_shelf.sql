-- +goose Up
-- The words by which compartments show or hide a case, its queue and its labels, as one number: the cases with the same words stand on one
-- shelf. Which shelves somebody sees is found out once for a list, and the list then runs along indexes that carry the shelf. 0 is a case from
-- before there were shelves; opening the database puts it on one. unscanned is how many signals of the case say that a detector could not look.
CREATE TABLE case_shelf (
  id     BIGINT PRIMARY KEY,
  queue  TEXT NOT NULL,
  labels TEXT NOT NULL -- a JSON array
);
ALTER TABLE case_file ADD COLUMN shelf BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_file ADD COLUMN unscanned BIGINT NOT NULL DEFAULT 0 CHECK (unscanned >= 0);
CREATE INDEX case_file_unscanned ON case_file (status, unscanned) WHERE unscanned > 0;
CREATE INDEX case_file_unshelved ON case_file (id) WHERE shelf = 0;
DROP INDEX case_file_status;
DROP INDEX case_file_queue;
DROP INDEX case_file_typology;
CREATE INDEX case_file_status ON case_file
  (status, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, typology, merged_into, shelf);
CREATE INDEX case_file_queue ON case_file
  (status, queue, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, typology, merged_into, shelf);
CREATE INDEX case_file_typology ON case_file
  (status, typology, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, merged_into, shelf);
CREATE INDEX case_file_shelf ON case_file
  (status, shelf, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, typology, merged_into);

-- +goose Down
DROP INDEX case_file_shelf;
DROP INDEX case_file_typology;
DROP INDEX case_file_queue;
DROP INDEX case_file_status;
DROP INDEX case_file_unshelved;
DROP INDEX case_file_unscanned;
ALTER TABLE case_file DROP COLUMN unscanned;
ALTER TABLE case_file DROP COLUMN shelf;
DROP TABLE case_shelf;
CREATE INDEX case_file_status ON case_file
  (status, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, typology, merged_into);
CREATE INDEX case_file_queue ON case_file
  (status, queue, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, typology, merged_into);
CREATE INDEX case_file_typology ON case_file
  (status, typology, urgency, deadline, id, rests_until, assigned_to, claimed_by, claim_ends, opened_at, queue, merged_into);
