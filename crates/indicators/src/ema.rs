//! Exponential moving average: `before + 2 / (n + 1) × (value − before)`, seeded with the mean of the first `n`, as TA-Lib does.
//!
//! Defined from the `n`-th value on. The recursion forgets, so rounding does not build up: an error shrinks by `(n − 1) / (n + 1)` per bar.

use crate::Sma;
use crate::period::{PeriodError, check_period, number};

/// A streaming exponential moving average.
#[derive(Debug, Clone)]
pub struct Ema {
    weight: f64,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    /// Boxed, so that the many that run do not carry the window of the few that start.
    Seeding(Box<Sma>),
    Running(f64),
}

impl Ema {
    /// Builds an average over `period` values, 1 or more.
    pub fn new(period: usize) -> Result<Self, PeriodError> {
        let period = check_period("period", period, 1)?;
        let seed = Box::new(Sma::new(period)?);
        Ok(Self { weight: 2.0 / (number(period) + 1.0), state: State::Seeding(seed) })
    }

    /// Takes the next value and returns the average, `None` while fewer than `period` are known.
    pub fn next(&mut self, value: f64) -> Option<f64> {
        let average = match &mut self.state {
            State::Running(before) => (value - *before) * self.weight + *before,
            State::Seeding(seed) => seed.next(value)?,
        };
        self.state = State::Running(average);
        Some(average)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_with_the_mean_and_then_moves_by_its_weight() {
        let mut ema = Ema::new(3).expect("a period");
        let averages: Vec<_> = [1.0, 2.0, 6.0, 5.0, 5.0].into_iter().map(|value| ema.next(value)).collect();
        assert_eq!(averages, vec![None, None, Some(3.0), Some(4.0), Some(4.5)]);
    }

    #[test]
    fn flat_prices_stay_exactly_flat() {
        let mut ema = Ema::new(7).expect("a period");
        let last = (0..1000).map(|_| ema.next(0.1)).last().flatten();
        assert_eq!(last, Some(0.1));
        assert!(Ema::new(0).is_err());
    }
}
