//! Which stretches to ask for, where an exchange answers the newest rows of a stretch and not the first ones after a start.
//!
//! Invariants: the page it ends with holds every candle of its stretch, also when the exchange served fewer rows than it was
//! asked for; a stretch without candles is crossed in a number of requests that grows with the logarithm of its length. It asks
//! nobody: it says what to ask next and is told what came.

use types::{Grid, TimeRange, Timestamp};

use crate::protocol::ServedCandle;

/// How much further to look each time nothing was found.
const STRIDE: i64 = 4;

/// The way to the first page of candles of a stretch.
#[derive(Debug)]
pub struct Stretch {
    grid: Grid,
    /// Bars that one answer may hold.
    most: i64,
    end: Timestamp,
    /// Nothing opens from the start up to here.
    first: Timestamp,
    /// The part that is asked for next.
    part: TimeRange,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Looking for any candle, in ever longer parts; the length of the present one in bars.
    Seeking(i64),
    /// There is a candle at this time; whether there are earlier ones is not known.
    Narrowing(Timestamp),
    /// The page ends at `end`; these of its rows are here, newest parts first.
    Filling { end: Timestamp, rows: Vec<ServedCandle> },
}

/// What came of an answer.
#[derive(Debug)]
pub enum Found {
    /// Ask for [`Stretch::part`] next.
    NotYet,
    /// Nothing opens in the whole stretch.
    Nothing,
    /// Every candle that opens from the start and before `until`, at least one.
    Page {
        /// The rows, in the order of their open times.
        rows: Vec<ServedCandle>,
        /// Where the next page begins.
        until: Timestamp,
    },
}

impl Stretch {
    /// The way through `range`, to be asked in answers of at most `most` rows; `None` when no bar opens in it.
    pub fn new(grid: impl Into<Grid>, range: TimeRange, most: usize) -> Option<Self> {
        let most = i64::try_from(most).unwrap_or(i64::MAX).max(1);
        let grid = grid.into();
        let first = grid.ceil(range.start);
        let mut stretch = Self {
            grid,
            most,
            end: range.end,
            first,
            part: TimeRange { start: first, end: first },
            state: State::Seeking(most),
        };
        stretch.part.end = stretch.after(first, most);
        (!stretch.part.is_empty()).then_some(stretch)
    }

    /// Returns what to ask for next: the newest rows that open in it.
    pub const fn part(&self) -> TimeRange {
        self.part
    }

    /// Takes the answer about [`Stretch::part`], in any order.
    pub fn answer(&mut self, rows: Vec<ServedCandle>) -> Found {
        let opens = rows.iter().map(|row| row.candle.open_time);
        let oldest = opens.filter(|&open| self.part.contains(open)).min();
        match (&mut self.state, oldest) {
            (State::Seeking(bars), None) => {
                let bars = bars.saturating_mul(STRIDE);
                self.first = self.part.end;
                self.part = TimeRange { start: self.first, end: self.after(self.first, bars) };
                self.state = State::Seeking(bars);
                if self.part.is_empty() { Found::Nothing } else { Found::NotYet }
            }
            (State::Seeking(bars), Some(oldest)) => {
                if *bars > self.most {
                    return self.narrow(oldest);
                }
                self.state = State::Filling { end: self.part.end, rows: Vec::new() };
                self.fill(rows, Some(oldest))
            }
            (State::Narrowing(known), None) => {
                let known = *known;
                self.first = self.part.end;
                self.narrow(known)
            }
            (State::Narrowing(_), Some(oldest)) => self.narrow(oldest),
            (State::Filling { .. }, _) => self.fill(rows, oldest),
        }
    }

    /// There is a candle at `known`, none before `first`: halves what lies between until a page reaches from one to the other.
    fn narrow(&mut self, known: Timestamp) -> Found {
        let page_end = self.after(self.first, self.most);
        if known < page_end {
            self.part = TimeRange { start: self.first, end: page_end };
            self.state = State::Filling { end: page_end, rows: Vec::new() };
            return Found::NotYet;
        }
        let middle = Timestamp::from_ms(i64::midpoint(self.first.as_ms(), known.as_ms()));
        self.part = TimeRange { start: self.first, end: self.grid.ceil(middle) };
        self.state = State::Narrowing(known);
        Found::NotYet
    }

    /// Adds rows to the page. The part before them is empty only once it was asked for by itself: an exchange that serves fewer
    /// rows than we asked for leaves out the oldest.
    fn fill(&mut self, new: Vec<ServedCandle>, oldest: Option<Timestamp>) -> Found {
        let State::Filling { end, rows } = &mut self.state else { return Found::NotYet };
        rows.extend(new);
        match oldest {
            Some(oldest) if oldest > self.first => {
                self.part.end = oldest;
                Found::NotYet
            }
            _ if rows.is_empty() => Found::Nothing,
            _ => {
                let mut rows = std::mem::take(rows);
                rows.sort_by_key(|row| row.candle.open_time);
                Found::Page { rows, until: *end }
            }
        }
    }

    /// Returns the time so many bars after `open`, but not after the end.
    fn after(&self, open: Timestamp, bars: i64) -> Timestamp {
        const SHORTEST_MONTH_MS: i64 = 28 * Timestamp::DAY_MS;
        let bar_ms = self.grid.interval().fixed_ms().unwrap_or(SHORTEST_MONTH_MS);
        let end = Timestamp::from_ms(open.as_ms().saturating_add(bar_ms.saturating_mul(bars)));
        end.min(self.end)
    }
}

#[cfg(test)]
mod tests;
