//! Buys weakness and sells strength, measured by the relative strength index.

use engine::{Context, Intents, Strategy};
use indicators::{PeriodError, Rsi};
use types::Bar;

/// Buys when Wilder's RSI of closes is below `oversold`, sells when it is above `overbought`.
#[derive(Debug, Clone)]
pub struct RsiMeanReversion {
    rsi: Rsi,
    period: usize,
    oversold: f64,
    overbought: f64,
}

impl RsiMeanReversion {
    /// Makes the strategy; the period is in bars, the thresholds are RSI points from 0 to 100.
    pub fn new(period: usize, oversold: f64, overbought: f64) -> Result<Self, PeriodError> {
        Ok(Self { rsi: Rsi::new(period)?, period, oversold, overbought })
    }
}

impl Strategy for RsiMeanReversion {
    fn warm_up_bars(&self) -> usize {
        self.period + 1
    }

    fn on_bar(&mut self, context: &Context, bar: &Bar, intents: &mut Intents) {
        let Some(rsi) = self.rsi.next(bar.close) else { return };
        if context.is_flat() {
            if rsi < self.oversold {
                intents.enter_all_in("RSI below oversold");
            }
        } else if rsi > self.overbought {
            intents.exit("RSI above overbought");
        }
    }
}
