//! The Exchange protocol, its registry and the adapters.
