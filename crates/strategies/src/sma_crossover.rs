//! Holds while the fast moving average is above the slow one.

use std::cmp::Ordering;

use engine::{Context, Intents, Strategy};
use indicators::{PeriodError, SmaPair};
use types::Bar;

/// Buys when the fast simple moving average of closes crosses above the slow one, sells when it crosses below.
///
/// A crossover is a change of sign of (fast − slow) between two bars on which both are defined; the first bar on which both are
/// defined is none. Averages are compared as fractions. Where they are equal they touch, and a touch is on neither side: the sign
/// before it is compared with the sign after it. So `+ 0 −` is one crossover, at the bar of the `−`, and `+ 0 +` is none; zeros before
/// the first sign are none either.
#[derive(Debug, Clone)]
pub struct SmaCrossover {
    averages: SmaPair,
    warm_up_bars: usize,
    /// The last sign of (fast − slow): `Less` or `Greater`.
    side: Option<Ordering>,
}

impl SmaCrossover {
    /// Makes the strategy; periods are in bars, both at least 1. That fast is below slow is the configuration's rule.
    pub fn new(fast_period: usize, slow_period: usize) -> Result<Self, PeriodError> {
        let averages = SmaPair::new(fast_period, slow_period)?;
        Ok(Self { averages, warm_up_bars: fast_period.max(slow_period), side: None })
    }
}

impl Strategy for SmaCrossover {
    fn warm_up_bars(&self) -> usize {
        self.warm_up_bars
    }

    fn on_bar(&mut self, context: &Context, bar: &Bar, intents: &mut Intents) {
        let Some(side) = self.averages.next(bar.close) else { return };
        if side.is_eq() {
            return;
        }
        match (self.side.replace(side), side) {
            (Some(Ordering::Less), Ordering::Greater) if context.is_flat() => {
                intents.enter_all_in("fast crossed above slow");
            }
            (Some(Ordering::Greater), Ordering::Less) if !context.is_flat() => {
                intents.exit("fast crossed below slow");
            }
            _ => {}
        }
    }
}
