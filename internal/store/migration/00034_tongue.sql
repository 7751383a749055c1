-- +goose Up
-- The language of a person's pages. The column lang, from before a language was a file, takes only the two that there were then; it stays as it
-- was and is read no more.
ALTER TABLE person ADD COLUMN tongue TEXT NOT NULL DEFAULT '';
UPDATE person SET tongue = lang;

-- +goose Down
UPDATE person SET lang = tongue WHERE tongue IN ('en', 'ar');
ALTER TABLE person DROP COLUMN tongue;
