//! The project's own build steps: `cargo xtask bundle` puts the browser's half together.
//!
//! Scripts call it; it needs no more than cargo, the wasm target and the Node packages that they install.
//! Rules about the tree itself are not here but in `tests/`, run with `cargo test -p xtask`.

mod bundle;
mod paths;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "usage: cargo xtask bundle [--dev]

  bundle         build the site folder: wasm, CSS, assets, precompressed (incremental)
  bundle --dev   the same with an unoptimised, uncompressed wasm for quick iteration";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["bundle"] => bundle::bundle(bundle::Mode::Release),
        ["bundle", "--dev"] => bundle::bundle(bundle::Mode::Dev),
        _ => bail!("unknown command '{}'\n{USAGE}", words.join(" ")),
    }
}

/// Tells the person at the terminal what is happening.
#[expect(clippy::print_stderr, reason = "a build tool talks to a terminal")]
fn say(text: &str) {
    eprintln!("{text}");
}
