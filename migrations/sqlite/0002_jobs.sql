-- The persisted job queue and what happened to each job.

CREATE TABLE jobs (
    id               TEXT    NOT NULL PRIMARY KEY,
    user_id          TEXT    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind             TEXT    NOT NULL, -- import | ingest | backtest
    title            TEXT    NOT NULL,
    spec             TEXT    NOT NULL, -- JSON as it was written: text keeps the order of its keys
    state            TEXT    NOT NULL, -- queued | running | done | failed | cancelled | interrupted
    attempts         INTEGER NOT NULL, -- how often a worker has taken it; with the worker it names one claim
    restarts         INTEGER NOT NULL, -- automatic restarts since the user last asked for it
    cancel_requested INTEGER NOT NULL, -- 0 | 1
    worker           TEXT,             -- set while running
    lease_until      INTEGER,          -- set while running: later than this the worker counts as dead
    progress_done    INTEGER NOT NULL,
    progress_total   INTEGER,
    progress_message TEXT    NOT NULL,
    outcome          TEXT,             -- JSON, set when done
    reason           TEXT,             -- set when failed, cancelled or interrupted
    created_at       INTEGER NOT NULL,
    queued_at        INTEGER NOT NULL, -- place in the queue
    started_at       INTEGER,
    finished_at      INTEGER
) STRICT;
CREATE INDEX jobs_queue ON jobs (queued_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (user_id) WHERE state = 'running';
CREATE INDEX jobs_by_user ON jobs (user_id, created_at, id);

CREATE TABLE job_events (
    job_id TEXT    NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    level  TEXT    NOT NULL, -- info | warning | error
    text   TEXT    NOT NULL,
    PRIMARY KEY (job_id, seq)
) STRICT;
