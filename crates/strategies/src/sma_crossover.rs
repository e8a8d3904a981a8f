//! Holds while the fast moving average is above the slow one.

use engine::{Context, Intents, Strategy};
use indicators::{PeriodError, Sma};
use types::Bar;

/// Buys when the fast simple moving average of closes crosses above the slow one, sells when it crosses below.
///
/// A crossover is a change of sign of (fast − slow) between two bars on which both are defined; the first bar on which both are
/// defined is none. A difference of exactly zero belongs to neither side: what follows it decides.
#[derive(Debug, Clone)]
pub struct SmaCrossover {
    fast: Sma,
    slow: Sma,
    slow_period: usize,
    difference: Option<f64>,
}

impl SmaCrossover {
    /// Makes the strategy; periods are in bars, both at least 1. That fast is below slow is the configuration's rule.
    pub fn new(fast_period: usize, slow_period: usize) -> Result<Self, PeriodError> {
        Ok(Self { fast: Sma::new(fast_period)?, slow: Sma::new(slow_period)?, slow_period, difference: None })
    }
}

impl Strategy for SmaCrossover {
    fn warm_up_bars(&self) -> usize {
        self.slow_period
    }

    fn on_bar(&mut self, context: &Context, bar: &Bar, intents: &mut Intents) {
        // Both must see every close, so neither call may be short-circuited by the other's warm-up.
        let (fast, slow) = (self.fast.next(bar.close), self.slow.next(bar.close));
        let (Some(fast), Some(slow)) = (fast, slow) else { return };
        let difference = fast - slow;
        if let Some(before) = self.difference {
            if difference > 0.0 && before <= 0.0 {
                if context.is_flat() {
                    intents.enter_all_in("fast crossed above slow");
                }
            } else if difference < 0.0 && before >= 0.0 && !context.is_flat() {
                intents.exit("fast crossed below slow");
            }
        }
        self.difference = Some(difference);
    }
}
