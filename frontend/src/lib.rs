//! The wasm entry point: hydrate(), nothing else.
