-- +goose Up
-- Who signs in. roles is a list of words with a space between them; a person who may sign in has at least one.
CREATE TABLE person (
  id            TEXT PRIMARY KEY,
  login         TEXT NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
  name          TEXT NOT NULL CHECK (name <> ''),
  roles         TEXT NOT NULL CHECK (roles <> ''),
  lang          TEXT NOT NULL CHECK (lang IN ('en', 'ar')),
  password_hash TEXT NOT NULL,
  created_at    BIGINT NOT NULL,
  disabled_at   BIGINT
);
-- One-time sign-in links, by the SHA-256 of their token.
CREATE TABLE sign_in_link (
  hash    BYTEA PRIMARY KEY CHECK (length(hash) = 32),
  person  TEXT NOT NULL REFERENCES person (id),
  ends_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX sign_in_link_person ON sign_in_link (person);
-- Sessions, by the SHA-256 of the token in the cookie.
CREATE TABLE session (
  hash     BYTEA PRIMARY KEY CHECK (length(hash) = 32),
  person   TEXT NOT NULL REFERENCES person (id),
  begun_at BIGINT NOT NULL,
  used_at  BIGINT NOT NULL CHECK (used_at >= begun_at)
);
CREATE INDEX session_person ON session (person);
-- API keys of event sources. A revoked key stays, so that the audit log has something to point at.
CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  source     TEXT NOT NULL CHECK (source <> ''),
  scopes     TEXT NOT NULL CHECK (scopes <> ''),
  hash       BYTEA NOT NULL CHECK (length(hash) = 32),
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  used_at    BIGINT,
  revoked_at BIGINT
);

-- +goose Down
DROP TABLE api_key;
DROP TABLE session;
DROP TABLE sign_in_link;
DROP TABLE person;
