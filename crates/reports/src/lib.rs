//! Charts (plotters) and report pages.
