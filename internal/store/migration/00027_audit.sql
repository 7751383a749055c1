-- +goose Up
-- What a person did of one kind, in the order of the log.
CREATE INDEX audit_entry_who_act ON audit_entry (who, act, idx);
-- Which blocks of the log have entries of a time: the order of the log is not that of clocks, which may go back.
CREATE INDEX audit_entry_block ON audit_entry ((idx / 4096), at);

-- +goose Down
DROP INDEX audit_entry_block;
DROP INDEX audit_entry_who_act;
