//! A strategy that does what a script says, and an engine around it.

use std::borrow::Cow;

use engine::{
    Context, Event, FillModel, InstrumentIndex, Intent, Intents, Kernel, LongOnlySpot, SimulatedVenue, Size,
    Strategy,
};
use types::{Bar, FilterSchedule, Interval, Money, Rate, Timestamp};

/// Wishes, bar by bar.
#[derive(Debug)]
pub(crate) struct Scripted {
    pub(crate) wishes: Vec<Option<Intent>>,
    pub(crate) next: usize,
}

impl Strategy for Scripted {
    fn warm_up_bars(&self) -> usize {
        0
    }

    fn on_bar(&mut self, _context: &Context, _bar: &Bar, intents: &mut Intents) {
        if let Some(Some(intent)) = self.wishes.get(self.next) {
            intents.push(intent.clone());
        }
        self.next += 1;
    }
}

/// Reads `enter stop=90 target=110`, `exit` or nothing.
pub(crate) fn wish(text: &str) -> Option<Intent> {
    let mut words = text.split_whitespace();
    match words.next()? {
        "enter" => {
            let (mut stop, mut target) = (None, None);
            for word in words {
                match word.split_once('=') {
                    Some(("stop", price)) => stop = Some(price.parse().expect("a price")),
                    Some(("target", price)) => target = Some(price.parse().expect("a price")),
                    _ => panic!("unknown word '{word}'"),
                }
            }
            Some(Intent::Enter { size: Size::AllCash, stop, target, reason: Cow::Borrowed("signal") })
        }
        "exit" => Some(Intent::Exit { reason: Cow::Borrowed("signal") }),
        other => panic!("unknown wish '{other}'"),
    }
}

pub(crate) fn kernel(
    wishes: Vec<Option<Intent>>,
    cash: Money,
    fee_rate: Rate,
    slippage: Rate,
    filters: FilterSchedule,
) -> Kernel<SimulatedVenue> {
    let model = FillModel { fee_rate, slippage, filters: vec![filters] };
    let venue = SimulatedVenue::new(&model).expect("filters that fit");
    Kernel::new(Box::new(Scripted { wishes, next: 0 }), Box::new(LongOnlySpot), venue, cash, 1)
}

/// When the hourly bar with this number opens, from 1.
pub(crate) const fn open_time(number: i64) -> Timestamp {
    Timestamp::from_ms(number * 3_600_000)
}

/// The event of the hourly bar with this number, from 1.
pub(crate) fn bar_event(number: i64, [open, high, low, close]: [f64; 4]) -> Event {
    let open_time = open_time(number);
    Event::Bar {
        instrument: InstrumentIndex::FIRST,
        bar: Bar { open_time, open, high, low, close, volume: 1.0 },
        closed_at: Interval::H1.next_open(open_time),
    }
}
