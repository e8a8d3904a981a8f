//! The engine through its one public function.

mod books;
mod determinism;
mod scripted;
mod specs;
