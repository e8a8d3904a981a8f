//! What one connection is subscribed to, and which kline frames are due.
//!
//! Invariants: every candle that closes while subscribed gets exactly one frame with `x = true`, in order, unless the
//! connection stalls meanwhile; an unfinished candle is shown only when it changed. What faults do to frames that are due is
//! the outbox's business.

use std::sync::Arc;

use serde_json::{Value, json};
use types::{Grid, Interval, Symbol, Timestamp};

use crate::bar::{Bar, text};
use crate::market::{Row, Window};
use crate::simulator::Simulator;
use crate::streams::outbox::Frame;

/// Closed candles sent at one go; a clock that leaps further is caught up with at the next tick.
const MOST_CANDLES: usize = 1000;

/// Streams of one connection, in the order subscribed.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    all: Vec<Subscription>,
    /// What the clock showed when frames were last looked for.
    looked_at: Timestamp,
}

#[derive(Debug)]
struct Subscription {
    name: Arc<str>,
    kline: Option<Kline>,
}

#[derive(Debug)]
struct Kline {
    symbol: Symbol,
    grid: Grid,
    /// Open time of the first candle whose end has not been told.
    cursor: Timestamp,
    shown: Option<Bar>,
}

impl Subscriptions {
    /// Subscribes; a stream that is there already stays as it is.
    pub(crate) fn add(&mut self, name: String, sim: &Simulator, now: Timestamp) {
        if self.all.iter().all(|subscription| *subscription.name != *name) {
            let kline = parse(&name).map(|(symbol, interval)| {
                let grid = sim.market().grid(&symbol, interval);
                Kline { symbol, grid, cursor: grid.floor(now), shown: None }
            });
            self.all.push(Subscription { name: name.into(), kline });
        }
    }

    /// Unsubscribes; a stream that is not there is no error.
    pub(crate) fn remove(&mut self, name: &str) {
        self.all.retain(|subscription| &*subscription.name != name);
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.all.iter().map(|subscription| &*subscription.name).collect()
    }

    /// Returns when the first candle on the grid closes that was open at the last look; off-grid ones are found by looking
    /// often.
    pub(crate) fn next_closing(&self) -> Option<Timestamp> {
        let grids = self.all.iter().filter_map(|subscription| Some(subscription.kline.as_ref()?.grid));
        grids.map(|grid| grid.interval().next_open(grid.floor(self.looked_at))).min()
    }

    /// Returns the frames that are due.
    pub(crate) fn due(&mut self, sim: &Simulator) -> Vec<Frame> {
        let now = sim.clock().now();
        self.looked_at = now;
        let mut frames = Vec::new();
        for Subscription { name, kline } in &mut self.all {
            let Some(kline) = kline else { continue };
            for row in kline.rows(sim, now) {
                let is_closing = row.is_closed(now);
                let is_due = is_closing || kline.shown.replace(row.bar) != Some(row.bar);
                if is_closing {
                    kline.told(&row);
                }
                if is_due {
                    let data = frame(kline, &row, is_closing, now);
                    frames.push(Frame { stream: Arc::clone(name), data, is_closing });
                }
            }
        }
        frames
    }

    /// Passes over what has closed, as if nobody had looked, and returns how many candles that were.
    pub(crate) fn skip(&mut self, sim: &Simulator) -> u64 {
        let now = sim.clock().now();
        let mut skipped = 0;
        for kline in self.all.iter_mut().filter_map(|subscription| subscription.kline.as_mut()) {
            loop {
                let closed: Vec<Row> =
                    kline.rows(sim, now).into_iter().filter(|row| row.is_closed(now)).collect();
                let Some(last) = closed.last() else { break };
                kline.told(last);
                skipped += u64::try_from(closed.len()).unwrap_or(0);
            }
        }
        skipped
    }
}

impl Kline {
    /// Returns the rows that have not been told; an unknown symbol or interval is silent, as on the real exchange.
    fn rows(&self, sim: &Simulator, now: Timestamp) -> Vec<Row> {
        let window = Window { from: Some(self.cursor), to: None, limit: MOST_CANDLES };
        sim.market().rows(&self.symbol, self.grid.interval(), window, now).unwrap_or_default()
    }

    fn told(&mut self, row: &Row) {
        self.cursor = row.next_open;
        self.shown = None;
    }
}

/// Reads `btcusdt@kline_1h`; also with the explicit `@+00:00`.
fn parse(name: &str) -> Option<(Symbol, Interval)> {
    let (symbol, rest) = name.strip_suffix("@+00:00").unwrap_or(name).split_once("@kline_")?;
    let interval = Interval::ALL.into_iter().find(|interval| interval.as_str() == rest)?;
    Some((symbol.to_uppercase().parse().ok()?, interval))
}

fn frame(kline: &Kline, row: &Row, is_closed: bool, now: Timestamp) -> Value {
    let bar = &row.bar;
    // Ids ascend within a stream and count its trades; they cannot be compared between intervals.
    let first_id = row.open_time.as_ms() / 60_000 * 1_000_000;
    let (first, last) = if bar.trades == 0 { (-1, -1) } else { (first_id, first_id + bar.trades - 1) };
    json!({
        "e": "kline",
        "E": now.as_ms(),
        "s": kline.symbol,
        "k": {
            "t": row.open_time.as_ms(),
            "T": row.next_open.as_ms() - 1,
            "s": kline.symbol,
            "i": kline.grid.interval(),
            "f": first,
            "L": last,
            "o": text(bar.open),
            "c": text(bar.close),
            "h": text(bar.high),
            "l": text(bar.low),
            "v": text(bar.volume),
            "n": bar.trades,
            "x": is_closed,
            "q": text(bar.quote),
            "V": text(bar.taker_base),
            "Q": text(bar.taker_quote),
            "B": "0",
        },
    })
}
