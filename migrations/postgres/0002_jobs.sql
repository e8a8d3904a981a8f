-- The persisted job queue and what happened to each job.

CREATE TABLE jobs (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_id          TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind             TEXT NOT NULL, -- import | ingest | backtest
    title            TEXT NOT NULL,
    spec             TEXT NOT NULL, -- JSON as it was written: text keeps the order of its keys
    state            TEXT NOT NULL, -- queued | running | done | failed | cancelled | interrupted
    attempts         BIGINT NOT NULL, -- how often a worker has taken it; with the worker it names one claim
    restarts         BIGINT NOT NULL, -- automatic restarts since the user last asked for it
    cancel_requested BIGINT NOT NULL, -- 0 | 1
    worker           TEXT,             -- set while running
    lease_until      BIGINT,           -- set while running: later than this the worker counts as dead
    progress_done    BIGINT NOT NULL,
    progress_total   BIGINT,
    progress_message TEXT NOT NULL,
    outcome          TEXT,             -- JSON, set when done
    reason           TEXT,             -- set when failed, cancelled or interrupted
    created_at       BIGINT NOT NULL,
    queued_at        BIGINT NOT NULL, -- place in the queue
    started_at       BIGINT,
    finished_at      BIGINT
);
CREATE INDEX jobs_queue ON jobs (queued_at, id) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (user_id) WHERE state = 'running';
CREATE INDEX jobs_by_user ON jobs (user_id, created_at, id);

CREATE TABLE job_events (
    job_id TEXT COLLATE "C" NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    level  TEXT NOT NULL, -- info | warning | error
    text   TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
);
