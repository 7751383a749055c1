-- +goose Up
-- How long after a case was opened whoever works the queue must have looked at it; 0 for no limit of its own.
ALTER TABLE case_queue ADD COLUMN limit_minutes BIGINT NOT NULL DEFAULT 0 CHECK (limit_minutes BETWEEN 0 AND 43200);
-- The people whom a lead named to work a shared queue.
CREATE TABLE case_queue_person (
  queue  TEXT NOT NULL REFERENCES case_queue (id),
  person TEXT NOT NULL CHECK (person <> ''),
  PRIMARY KEY (queue, person)
) /*KEYED*/;
-- The round of a person: the queues out of which they are given the next case, in their order.
CREATE TABLE queue_round (
  person TEXT NOT NULL CHECK (person <> ''),
  place  BIGINT NOT NULL CHECK (place >= 0),
  queue  TEXT NOT NULL REFERENCES case_queue (id),
  PRIMARY KEY (person, place),
  UNIQUE (person, queue)
) /*KEYED*/;
CREATE INDEX queue_round_queue ON queue_round (queue);

-- +goose Down
DROP TABLE queue_round;
DROP TABLE case_queue_person;
ALTER TABLE case_queue DROP COLUMN limit_minutes;
