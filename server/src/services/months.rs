//! How much of each calendar month of a series is there.

use app::data::model::MonthCover;
use market_data::{Gap, SeriesSummary};
use types::Timestamp;

/// Counts what the calendar has and what is missing, month by month.
pub(super) fn months(series: &SeriesSummary, gaps: &[Gap]) -> Vec<MonthCover> {
    let interval = series.key.interval;
    let end = interval.next_open(series.last);
    let mut months = Vec::new();
    let mut start = series.first;
    while start < end {
        let (year, month) = start.year_month();
        let next = match month {
            12 => Timestamp::from_ymd(year + 1, 1, 1),
            month => Timestamp::from_ymd(year, month + 1, 1),
        };
        let stop = next.map_or(end, |next| next.min(end));
        let bars = |from: Timestamp, to: Timestamp| interval.bars_between(from, to);
        let missing = gaps
            .iter()
            .map(|gap| (gap.start.max(start), gap.end.min(stop)))
            .filter(|(from, to)| from < to)
            .map(|(from, to)| bars(from, to))
            .sum();
        let expected = bars(start, stop);
        // A week or a month may have no opening in a stretch of the calendar.
        if expected > 0 {
            months.push(MonthCover { year, month, missing, expected });
        }
        start = stop;
    }
    months
}

#[cfg(test)]
mod tests {
    use market_data::ProvenanceCounts;
    use types::SeriesKey;

    use super::*;

    #[test]
    fn months_are_counted_from_the_first_candle_to_the_last() {
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
        let cover = months(&series, &[gap]);
        let plain: Vec<_> = cover.iter().map(|month| (month.month, month.missing, month.expected)).collect();
        assert_eq!(plain, [(1, 4, 24), (2, 2, 29 * 24), (3, 0, 5)]);
    }
}
