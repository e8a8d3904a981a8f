//! Integration tests of the statistics, in one binary.

mod quantstats;
