-- +goose Up
-- Whether the words of messages stay folded on a person's pages until they open them one by one.
ALTER TABLE person ADD COLUMN soft BIGINT NOT NULL DEFAULT 0 CHECK (soft IN (0, 1));

-- +goose Down
ALTER TABLE person DROP COLUMN soft;
