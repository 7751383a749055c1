-- +goose Up
-- Reviews of who may see what; see package access. One runs at a time (running is 1, then null). Lines and decisions are only ever added, and
-- nothing of a closed review is changed: triggers say so on both engines.
CREATE TABLE access_review (
  id        TEXT PRIMARY KEY CHECK (id <> ''),
  begun_at  BIGINT NOT NULL,
  begun_by  TEXT NOT NULL CHECK (begun_by <> ''),
  why       TEXT NOT NULL CHECK (why <> ''),
  disabled  BIGINT NOT NULL CHECK (disabled >= 0),
  revoked   BIGINT NOT NULL CHECK (revoked >= 0),
  running   BIGINT UNIQUE CHECK (running = 1),
  closed_at BIGINT,
  closed_by TEXT NOT NULL,
  note      TEXT NOT NULL,
  came      TEXT NOT NULL,
  CHECK ((running IS NULL) = (closed_at IS NOT NULL)),
  CHECK ((closed_at IS NULL) = (closed_by = ''))
) /*KEYED*/;
CREATE TABLE access_line (
  review TEXT NOT NULL REFERENCES access_review (id),
  n      BIGINT NOT NULL CHECK (n > 0),
  kind   TEXT NOT NULL CHECK (kind IN ('person', 'key')),
  ref    TEXT NOT NULL CHECK (ref <> ''),
  name   TEXT NOT NULL,
  held   TEXT NOT NULL,
  facts  TEXT NOT NULL,
  PRIMARY KEY (review, n),
  UNIQUE (review, kind, ref)
) /*KEYED*/;
CREATE TABLE access_decision (
  review  TEXT NOT NULL,
  n       BIGINT NOT NULL,
  turn    BIGINT NOT NULL CHECK (turn > 0),
  verdict TEXT NOT NULL CHECK (verdict IN ('kept', 'changed', 'taken')),
  by_whom TEXT NOT NULL CHECK (by_whom <> ''),
  at      BIGINT NOT NULL,
  reason  TEXT NOT NULL,
  held    TEXT NOT NULL,
  PRIMARY KEY (review, n, turn),
  FOREIGN KEY (review, n) REFERENCES access_line (review, n),
  CHECK (verdict = 'kept' OR reason <> '')
) /*KEYED*/;

-- +goose StatementBegin
/*SQLITE
CREATE TRIGGER access_review_update BEFORE UPDATE ON access_review WHEN OLD.running IS NULL BEGIN SELECT RAISE(ABORT, 'a closed access review is not changed'); END;
CREATE TRIGGER access_review_delete BEFORE DELETE ON access_review BEGIN SELECT RAISE(ABORT, 'an access review is not removed'); END;
CREATE TRIGGER access_line_insert BEFORE INSERT ON access_line
  WHEN NOT EXISTS (SELECT 1 FROM access_review r WHERE r.id = NEW.review AND r.running = 1) BEGIN SELECT RAISE(ABORT, 'a closed access review is not changed'); END;
CREATE TRIGGER access_line_update BEFORE UPDATE ON access_line BEGIN SELECT RAISE(ABORT, 'lines of an access review are not changed'); END;
CREATE TRIGGER access_line_delete BEFORE DELETE ON access_line BEGIN SELECT RAISE(ABORT, 'lines of an access review are not removed'); END;
CREATE TRIGGER access_decision_insert BEFORE INSERT ON access_decision
  WHEN NOT EXISTS (SELECT 1 FROM access_review r WHERE r.id = NEW.review AND r.running = 1) BEGIN SELECT RAISE(ABORT, 'a closed access review is not changed'); END;
CREATE TRIGGER access_decision_own BEFORE INSERT ON access_decision
  WHEN EXISTS (SELECT 1 FROM access_line l WHERE l.review = NEW.review AND l.n = NEW.n AND l.kind = 'person' AND l.ref = NEW.by_whom)
  BEGIN SELECT RAISE(ABORT, 'nobody decides about their own access'); END;
CREATE TRIGGER access_decision_update BEFORE UPDATE ON access_decision BEGIN SELECT RAISE(ABORT, 'decisions of an access review are not changed'); END;
CREATE TRIGGER access_decision_delete BEFORE DELETE ON access_decision BEGIN SELECT RAISE(ABORT, 'decisions of an access review are not removed'); END;
SQLITE*/
/*POSTGRES
CREATE FUNCTION access_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'what an access review says is not changed';
END
$body$;
CREATE FUNCTION access_running() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM access_review r WHERE r.id = NEW.review AND r.running = 1) THEN
    RAISE EXCEPTION 'a closed access review is not changed';
  END IF;
  RETURN NEW;
END
$body$;
CREATE FUNCTION access_other() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF EXISTS (SELECT 1 FROM access_line l WHERE l.review = NEW.review AND l.n = NEW.n AND l.kind = 'person' AND l.ref = NEW.by_whom) THEN
    RAISE EXCEPTION 'nobody decides about their own access';
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER access_review_update BEFORE UPDATE ON access_review FOR EACH ROW WHEN (OLD.running IS NULL) EXECUTE FUNCTION access_refuse();
CREATE TRIGGER access_review_delete BEFORE DELETE ON access_review FOR EACH ROW EXECUTE FUNCTION access_refuse();
CREATE TRIGGER access_line_insert BEFORE INSERT ON access_line FOR EACH ROW EXECUTE FUNCTION access_running();
CREATE TRIGGER access_line_change BEFORE UPDATE OR DELETE ON access_line FOR EACH ROW EXECUTE FUNCTION access_refuse();
CREATE TRIGGER access_decision_insert BEFORE INSERT ON access_decision FOR EACH ROW EXECUTE FUNCTION access_running();
CREATE TRIGGER access_decision_own BEFORE INSERT ON access_decision FOR EACH ROW EXECUTE FUNCTION access_other();
CREATE TRIGGER access_decision_change BEFORE UPDATE OR DELETE ON access_decision FOR EACH ROW EXECUTE FUNCTION access_refuse();
POSTGRES*/
-- +goose StatementEnd

-- +goose Down
DROP TABLE access_decision;
DROP TABLE access_line;
DROP TABLE access_review;
-- +goose StatementBegin
/*POSTGRES
DROP FUNCTION access_refuse();
DROP FUNCTION access_running();
DROP FUNCTION access_other();
POSTGRES*/
-- +goose StatementEnd
