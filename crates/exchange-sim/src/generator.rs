//! The generated market: candles as a pure function of seed, symbol and time, drawn a day at a time and remembered.
//!
//! Invariants: the market is a pure function of seed, symbol, time and the list of revisions; only minutes are drawn, and
//! revised, and every other interval folds them, so all intervals agree to the last unit; a bar that
//! the clock has not closed shows nothing later than the clock. Which requests may be asked is the HTTP side's business.

mod day;
mod listing;
mod maths;
mod outage;
mod regime;
mod revisions;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use types::{Grid, Interval, Symbol, Timestamp};

use crate::bar::Bar;
use crate::market::{Row, Window};
use regime::{DayPlan, FIRST_DAY, Skeleton};
use revisions::Revisions;

pub(crate) use listing::INTERVALS;
pub use listing::{Listing, default_listings};
pub(crate) use maths::Rng;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Days whose minutes are kept: 1000 one-minute rows touch two, and several readers may page at once.
const KEPT_DAYS: usize = 64;

/// A deterministic market.
#[derive(Debug)]
pub(crate) struct GeneratedMarket {
    seed: u64,
    symbols: Vec<ListedSymbol>,
    /// Hours and totals of every day seen so far: two kilobytes a day.
    summaries: Mutex<BTreeMap<(usize, i64), Arc<Summary>>>,
    /// Minutes of the days seen last, oldest first.
    minutes: Mutex<VecDeque<(usize, i64, Minutes)>>,
    days_drawn: AtomicU64,
    revisions: Mutex<Revisions>,
}

type Minutes = Arc<Vec<Option<Bar>>>;

#[derive(Debug)]
struct ListedSymbol {
    listing: Listing,
    key: u64,
    skeleton: Skeleton,
}

/// A day's hours and the day itself.
#[derive(Debug)]
struct Summary {
    hours: Vec<Option<Bar>>,
    total: Option<Bar>,
}

impl GeneratedMarket {
    /// Lists symbols on a market of this seed.
    pub(crate) fn new(seed: u64, listings: Vec<Listing>) -> Self {
        let symbols = listings
            .into_iter()
            .map(|listing| {
                let skeleton = Skeleton::new(seed, &listing);
                ListedSymbol { key: regime::symbol_key(&listing.symbol), skeleton, listing }
            })
            .collect();
        Self {
            seed,
            symbols,
            summaries: Mutex::default(),
            minutes: Mutex::default(),
            days_drawn: AtomicU64::new(0),
            revisions: Mutex::default(),
        }
    }

    /// Returns the listed symbols in their order.
    pub(crate) fn listings(&self) -> impl Iterator<Item = &Listing> {
        self.symbols.iter().map(|symbol| &symbol.listing)
    }

    /// Returns where candles of an interval open; `None` when the symbol is not listed.
    pub(crate) fn grid(&self, symbol: &Symbol, interval: Interval) -> Option<Grid> {
        Some(self.symbols.get(self.index(symbol)?)?.listing.grid(interval))
    }

    /// Returns how many days were drawn so far: the cost of all answers.
    pub(crate) fn days_drawn(&self) -> u64 {
        self.days_drawn.load(Ordering::Relaxed)
    }

    /// Returns the rows of a window as the clock `now` shows them, or `None` when the symbol is not listed.
    pub(crate) fn rows(
        &self,
        symbol: &Symbol,
        interval: Interval,
        window: Window,
        now: Timestamp,
    ) -> Option<Vec<Row>> {
        let index = self.index(symbol)?;
        let mut reader = Reader { market: self, index, summary: None, minutes: None };
        let last = window.to.map_or(now, |to| to.min(now));
        let listing = &self.symbols.get(index)?.listing;
        let grid = listing.grid(interval);
        let history = grid.floor(Timestamp::from_ms(listing.first_day.max(FIRST_DAY) * Timestamp::DAY_MS));
        let mut rows = Vec::new();
        let mut take = |open: Timestamp| {
            let next_open = interval.next_open(open);
            if let Some(bar) = reader.bar(open.as_ms(), next_open.as_ms(), now.as_ms()) {
                rows.push(Row { open_time: open, next_open, bar });
            }
            rows.len() < window.limit
        };
        if let Some(from) = window.from {
            let mut open = grid.ceil(from.max(history));
            while open <= last && take(open) {
                open = interval.next_open(open);
            }
        } else {
            let mut open = grid.floor(last);
            while open >= history && take(open) {
                open = grid.floor(open.plus_ms(-1));
            }
            rows.reverse();
        }
        Some(rows)
    }

    fn summary(&self, index: usize, day: i64) -> Option<Arc<Summary>> {
        if let Some(known) = lock(&self.summaries).get(&(index, day)) {
            return Some(Arc::clone(known));
        }
        let (minutes, version) = self.draw(index, day)?;
        // A page of days would push out minutes that somebody is reading, so these are not remembered.
        let hours: Vec<_> = minutes.chunks(60).map(|hour| Bar::fold(hour.iter().copied())).collect();
        let summary = Arc::new(Summary { total: Bar::fold(hours.iter().copied()), hours });
        let mut known = lock(&self.summaries);
        if self.is_current(version) {
            known.insert((index, day), Arc::clone(&summary));
        }
        drop(known);
        Some(summary)
    }

