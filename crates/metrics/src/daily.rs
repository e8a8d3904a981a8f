//! The base series: equity sampled at every 00:00 UTC, and the returns from one midnight to the next.
//!
//! There is one point at each 00:00 UTC `d` with `floor_day(start) <= d <= floor_day(last close)`. Its value is the mark at the close
//! of the last bar with `close_time <= d`, or the initial capital when no bar has closed by then. So the first point is the initial
//! capital, a day without bars carries the last mark forward, and what happens after the last midnight is in no daily figure.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::Observation;

/// Equity at a midnight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EquityPoint {
    /// 00:00 UTC.
    pub time: Timestamp,
    /// In quote currency.
    pub equity: f64,
}

/// 270 years: a longer span is a mistake in the timestamps, and would be a series that no memory holds.
const MOST_DAYS: i64 = 100_000;

/// Samples a checked observation.
pub(crate) fn sample(observation: &Observation<'_>) -> Result<Vec<EquityPoint>, String> {
    let Some(last) = observation.close_times.last() else { return Ok(Vec::new()) };
    let (first_day, last_day) = (observation.start.floor_day(), last.floor_day());
    let days = last_day.ms_since(first_day) / Timestamp::DAY_MS;
    if days > MOST_DAYS {
        return Err(format!("the run covers {days} days; at most {MOST_DAYS} are sampled"));
    }
    let mut marks = observation.close_times.iter().zip(observation.equity).peekable();
    let mut equity = observation.initial_capital;
    let points = (0..=days).map(|day| {
        let time = first_day.plus_ms(day * Timestamp::DAY_MS);
        while let Some((_, mark)) = marks.next_if(|(close, _)| **close <= time) {
            equity = *mark;
        }
        EquityPoint { time, equity }
    });
    Ok(points.collect())
}

/// Returns `value / value before − 1` for every point but the first.
///
/// # Errors
/// When a return has no base, because equity was zero or less at the midnight before.
pub(crate) fn returns(points: &[EquityPoint]) -> Result<Vec<f64>, String> {
    points
        .windows(2)
        .map(|pair| {
            if pair[0].equity > 0.0 {
                Ok(pair[1].equity / pair[0].equity - 1.0)
            } else {
                Err(format!(
                    "equity was zero or less on {}: the return after it has no base",
                    pair[0].time.to_date()
                ))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::{at, observe};

    #[test]
    fn midnights_take_the_last_mark_that_closed_by_then_and_holes_carry_it_forward() {
        let closes =
            [at("2024-01-01 12:00"), at("2024-01-02 00:00"), at("2024-01-04 06:00"), at("2024-01-05 18:00")];
        let observation = observe(at("2024-01-01 10:00"), 100.0, &closes, &[101.0, 102.0, 103.0, 104.0]);
        let points = sample(&observation).expect("a series");
        let expected = [
            ("2024-01-01", 100.0),
            ("2024-01-02", 102.0),
            ("2024-01-03", 102.0),
            ("2024-01-04", 102.0),
            ("2024-01-05", 103.0),
        ];
        let expected: Vec<_> =
            expected.iter().map(|(day, equity)| EquityPoint { time: at(day), equity: *equity }).collect();
        assert_eq!(points, expected);
    }

    #[test]
    fn a_span_of_centuries_is_refused_not_allocated() {
        let closes = [Timestamp::from_ms(i64::MAX / 2)];
        let observation = observe(Timestamp::EPOCH, 100.0, &closes, &[1.0]);
        assert!(sample(&observation).expect_err("too long").contains("at most 100000"));
    }

    #[test]
    fn a_return_after_ruin_names_the_day() {
        let point = |day, equity| EquityPoint { time: at(day), equity };
        let points = [point("2024-01-01", 1.0), point("2024-01-02", 0.0), point("2024-01-03", 0.0)];
        assert!(returns(&points).expect_err("no base").contains("2024-01-02"));
        assert_eq!(returns(&points[..2]), Ok(vec![-1.0]));
    }
}
