//! What is run: a strategy with its parameters over a stretch of one series, on an account with costs.

use config::catalogue::Params;
use serde::{Deserialize, Serialize};
use types::{FilterSchedule, Money, Rate, SeriesKey, TimeRange, Timestamp};

/// Everything that a run depends on besides the candles; stored with its result, so that it can be repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The strategy's name in the library: `sma_crossover_btc`.
    pub name: String,
    /// The strategy's kind in the registry: `sma_crossover`.
    pub strategy: String,
    /// Its parameters, defaults filled in.
    pub params: Params,
    /// The candles it trades on.
    #[serde(flatten)]
    pub series: SeriesKey,
    /// No bar opens before it; `None` starts at the first stored candle.
    pub start: Option<Timestamp>,
    /// No bar closes after it; `None` ends with the last stored candle.
    pub end: Option<Timestamp>,
    /// Cash at the start, in quote currency.
    pub initial_capital: Money,
    /// Fee as a share of notional.
    pub commission: Rate,
    /// How much worse than the open a market order fills, as a share of it.
    pub slippage: Rate,
    /// The instrument's order rules over time; none for candles without an instrument snapshot.
    #[serde(default)]
    pub filters: FilterSchedule,
}

impl RunSpec {
    /// Returns the open times of the bars that belong to the run: those that open at or after the start and close at or before the end.
    /// It may be empty where the range is shorter than a bar.
    pub fn range(&self) -> TimeRange {
        let interval = self.series.interval;
        TimeRange {
            start: self.start.unwrap_or(TimeRange::ALL.start),
            end: self.end.map_or(TimeRange::ALL.end, |end| match interval.fixed_ms() {
                // The last bar opens one length before the end, wherever the grid lies.
                Some(length) => end.plus_ms(1 - length),
                None => interval.floor(end),
            }),
        }
    }

    /// Returns what is probably a slip in the costs: a percentage that was written as a share.
    pub fn questions(&self) -> Vec<String> {
        let costs = [("Commission", self.commission), ("Slippage", self.slippage)];
        let question = |(name, rate)| Some(format!("{name} {}", types::limits::question_share(rate)?));
        costs.into_iter().filter_map(question).collect()
    }
}

#[cfg(test)]
mod tests {
    use types::Interval;

    use super::*;

    #[test]
    fn a_bar_belongs_to_the_run_when_it_opens_and_closes_in_the_range() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a date");
        let spec = |interval: Interval, start: &str, end: &str| RunSpec {
            name: "a".into(),
            strategy: "buy_and_hold".into(),
            params: Params::default(),
            series: SeriesKey {
                exchange: "binance".parse().expect("a name"),
                symbol: "BTCUSDT".parse().expect("a symbol"),
                interval,
            },
            start: Some(at(start)),
            end: Some(at(end)),
            initial_capital: "1".parse().expect("an amount"),
            commission: "0".parse().expect("a rate"),
            slippage: "0".parse().expect("a rate"),
            filters: FilterSchedule::default(),
        };
        let weeks = |end| spec(Interval::W1, "2024-01-03", end).range();
        assert!(!weeks("2024-01-31").contains(at("2024-01-01")), "it opens before the start");
        assert!(weeks("2024-01-31").contains(at("2024-01-22")));
        assert!(!weeks("2024-01-31").contains(at("2024-01-29")), "it closes after the end");
        assert!(weeks("2024-02-05").contains(at("2024-01-29")), "it closes at the end");
        assert!(weeks("2024-01-08").is_empty(), "shorter than a bar");
        let months = spec(Interval::Mo1, "2024-01-01", "2024-02-29").range();
        assert!(months.contains(at("2024-01-01")) && !months.contains(at("2024-02-01")));
    }
}