    fn minutes(&self, index: usize, day: i64) -> Option<Minutes> {
        let is_wanted = |entry: &&(usize, i64, Minutes)| (entry.0, entry.1) == (index, day);
        if let Some((_, _, known)) = lock(&self.minutes).iter().find(is_wanted) {
            return Some(Arc::clone(known));
        }
        let (drawn, version) = self.draw(index, day)?;
        let drawn = Arc::new(drawn);
        let mut kept = lock(&self.minutes);
        if !self.is_current(version) {
            return Some(drawn);
        }
        if kept.len() >= KEPT_DAYS {
            kept.pop_front();
        }
        kept.push_back((index, day, Arc::clone(&drawn)));
        Some(drawn)
    }

    /// Draws a day as it was revised until now, and returns which state of the revisions that is.
    fn draw(&self, index: usize, day: i64) -> Option<(Vec<Option<Bar>>, u64)> {
        let symbol = self.symbols.get(index)?;
        let plan: DayPlan = symbol.skeleton.day(day).filter(|_| day >= symbol.listing.first_day)?;
        self.days_drawn.fetch_add(1, Ordering::Relaxed);
        let mut minutes = day::draw(self.seed, symbol.key, &symbol.listing, day, &plan);
        let revisions = lock(&self.revisions);
        revisions.apply(index, day, &mut minutes);
        Some((minutes, revisions.version()))
    }

    /// Returns whether nothing was revised since a day was drawn, so that it may be remembered.
    fn is_current(&self, version: u64) -> bool {
        lock(&self.revisions).version() == version
    }

    /// Revises the closed minute that opened at a time; `None` when there is none.
    pub(crate) fn revise(&self, symbol: &Symbol, open_time: Timestamp, now: Timestamp) -> Option<Row> {
        let index = self.index(symbol)?;
        let at = open_time.as_ms();
        let (day, minute) = (at.div_euclid(Timestamp::DAY_MS), slot(at, MINUTE_MS, 1440));
        let exists = self.minutes(index, day)?.get(minute).is_some_and(Option::is_some);
        if at.rem_euclid(MINUTE_MS) != 0 || now.ms_since(open_time) < MINUTE_MS || !exists {
            return None;
        }
        lock(&self.revisions).add(index, day, minute);
        // Only now: whoever drew the day before will not remember it any more.
        lock(&self.summaries).remove(&(index, day));
        lock(&self.minutes).retain(|(of, on, _)| (*of, *on) != (index, day));
        let bar = self.minutes(index, day)?.get(minute).copied().flatten()?;
        Some(Row { open_time, next_open: open_time.plus_ms(MINUTE_MS), bar })
    }

    fn index(&self, symbol: &Symbol) -> Option<usize> {
        self.symbols.iter().position(|listed| &listed.listing.symbol == symbol)
    }
}

/// Reads bars of one symbol; holds on to the day it is in, so that neighbours cost no lock.
struct Reader<'market> {
    market: &'market GeneratedMarket,
    index: usize,
    summary: Option<(i64, Option<Arc<Summary>>)>,
    minutes: Option<(i64, Option<Minutes>)>,
}

impl Reader<'_> {
    /// Folds everything in `open..close` that is known at `now`, in the largest pieces that fit.
    fn bar(&mut self, open: i64, close: i64, now: i64) -> Option<Bar> {
        let known_until = close.min(now);
        let mut total: Option<Bar> = None;
        let mut at = open;
        while at < close {
            let day = at.div_euclid(Timestamp::DAY_MS);
            let fits = |length: i64| at % length == 0 && at + length <= known_until;
            let (piece, length) = if fits(Timestamp::DAY_MS) {
                (self.summary(day).and_then(|summary| summary.total), Timestamp::DAY_MS)
            } else if fits(HOUR_MS) {
                let hour = slot(at, HOUR_MS, 24);
                (self.summary(day).and_then(|summary| summary.hours.get(hour).copied().flatten()), HOUR_MS)
            } else {
                let minute = slot(at, MINUTE_MS, 1440);
                let whole = self.minutes(day).and_then(|minutes| minutes.get(minute).copied().flatten());
                (whole.map(|bar| bar.partial(known_until - at, MINUTE_MS)), MINUTE_MS)
            };
            if let Some(piece) = piece {
                total = Some(total.map_or(piece, |total| total.then(&piece)));
            }
            at += length;
            if at > now {
                break;
            }
        }
        total
    }

    fn summary(&mut self, day: i64) -> Option<&Summary> {
        if self.summary.as_ref().is_none_or(|(held, _)| *held != day) {
            self.summary = Some((day, self.market.summary(self.index, day)));
        }
        self.summary.as_ref()?.1.as_deref()
    }

    fn minutes(&mut self, day: i64) -> Option<&Vec<Option<Bar>>> {
        if self.minutes.as_ref().is_none_or(|(held, _)| *held != day) {
            self.minutes = Some((day, self.market.minutes(self.index, day)));
        }
        self.minutes.as_ref()?.1.as_deref()
    }
}

/// Returns which of `count` pieces of `length` milliseconds an instant lies in, counted cyclically.
fn slot(at: i64, length: i64, count: i64) -> usize {
    usize::try_from(at.div_euclid(length).rem_euclid(count)).unwrap_or(0)
}

/// Locks a cache; a reader that panicked cannot have left it half-written, since entries are inserted whole.
fn lock<T>(cache: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
