//! Whole runs: against an independent calculation, against themselves, against the store.

mod crossovers;
mod reference;
mod rules;
mod runs;
