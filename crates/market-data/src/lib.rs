//! The lake: import, quality, gaps, and the store of candles.
