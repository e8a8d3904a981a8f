//! Buys once with all cash and never sells: the yardstick for everything else.

use engine::{Context, Intents, Strategy};
use types::Bar;

/// Buys at the open of the second bar, because the first must have closed before anything is known.
#[derive(Debug, Clone, Default)]
pub struct BuyAndHold {
    has_bought: bool,
}

impl Strategy for BuyAndHold {
    fn warm_up_bars(&self) -> usize {
        0
    }

    fn on_bar(&mut self, context: &Context, _bar: &Bar, intents: &mut Intents) {
        if !self.has_bought && context.is_flat() {
            self.has_bought = true;
            intents.enter_all_in("first bar");
        }
    }
}
