-- The order rules of exchanges as they were on each day; a row only where something changed.

CREATE TABLE instrument_days (
    exchange    TEXT    NOT NULL,
    day         INTEGER NOT NULL, -- 00:00 UTC
    recorded_at INTEGER NOT NULL,
    listed      INTEGER NOT NULL, -- pairs that the exchange named
    changed     INTEGER NOT NULL, -- of all pairs: new, altered or gone since the day before it
    PRIMARY KEY (exchange, day)
) STRICT;

CREATE TABLE instrument_versions (
    exchange     TEXT    NOT NULL,
    symbol       TEXT    NOT NULL,
    since        INTEGER NOT NULL, -- the first of instrument_days on which this was so
    status       TEXT    NOT NULL, -- trading, halted or delisted; a delisted pair has nothing but its name
    base         TEXT,
    quote        TEXT,
    tick_size    TEXT, -- decimals, as all rules below; NULL where the exchange sets no such rule
    step_size    TEXT,
    min_quantity TEXT,
    max_quantity TEXT,
    min_notional TEXT,
    max_notional TEXT,
    PRIMARY KEY (exchange, symbol, since),
    FOREIGN KEY (exchange, since) REFERENCES instrument_days (exchange, day),
    CONSTRAINT instrument_versions_status CHECK (status IN ('trading', 'halted', 'delisted')),
    CONSTRAINT instrument_versions_listed CHECK ((status = 'delisted') = (base IS NULL) AND (base IS NULL) = (quote IS NULL))
) STRICT;
