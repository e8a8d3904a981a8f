-- Accounts that may no longer sign in; lists of jobs by kind.

ALTER TABLE users ADD COLUMN disabled_at BIGINT; -- NULL while the account may be used

CREATE INDEX jobs_by_kind ON jobs (user_id, kind, created_at, id);
