//! What one connection is subscribed to, and which kline frames are due.
//!
//! Invariants: every candle that closes while subscribed gets exactly one frame with `x = true`, in order, unless a fault
//! swallows it; an unfinished candle is shown only when it changed.

use serde_json::{Value, json};
use types::{Interval, Symbol, Timestamp};

use crate::bar::{Bar, text};
use crate::market::{Row, Window};
use crate::simulator::Simulator;

/// Closed candles sent at one go; a clock that leaps further is caught up with at the next tick.
const MOST_CANDLES: usize = 1000;

/// Streams of one connection, in the order subscribed.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions(Vec<Subscription>);

#[derive(Debug)]
struct Subscription {
    name: String,
    kline: Option<Kline>,
}

#[derive(Debug)]
struct Kline {
    symbol: Symbol,
    interval: Interval,
    /// Open time of the first candle whose end has not been told.
    cursor: Timestamp,
    shown: Option<Bar>,
}

impl Subscriptions {
    /// Subscribes; a stream that is there already stays as it is.
    pub(crate) fn add(&mut self, name: String, now: Timestamp) {
        if self.0.iter().all(|subscription| subscription.name != name) {
            let kline = parse(&name).map(|(symbol, interval)| Kline {
                symbol,
                interval,
                cursor: interval.floor(now),
                shown: None,
            });
            self.0.push(Subscription { name, kline });
        }
    }

    /// Unsubscribes; a stream that is not there is no error.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|subscription| subscription.name != name);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|subscription| subscription.name.as_str()).collect()
    }

    /// Returns the frames that are due, with the stream each belongs to.
    pub(crate) fn due(&mut self, sim: &Simulator) -> Vec<(String, Value)> {
        let now = sim.clock().now();
        let mut frames = Vec::new();
        for Subscription { name, kline } in &mut self.0 {
            let Some(kline) = kline else { continue };
            let window = Window { from: Some(kline.cursor), to: None, limit: MOST_CANDLES };
            // An unknown symbol or interval is silent, as on the real exchange.
            let Ok(rows) = sim.market().rows(&kline.symbol, kline.interval, window, now) else { continue };
            for row in rows {
                let is_closed = row.is_closed(now);
                let is_due = if is_closed {
                    kline.cursor = row.next_open;
                    kline.shown = None;
                    !sim.swallows_closing_frame()
                } else {
                    kline.shown.replace(row.bar) != Some(row.bar)
                };
                if is_due {
                    frames.push((name.clone(), frame(kline, &row, is_closed, now)));
                }
            }
        }
        frames
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
            "i": kline.interval,
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
