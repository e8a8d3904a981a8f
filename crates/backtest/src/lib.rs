//! Run spec to data, engine and simulated venue to result.
