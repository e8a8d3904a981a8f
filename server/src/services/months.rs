//! How much of each calendar month of a series is there.

use app::data::model::MonthCover;
use market_data::{Gap, SeriesSummary};
use types::{Grid, Timestamp};

/// Counts month by month what the calendar has up to `now` and what of it is missing, from the month of the first candle to that of the
/// last one. A month of which only the end is stored lacks its beginning.
pub(super) fn months(series: &SeriesSummary, gaps: &[Gap], now: Timestamp) -> Vec<MonthCover> {
    let interval = series.key.interval;
    let (first, end) = (series.first, interval.next_open(series.last));
    let bars = |from: Timestamp, to: Timestamp| if from < to { interval.bars_between(from, to) } else { 0 };
    // The bar that is open now is nobody's loss.
    let closed = Grid::through(interval, first).floor(now).max(end);
    let mut months = Vec::new();
    let (mut year, mut month) = first.year_month();
    while let Some(start) = Timestamp::from_ymd(year, month, 1).filter(|start| *start < end) {
        let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        let stop = Timestamp::from_ymd(next_year, next_month, 1).map_or(closed, |next| next.min(closed));
        let holes = gaps.iter().map(|gap| bars(gap.start.max(start), gap.end.min(stop))).sum::<u64>();
        let missing = bars(start, first.min(stop)) + holes + bars(end.max(start), stop);
        let expected = bars(start, stop);
        // A week or a month may have no opening in a stretch of the calendar.
        if expected > 0 {
            months.push(MonthCover { year, month, missing, expected });
        }
        (year, month) = (next_year, next_month);
    }
    months
}

#[cfg(test)]
mod tests {
    use market_data::ProvenanceCounts;
    use types::SeriesKey;

    use super::*;

    #[test]
    fn a_month_that_is_stored_in_part_lacks_the_rest() {
        let key = SeriesKey {
            exchange: "binance".parse().unwrap(),
            symbol: "BTCUSDT".parse().unwrap(),
            interval: "1h".parse().unwrap(),
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let gap = Gap { start: at("2024-01-31 20:00"), end: at("2024-02-01 02:00"), missing: 6 };
        let series = SeriesSummary {
            key,
            rows: 0,
            first: at("2024-01-31"),
            last: at("2024-03-01 04:00"),
            provenance: ProvenanceCounts::default(),
            bytes: 0,
        };
        let of = |now: &str| -> Vec<_> {
            let cover = months(&series, &[gap], at(now));
            cover.iter().map(|month| (month.month, month.missing, month.expected)).collect()
        };
        let february = (2, 2, 29 * 24);
        assert_eq!(of("2024-03-01 05:40"), [(1, 30 * 24 + 4, 31 * 24), february, (3, 0, 5)]);
        assert_eq!(of("2024-03-02"), [(1, 30 * 24 + 4, 31 * 24), february, (3, 19, 24)]);
        assert_eq!(of("2025-01-01")[2], (3, 31 * 24 - 5, 31 * 24));
    }
}
