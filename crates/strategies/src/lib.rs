//! Built-in strategies and their registry.
