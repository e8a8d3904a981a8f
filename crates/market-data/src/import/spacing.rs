//! A look at the first rows of a file before anything is stored: are its candles of the interval that was asked for?
//!
//! A 1m file taken for 1h would pass row by row (every 60th minute is on the grid), and so would a 1h file taken for 1m. Close times
//! tell them apart; without them the distances between open times do. A series in which little is traded has candles far apart,
//! too; it is told from a coarser one by close times, or because not all its open times lie on the coarser grid.

use std::collections::BTreeMap;

use types::{Interval, Timestamp};

use super::layout::{CLOSE_TIME, Layout, OPEN_TIME};
use super::length::{CandleLength, may_last};
use super::number::{rough_ms, time};

/// How many rows are looked at.
const ROWS: u64 = 1000;
/// How unlikely it must be, one to so many, that the open times of a finer series lie on a coarser grid by chance.
const CHANCE: u64 = 1000;
const SHORTEST_MONTH: i64 = 28 * Timestamp::DAY_MS;

/// What the first rows of a file say about how long their candles last.
#[derive(Debug, Default)]
pub(super) struct Spacing {
    rows: u64,
    /// Open times that can be read.
    opens: Vec<i64>,
    /// Open and close times where both can be read.
    spans: Vec<(i64, i64)>,
}

impl Spacing {
    /// Returns whether enough rows were seen.
    pub(super) fn is_enough(&self) -> bool {
        self.rows >= ROWS
    }

    /// Looks at a row.
    pub(super) fn see(&mut self, cells: &[&[u8]], layout: &Layout) {
        let cell = |field: usize| layout.fields[field].and_then(|column| cells.get(column)).copied();
        self.rows += 1;
        let Some(open) = cell(OPEN_TIME).and_then(|cell| time(cell).ok()).map(Timestamp::as_ms) else {
            return;
        };
        self.opens.push(open);
        if let Some(close) = cell(CLOSE_TIME).and_then(rough_ms) {
            self.spans.push((open, close));
        }
    }

    /// Returns how long the candles last if that is beyond doubt not the interval asked for.
    pub(super) fn contradicts(&self, asked: Interval) -> Option<CandleLength> {
        let steps = self.steps();
        match self.by_closes(asked) {
            Told::Agrees => None,
            Told::Nothing => by_opens(&steps, asked),
            Told::Another(length @ CandleLength::Interval(_)) => Some(length),
            // Closes that are cut to minutes or days name another length than the distances do.
            Told::Another(length) => Some(by_opens(&steps, asked).unwrap_or(length)),
        }
    }

    fn by_closes(&self, asked: Interval) -> Told {
        let (mut agreeing, mut others) = (0, BTreeMap::<CandleLength, usize>::new());
        for &(open, close) in &self.spans {
            if may_last(asked, open, close) {
                agreeing += 1;
            } else if let Some(length) = CandleLength::between(open, close) {
                *others.entry(length).or_default() += 1;
            }
        }
        let total = agreeing + others.values().sum::<usize>();
        if total == 0 || total * 2 < self.spans.len() {
            return Told::Nothing;
        }
        if agreeing * 2 >= total {
            return Told::Agrees;
        }
        match others.into_iter().max_by_key(|row| row.1) {
            Some((length, count)) if count * 3 >= total * 2 => Told::Another(length),
            _ => Told::Nothing,
        }
    }

    fn steps(&self) -> Steps {
        let mut opens = self.opens.clone();
        opens.sort_unstable();
        opens.dedup();
        let lengths = opens.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Steps { opens, lengths }
    }
}

/// What close times say.
enum Told {
    Agrees,
    Another(CandleLength),
    Nothing,
}

/// Open times in order, each once, and the distances between them.
struct Steps {
    opens: Vec<i64>,
    lengths: Vec<i64>,
}

fn by_opens(steps: &Steps, asked: Interval) -> Option<CandleLength> {
    if steps.lengths.is_empty() {
        return None;
    }
    let shortest = asked.fixed_ms().unwrap_or(SHORTEST_MONTH);
    let longest = asked.fixed_ms().unwrap_or(31 * Timestamp::DAY_MS);
    let finer = steps.lengths.iter().filter(|step| **step < shortest).count();
    if finer * 2 >= steps.lengths.len() {
        return steps.regular().or_else(|| steps.grid_below(asked));
    }
    // Two candles side by side are of the interval that was asked for.
    if steps.lengths.iter().any(|step| *step <= longest) {
        return None;
    }
    steps.months(asked).or_else(|| steps.regular()).or_else(|| steps.coarser_grid(asked))
}

