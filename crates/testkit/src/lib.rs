//! Builders and fixtures for tests; a dev-dependency only.
