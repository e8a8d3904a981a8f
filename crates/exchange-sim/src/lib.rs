//! A Binance-compatible exchange on localhost.
