//! Streaming indicators, one file each, and their registry.
