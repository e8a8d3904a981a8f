//! What a text says about itself before its rows are taken: the interval of its first rows, whether their quote volume says anything,
//! and what its columns of symbols and intervals hold, if it has any.

use types::{Interval, SeriesKey, Symbol};

use super::ImportError;
use super::layout::{Layout, MAX_COLUMNS, split};
use super::length::CandleLength;
use super::named::{intervals_in, plain_symbol};
use super::quote::FillerWatch;
use super::row;
use super::spacing::Spacing;

/// A look at the first rows of a text, and at all of them where it has a column of symbols or intervals.
#[derive(Debug)]
pub(super) struct FirstRows<'a> {
    layout: &'a Layout,
    asked: &'a SeriesKey,
    spacing: Spacing,
    pub(super) quotes: FillerWatch,
    rows: u64,
    other_symbol: Option<(u64, String)>,
    other_interval: Option<CandleLength>,
}

impl<'a> FirstRows<'a> {
    pub(super) fn new(layout: &'a Layout, asked: &'a SeriesKey) -> Self {
        Self {
            layout,
            asked,
            spacing: Spacing::default(),
            quotes: FillerWatch::default(),
            rows: 0,
            other_symbol: None,
            other_interval: None,
        }
    }

    /// Returns whether more rows would say nothing new.
    pub(super) fn is_enough(&self) -> bool {
        let has_more = self.layout.symbol.is_some() || self.layout.interval.is_some();
        self.other_symbol.is_some() || self.spacing.is_enough() && !has_more
    }

    /// Returns whether there was no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Looks at the line with this number.
    pub(super) fn see(&mut self, number: u64, line: &[u8]) {
        let mut cells = [&[][..]; MAX_COLUMNS];
        let count = split(line, &mut cells);
        if cells.get(..count).is_some_and(|cells| self.layout.is_header(cells)) {
            return;
        }
        self.rows += 1;
        if !self.spacing.is_enough() {
            self.spacing.see(&cells, self.layout);
            if let Some(candle) = row::peek(&cells, self.layout) {
                self.quotes.see(&candle);
            }
        }
        let text = |column: Option<usize>| {
            let cell = column.and_then(|column| cells.get(column)).filter(|cell| !cell.is_empty());
            cell.map(|cell| String::from_utf8_lossy(cell).chars().take(40).collect::<String>())
        };
        if let Some(found) = text(self.layout.symbol)
            && !are_alike(&found, &self.asked.symbol)
        {
            self.other_symbol.get_or_insert((number, found));
        }
        if let Some(found) = text(self.layout.interval).and_then(|text| text.parse::<Interval>().ok())
            && found != self.asked.interval
        {
            self.other_interval.get_or_insert(CandleLength::Interval(found));
        }
    }

    /// Refuses a text that is not what it is said to be.
    pub(super) fn check(&self, name: &str) -> Result<(), ImportError> {
        if let Some((line, found)) = &self.other_symbol {
            return Err(ImportError::OtherSymbol {
                file: name.to_owned(),
                line: *line,
                found: found.clone(),
                asked: self.asked.symbol.clone(),
            });
        }
        let asked = self.asked.interval;
        match self.other_interval.or_else(|| self.spacing.contradicts(asked)) {
            Some(found) => Err(ImportError::WrongInterval { file: name.to_owned(), found, asked }),
            None => check_name(name, asked),
        }
    }
}

/// Refuses a file whose name says another interval.
pub(super) fn check_name(name: &str, asked: Interval) -> Result<(), ImportError> {
    let named = intervals_in(name);
    match named.first() {
        Some(&found) if !named.contains(&asked) => {
            Err(ImportError::NamedInterval { file: name.to_owned(), found, asked })
        }
        _ => Ok(()),
    }
}

/// Returns whether a cell may name this symbol: `BTC/USDT`, `BTC` and `BINANCE:BTCUSDT` are BTCUSDT.
fn are_alike(found: &str, asked: &Symbol) -> bool {
    let (found, asked) = (plain_symbol(found), plain_symbol(asked.as_str()));
    found.contains(&asked) || asked.contains(&found)
}
