-- A result in parts, so that a page reads only what it shows: an overview, and its trades in blocks of equal length.
-- What was stored before has form 1, the whole in one piece; it is taken apart when it is first read.

ALTER TABLE run_results ADD COLUMN form BIGINT NOT NULL DEFAULT 1;

CREATE TABLE run_trades (
    run_id TEXT COLLATE "C" NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    block  BIGINT NOT NULL, -- from 0
    data   BYTEA  NOT NULL, -- compressed by the caller, opaque here
    PRIMARY KEY (run_id, block)
);
