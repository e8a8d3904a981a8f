//! The engine through its one public function.

mod determinism;
mod scripted;
mod specs;