impl Steps {
    /// Returns the distance that nearly all candles keep. A single one must be that of an interval, on its grid.
    fn regular(&self) -> Option<CandleLength> {
        let mut counts = BTreeMap::<i64, usize>::new();
        for step in &self.lengths {
            *counts.entry(*step).or_default() += 1;
        }
        let (&step, &count) = counts.iter().max_by_key(|row| *row.1)?;
        if count * 3 < self.lengths.len() * 2 || step % 1000 != 0 {
            return None;
        }
        match CandleLength::of_ms(step) {
            length @ CandleLength::Interval(interval) => {
                (self.lengths.len() > 1 || self.is_on_grid(interval)).then_some(length)
            }
            length => (self.lengths.len() > 1).then_some(length),
        }
    }

    /// Returns months when all candles open on the first of one.
    fn months(&self, asked: Interval) -> Option<CandleLength> {
        if asked.fixed_ms().is_some() && !self.is_on_grid(Interval::Mo1) {
            return None;
        }
        let number = |ms: &i64| {
            let (year, month) = Timestamp::from_ms(*ms).year_month();
            i64::from(year) * 12 + i64::from(month)
        };
        let months: Vec<i64> = self.opens.iter().map(number).collect();
        let step = months.windows(2).map(|pair| pair[1] - pair[0]).fold(0, greatest_common_divisor);
        match u32::try_from(step).unwrap_or(0) {
            0 => None,
            1 => Some(CandleLength::Interval(Interval::Mo1)),
            step => (self.lengths.len() > 1).then_some(CandleLength::Months(step)),
        }
    }

    /// Returns the coarsest interval below `asked` on whose grid all candles open.
    fn grid_below(&self, asked: Interval) -> Option<CandleLength> {
        let finer = Interval::ALL.into_iter().filter(|interval| *interval < asked);
        finer.rev().find(|interval| self.is_on_grid(*interval)).map(CandleLength::Interval)
    }

    /// Returns the coarser grid on which all candles open, if that cannot be chance.
    fn coarser_grid(&self, asked: Interval) -> Option<CandleLength> {
        let asked = asked.fixed_ms()?;
        let step = self.lengths.iter().copied().fold(0, greatest_common_divisor);
        let ratio = u64::try_from(step / asked).unwrap_or(0);
        let steps = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        let is_no_chance = ratio > 1 && ratio.saturating_pow(steps) >= CHANCE;
        (step % asked == 0 && is_no_chance).then(|| CandleLength::of_ms(step))
    }

    fn is_on_grid(&self, interval: Interval) -> bool {
        // Where three days begin differs from market to market.
        interval == Interval::D3
            || self.opens.iter().all(|open| interval.is_on_grid(Timestamp::from_ms(*open)))
    }
}

