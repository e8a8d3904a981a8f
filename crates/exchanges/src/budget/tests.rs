//! One suite against every implementation, the properties, and what only Redis can do wrong.

mod contract;
mod interleaving;
mod redis_lost;
mod redis_shared;
mod world;
