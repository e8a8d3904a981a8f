-- What is known about a series beyond its candles: where the exchange has nothing, which rows were refused, what was revised.

CREATE TABLE candle_ledger (
    series_id INTEGER NOT NULL PRIMARY KEY REFERENCES candle_series (id) ON DELETE CASCADE,
    document  TEXT    NOT NULL -- JSON; rewritten as a whole under the series' lock
);