fn greatest_common_divisor(left: i64, right: i64) -> i64 {
    if right == 0 { left } else { greatest_common_divisor(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_704_067_200_000;
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    fn spacing(rows: impl IntoIterator<Item = String>) -> Spacing {
        let mut spacing = Spacing::default();
        for row in rows {
            let width = row.split(',').count();
            let fields = std::array::from_fn(|field| (field < width).then_some(field));
            let cells: Vec<&[u8]> = row.as_bytes().split(|byte| *byte == b',').collect();
            spacing.see(&cells, &Layout { fields, width, ..Layout::default() });
        }
        spacing
    }

    /// Candles of six columns that open so long after the start.
    fn opens(offsets: impl IntoIterator<Item = i64>) -> Spacing {
        spacing(offsets.into_iter().map(|offset| format!("{},1,1,1,1,1", START + offset)))
    }

    fn found(spacing: &Spacing, asked: &str) -> String {
        let asked = asked.parse().expect("an interval");
        spacing.contradicts(asked).map_or_else(String::new, |length| length.to_string())
    }

    #[test]
    fn another_interval_is_recognised_by_its_open_times() {
        let months = [0, 31, 60, 91, 121].map(|days| days * DAY);
        let quarters = [0, 91, 182, 274].map(|days| days * DAY);
        for (offsets, asked, holds) in [
            ((0..9).map(|row| row * MINUTE).collect::<Vec<_>>(), "1h", "1m"),
            ((0..9).map(|row| row * HOUR).collect(), "1m", "1h"),
            ((0..9).map(|row| row * 3 * HOUR).collect(), "1h", "3h"),
            ((0..9).map(|row| row * 10 * MINUTE).collect(), "1h", "10m"),
            ((0..9).map(|row| row * 10 * MINUTE).collect(), "1m", "10m"),
            ((0..3).map(|row| row * 3 * HOUR).collect(), "1h", "3h"),
            (vec![0, HOUR], "1m", "1h"),
            (vec![0, MINUTE], "1h", "1m"),
            (vec![0, 3 * DAY], "1d", "3d"),
            (vec![9 * HOUR, 8 * HOUR, 7 * HOUR], "1m", "1h"),
            (months.to_vec(), "1d", "1M"),
            (months.to_vec(), "1h", "1M"),
            (months[..2].to_vec(), "1d", "1M"),
            (quarters.to_vec(), "1d", "3M"),
            (quarters.to_vec(), "1M", "3M"),
            ((0..9).map(|row| row * DAY).collect(), "1M", "1d"),
            ((0..9).map(|row| row * 7 * DAY).collect(), "1M", "1w"),
        ] {
            assert_eq!(found(&opens(offsets.clone()), asked), holds, "{asked}: {offsets:?}");
            let own: Vec<i64> = offsets;
            if let Ok(interval) = holds.parse::<Interval>() {
                assert_eq!(found(&opens(own), interval.as_str()), "", "{interval}");
            }
        }
        // Five minutes of which most are missing, and minutes of which most are missing, taken for hours.
        let coarse = [0, 5, 15, 40, 45, 60, 85, 125, 150].map(|minute| minute * MINUTE);
        assert_eq!(found(&opens(coarse), "1m"), "5m");
        let fine = [0, 1, 4, 6, 7, 11, 60, 61, 64].map(|minute| minute * MINUTE);
        assert_eq!(found(&opens(fine), "1h"), "1m");
    }

    #[test]
    fn another_interval_is_recognised_by_its_close_times() {
        let rows = |step: i64, length: i64, unit: i64, count: i64| {
            spacing((0..count).map(|row| {
                let open = START + row * step;
                format!("{open},1,1,1,1,1,{}", (open + length) / unit)
            }))
        };
        for (step, length, unit, asked, holds) in [
            (MINUTE, MINUTE, 1, "1h", "1m"),
            (MINUTE, MINUTE, 1000, "1h", "1m"),
            (MINUTE, MINUTE - 1000, 1000, "1h", "1m"),
            (MINUTE, MINUTE - 1, 1, "1h", "1m"),
            (3 * HOUR, 3 * HOUR - 1, 1, "1h", "3h"),
            (3 * HOUR, 3 * HOUR, 1000, "1h", "3h"),
            // Every sixtieth minute is no hour, and hours are not sparse minutes.
            (HOUR, MINUTE - 1, 1, "1h", "1m"),
            (HOUR, HOUR - 1, 1, "1m", "1h"),
            // A close that is cut to the minute.
            (5 * MINUTE, 4 * MINUTE, 1, "1m", "5m"),
        ] {
            assert_eq!(found(&rows(step, length, unit, 9), asked), holds, "{step} {length} {unit} {asked}");
        }
        assert_eq!(found(&rows(DAY, MINUTE, 1000, 1), "1d"), "1m", "one row is enough");
        let microseconds = spacing(["1502942400000000,1,1,1,1,1,1502942459999999".to_owned()]);
        assert_eq!(
            (found(&microseconds, "1h"), found(&microseconds, "1m")),
            ("1m".to_owned(), String::new())
        );
    }

    #[test]
    fn a_market_in_which_little_is_traded_is_no_coarser_one() {
        let closes = spacing((0..40).map(|row| {
            let open = START + row * 5 * MINUTE;
            format!("{open},1,1,1,1,1,{}", open + MINUTE - 1)
        }));
        assert_eq!(found(&closes, "1m"), "", "its closes say so");
        let sparse = [0, 2, 7, 11, 19, 23, 30, 44].map(|minute| minute * MINUTE);
        assert_eq!(found(&opens(sparse), "1m"), "");
        assert_eq!(
            found(&opens([0, 35, 70, 105].map(|minute| minute * MINUTE)), "1m"),
            "35m",
            "one steady distance"
        );
        assert_eq!(found(&opens([7 * MINUTE, 12 * MINUTE]), "1m"), "", "not on the grid of five minutes");
    }

    #[test]
    fn holes_duplicates_and_nonsense_raise_no_alarm() {
        assert_eq!(found(&opens([0, 0, 4 * HOUR, 5 * HOUR]), "1h"), "");
        assert_eq!(found(&opens([0]), "1m"), "");
        assert_eq!(found(&opens([0, 31 * DAY, 60 * DAY, 121 * DAY]), "1M"), "");
        let shifted = [0, HOUR, 2 * HOUR + 1_694_789, 3 * HOUR + 1_694_789, 4 * HOUR];
        assert_eq!(found(&opens(shifted), "1h"), "");
        let fetched = spacing((0..20).map(|row| {
            let open = START + row * HOUR;
            format!("{open},1,1,1,1,1,{}", open + 4_000_000 + row * 7_919)
        }));
        assert_eq!(found(&fetched, "1h"), "", "closes that are none");
        assert_eq!(found(&spacing(["soon,1".to_owned(), ",".to_owned()]), "1h"), "");
    }
}
