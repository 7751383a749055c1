-- +goose Up
-- Whether a person took a linked account apart from the case: it is found there still, and what is found about it goes elsewhere.
ALTER TABLE case_subject ADD COLUMN apart BIGINT NOT NULL DEFAULT 0 CHECK (apart IN (0, 1));

-- +goose Down
ALTER TABLE case_subject DROP COLUMN apart;
