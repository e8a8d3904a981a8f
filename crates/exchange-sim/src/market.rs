//! What is traded: a generated market or recorded candles, behind one question ("which rows show in this window now?").
//!
//! History changes only by [`Market::revise`]; every answer after it shows the revised candle in all its intervals.

mod revision;

use serde_json::{Value, json};
use types::{Grid, Interval, Symbol, Timestamp};

use crate::bar::{Bar, text};
use crate::generator::{GeneratedMarket, INTERVALS};
use crate::replay::ReplayedMarket;

pub(crate) use revision::Revision;

/// Which open times are asked for; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// First open time. With it rows count from the oldest, without it from the newest.
    pub(crate) from: Option<Timestamp>,
    /// Last open time.
    pub(crate) to: Option<Timestamp>,
    /// Most rows.
    pub(crate) limit: usize,
}

/// A bar and its place in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) open_time: Timestamp,
    pub(crate) next_open: Timestamp,
    pub(crate) bar: Bar,
}

/// A traded pair's name and assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) symbol: Symbol,
    pub(crate) base: String,
    pub(crate) quote: String,
}

/// The candles of the simulator.
#[derive(Debug)]
pub(crate) enum Market {
    Generated(GeneratedMarket),
    Replayed(ReplayedMarket),
}

impl Market {
    /// Returns the rows of a window as the clock `now` shows them, the unfinished one included.
    pub(crate) fn rows(
        &self,
        symbol: &Symbol,
        interval: Interval,
        window: Window,
        now: Timestamp,
    ) -> Result<Vec<Row>, NoSeries> {
        if !self.has_symbol(symbol) {
            return Err(NoSeries::Symbol);
        }
        match self {
            Self::Generated(_) if !INTERVALS.contains(&interval) => Err(NoSeries::Interval),
            Self::Generated(market) => market.rows(symbol, interval, window, now).ok_or(NoSeries::Symbol),
            Self::Replayed(market) => market.rows(symbol, interval, window, now).ok_or(NoSeries::Interval),
        }
    }

    /// Revises the closed candle of the finest series that opened at a time; `None` when there is none.
    pub(crate) fn revise(&self, symbol: &Symbol, open_time: Timestamp, now: Timestamp) -> Option<Row> {
        match self {
            Self::Generated(market) => market.revise(symbol, open_time, now),
            Self::Replayed(market) => market.revise(symbol, open_time, now),
        }
    }

    /// Returns where candles of a series open; the usual grid where there are none.
    pub(crate) fn grid(&self, symbol: &Symbol, interval: Interval) -> Grid {
        let known = match self {
            Self::Generated(market) => market.grid(symbol, interval),
            Self::Replayed(market) => market.grid(symbol, interval),
        };
        known.unwrap_or(Grid::usual(interval))
    }

    /// Returns the finest interval of a symbol that is served.
    pub(crate) fn finest(&self, symbol: &Symbol) -> Option<Interval> {
        match self {
            Self::Generated(_) => self.has_symbol(symbol).then_some(Interval::M1),
            Self::Replayed(market) => market.finest(symbol),
        }
    }

    /// Returns the traded pairs in the order they were listed.
    pub(crate) fn pairs(&self) -> Vec<Pair> {
        match self {
            Self::Generated(market) => market
                .listings()
                .map(|listing| Pair {
                    symbol: listing.symbol.clone(),
                    base: listing.base.clone(),
                    quote: listing.quote.clone(),
                })
                .collect(),
            Self::Replayed(market) => market.pairs().to_vec(),
        }
    }

    /// Returns whether a symbol is traded.
    pub(crate) fn has_symbol(&self, symbol: &Symbol) -> bool {
        match self {
            Self::Generated(market) => market.listings().any(|listing| &listing.symbol == symbol),
            Self::Replayed(market) => market.pairs().iter().any(|pair| &pair.symbol == symbol),
        }
    }

    /// Returns how many days of candles were generated so far; none for recorded candles.
    pub(crate) fn days_drawn(&self) -> u64 {
        match self {
            Self::Generated(market) => market.days_drawn(),
            Self::Replayed(_) => 0,
        }
    }

    /// Returns the price of the last trade at `now`.
    pub(crate) fn last_price(&self, symbol: &Symbol, now: Timestamp) -> Option<i64> {
        let interval = self.finest(symbol)?;
        let window = Window { from: None, to: None, limit: 1 };
        self.rows(symbol, interval, window, now).ok()?.last().map(|row| row.bar.close)
    }
}

/// Why there are no rows at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSeries {
    Symbol,
    Interval,
}

impl Row {
    /// Returns whether the bar is finished.
    pub(crate) fn is_closed(&self, now: Timestamp) -> bool {
        self.next_open <= now
    }

    /// Returns the row as klines answers it: twelve cells, times in milliseconds or microseconds.
    pub(crate) fn to_json(self, time_scale: i64) -> Value {
        let Bar { open, high, low, close, volume, quote, trades, taker_base, taker_quote } = self.bar;
        json!([
            self.open_time.as_ms() * time_scale,
            text(open),
            text(high),
            text(low),
            text(close),
            text(volume),
            self.next_open.as_ms() * time_scale - 1,
            text(quote),
            trades,
            text(taker_base),
            text(taker_quote),
            "0",
        ])
    }
}
