-- +goose Up
-- A session is "first" while the second factor is still to come, and may do nothing else then. proved_at is when the person last
-- showed who they are.
ALTER TABLE session ADD COLUMN stage TEXT NOT NULL DEFAULT 'whole' CHECK (stage IN ('first', 'whole'));
ALTER TABLE session ADD COLUMN way TEXT NOT NULL DEFAULT 'password' CHECK (way IN ('link', 'password', 'totp', 'recovery', 'passkey', 'oidc'));
ALTER TABLE session ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '';
-- The second factor of a person: a secret of one-time codes, sealed with the key of the installation, and the last step whose code
-- was used. pending is a secret that was handed out and not confirmed yet.
CREATE TABLE second_factor (
  person  TEXT PRIMARY KEY REFERENCES person (id),
  secret  BYTEA,
  pending BYTEA,
  step    BIGINT NOT NULL CHECK (step >= 0),
  since   BIGINT,
  CHECK ((secret IS NULL) = (since IS NULL)),
  CHECK (secret IS NOT NULL OR pending IS NOT NULL)
) /*KEYED*/;
-- Codes for who has lost their device, by the SHA-256 of the code. Each works once.
CREATE TABLE recovery_code (
  person  TEXT NOT NULL REFERENCES person (id),
  hash    BYTEA NOT NULL CHECK (length(hash) = 32),
  used_at BIGINT,
  PRIMARY KEY (person, hash)
) /*KEYED*/;
-- Passkeys, by the id that the authenticator gave. body is the public key with its counter, as JSON of the WebAuthn library.
CREATE TABLE passkey (
  id      BYTEA PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 1023),
  person  TEXT NOT NULL REFERENCES person (id),
  name    TEXT NOT NULL CHECK (name <> ''),
  body    TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX passkey_person ON passkey (person, made_at);
-- Which person an identity provider means, by its own name for them.
CREATE TABLE person_identity (
  issuer  TEXT NOT NULL CHECK (issuer <> ''),
  subject TEXT NOT NULL CHECK (subject <> ''),
  person  TEXT NOT NULL REFERENCES person (id),
  made_at BIGINT NOT NULL,
  PRIMARY KEY (issuer, subject)
) /*KEYED*/;
-- What a browser was asked and has not answered yet, by a hash of what only that browser has. Each is taken once.
CREATE TABLE ceremony (
  hash    BYTEA PRIMARY KEY CHECK (length(hash) = 32),
  body    BYTEA NOT NULL,
  ends_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE ceremony;
DROP TABLE person_identity;
DROP TABLE passkey;
DROP TABLE recovery_code;
DROP TABLE second_factor;
DELETE FROM session WHERE stage <> 'whole';
ALTER TABLE session DROP COLUMN network;
ALTER TABLE session DROP COLUMN agent;
ALTER TABLE session DROP COLUMN proved_at;
ALTER TABLE session DROP COLUMN way;
ALTER TABLE session DROP COLUMN stage;
