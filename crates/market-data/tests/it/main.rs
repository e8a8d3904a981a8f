//! Integration tests of the candle stores and the importer.
