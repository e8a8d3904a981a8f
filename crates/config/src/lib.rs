//! YAML text to settings and diagnostics with line and column.
