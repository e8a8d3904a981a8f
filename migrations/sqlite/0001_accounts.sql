-- Accounts, their browser sessions and failed sign-ins.
-- Times are UTC milliseconds since the epoch, ids are UUIDs as lower-case text.

CREATE TABLE users (
    id                  TEXT    NOT NULL PRIMARY KEY,
    name                TEXT    NOT NULL,
    name_folded         TEXT    NOT NULL, -- the name in lower case: 'Ann' and 'ann' are one account
    role                TEXT    NOT NULL, -- admin | member
    password_hash       TEXT    NOT NULL, -- PHC string (argon2id)
    credentials_version INTEGER NOT NULL, -- grows with every new password: sessions made under an older one are void
    created_at          INTEGER NOT NULL,
    CONSTRAINT users_name_unique UNIQUE (name_folded)
) STRICT;

CREATE TABLE sessions (
    id         TEXT    NOT NULL PRIMARY KEY,
    user_id    TEXT    REFERENCES users (id) ON DELETE CASCADE, -- NULL until somebody signed in
    data       BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_failures (
    name_folded TEXT    NOT NULL, -- as typed, so it need not belong to an account
    address     TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failures_by_name ON login_failures (name_folded, at);
CREATE INDEX login_failures_by_address ON login_failures (address, at);
CREATE INDEX login_failures_by_time ON login_failures (at);
