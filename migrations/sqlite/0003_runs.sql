-- Finished backtest runs. The result is kept apart, so that lists never read it.

CREATE TABLE runs (
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    job_id       TEXT    REFERENCES jobs (id) ON DELETE SET NULL, -- a run outlives the job that made it
    ordinal      INTEGER NOT NULL, -- which run of that job
    name         TEXT    NOT NULL,
    strategy     TEXT    NOT NULL,
    exchange     TEXT    NOT NULL,
    symbol       TEXT    NOT NULL,
    "interval"   TEXT    NOT NULL,
    started_at   INTEGER NOT NULL,
    total_return REAL,             -- a copy out of the summary, to rank by
    spec         TEXT    NOT NULL, -- JSON
    summary      TEXT    NOT NULL, -- JSON
    CONSTRAINT runs_once_per_job UNIQUE (job_id, ordinal)
) STRICT;
CREATE INDEX runs_by_user ON runs (user_id, started_at, id);
CREATE INDEX runs_by_return ON runs (user_id, total_return);

CREATE TABLE run_results (
    run_id TEXT NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    data   BLOB NOT NULL -- compressed by the caller, opaque here
) STRICT;
