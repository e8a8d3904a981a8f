-- Accounts, their browser sessions and failed sign-ins.
-- Times are UTC milliseconds since the epoch, ids are UUIDs as lower-case text.
-- Ids and folded names compare by byte (COLLATE "C"), whatever the locale of the cluster.

CREATE TABLE users (
    id                  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name                TEXT NOT NULL,
    name_folded         TEXT COLLATE "C" NOT NULL, -- the name in lower case: 'Ann' and 'ann' are one account
    role                TEXT NOT NULL, -- admin | member
    password_hash       TEXT NOT NULL, -- PHC string (argon2id)
    credentials_version BIGINT NOT NULL, -- grows with every new password: sessions made under an older one are void
    created_at          BIGINT NOT NULL,
    CONSTRAINT users_name_unique UNIQUE (name_folded)
);

CREATE TABLE sessions (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id    TEXT COLLATE "C" REFERENCES users (id) ON DELETE CASCADE, -- NULL until somebody signed in
    data       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE login_failures (
    name_folded TEXT COLLATE "C" NOT NULL, -- as typed, so it need not belong to an account
    address     TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX login_failures_by_name ON login_failures (name_folded, at);
CREATE INDEX login_failures_by_address ON login_failures (address, at);
CREATE INDEX login_failures_by_time ON login_failures (at);
