-- What users want kept current, who keeps it, and how it stands.

CREATE TABLE subscriptions (
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    exchange   TEXT NOT NULL,
    symbol     TEXT NOT NULL,
    "interval" TEXT NOT NULL,
    since      INTEGER NOT NULL, -- candles are to be complete from here on
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, exchange, symbol, "interval")
) STRICT;

-- Work that one process does at a time. Whoever does not renew a lease loses it.
CREATE TABLE leases (
    name   TEXT   NOT NULL PRIMARY KEY,
    holder TEXT   NOT NULL,
    until  INTEGER NOT NULL
) STRICT;

-- What a background worker last said about itself, for the pages of every process.
CREATE TABLE bulletins (
    name     TEXT   NOT NULL PRIMARY KEY,
    document TEXT   NOT NULL, -- JSON
    at       INTEGER NOT NULL
) STRICT;
