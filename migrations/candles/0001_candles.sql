-- Candles in PostgreSQL, and a hypertable where TimescaleDB is there (the program makes it one after this step).
-- Values are exact; NULL is "not known", never zero.

CREATE TABLE candle_series (
    id         INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange   TEXT    NOT NULL,
    symbol     TEXT    NOT NULL,
    "interval" TEXT    NOT NULL,
    -- Kept in step with the candles by every write, so that a list of series reads no candle.
    exchange_rows  BIGINT NOT NULL DEFAULT 0,
    imported_rows  BIGINT NOT NULL DEFAULT 0,
    resampled_rows BIGINT NOT NULL DEFAULT 0,
    repaired_rows  BIGINT NOT NULL DEFAULT 0,
    synthetic_rows BIGINT NOT NULL DEFAULT 0,
    first_open TIMESTAMPTZ,
    last_open  TIMESTAMPTZ,
    CONSTRAINT candle_series_unique UNIQUE (exchange, symbol, "interval")
);

CREATE TABLE candles (
    series_id       INTEGER     NOT NULL REFERENCES candle_series (id),
    open_time       TIMESTAMPTZ NOT NULL, -- names the candle; it closes one interval later
    open            NUMERIC     NOT NULL,
    high            NUMERIC     NOT NULL,
    low             NUMERIC     NOT NULL,
    close           NUMERIC     NOT NULL,
    volume          NUMERIC     NOT NULL,
    quote_volume    NUMERIC,
    taker_buy_base  NUMERIC,
    taker_buy_quote NUMERIC,
    trades          BIGINT,
    source          TEXT        NOT NULL, -- exchange | imported | resampled | repaired | synthetic
    PRIMARY KEY (series_id, open_time)
);
