//! The moments at which servers die: random, and repeatable by the seed that a failure prints.

use std::time::Duration;

use testkit::SplitMix64;

/// A source of moments; says its seed when the test fails.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    random: SplitMix64,
}

impl Dice {
    /// Takes the seed from the environment, or any.
    pub(crate) fn new() -> Self {
        let given = std::env::var("CRYPTO_CRASH_SEED")
            .ok()
            .map(|text| text.parse().expect("CRYPTO_CRASH_SEED: a number"));
        let seed = given.unwrap_or_else(rand::random);
        Self { seed, random: SplitMix64::new(seed) }
    }

    /// Returns a moment within the time that something takes.
    pub(crate) fn moment(&mut self, within: Duration) -> Duration {
        let micros = u64::try_from(within.as_micros()).unwrap_or(u64::MAX).max(1);
        Duration::from_micros(self.random.below(micros))
    }
}

impl Drop for Dice {
    #[expect(clippy::print_stderr, reason = "what it takes to repeat a failure")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("repeat these moments with CRYPTO_CRASH_SEED={}", self.seed);
        }
    }
}

/// Returns how many moments to try.
pub(crate) fn rounds() -> usize {
    let given = std::env::var("CRYPTO_CRASH_ROUNDS").ok();
    given.map_or(3, |text| text.parse().expect("CRYPTO_CRASH_ROUNDS: a number"))
}
