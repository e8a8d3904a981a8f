//! Performance statistics, one file each: pure functions over equity and trades.
