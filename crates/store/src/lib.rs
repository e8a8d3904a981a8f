//! Application state: users, sessions, jobs, runs; SQLite and PostgreSQL behind the same traits.
