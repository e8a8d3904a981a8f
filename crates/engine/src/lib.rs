//! The kernel process(event) -> audit: orders, ledger, risk, simulated venue.
