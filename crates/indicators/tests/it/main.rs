//! Integration tests of the indicators, in one binary.

mod drift;
mod talib;
