-- +goose Up
-- What was seen last long ago can be forgotten by the operator's policy.
CREATE INDEX media_seen_age ON media_seen (last_at);
CREATE INDEX media_hash_age ON media_hash (last_at);

-- +goose Down
DROP INDEX media_hash_age;
DROP INDEX media_seen_age;
