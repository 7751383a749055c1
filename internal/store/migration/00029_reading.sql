-- +goose Up
-- How a person's pages write times and numbers: a time zone of the IANA database, empty for UTC; the digits, empty for those of the language.
ALTER TABLE person ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN digits TEXT NOT NULL DEFAULT '' CHECK (digits IN ('', 'latin'));

-- +goose Down
ALTER TABLE person DROP COLUMN digits;
ALTER TABLE person DROP COLUMN zone;
