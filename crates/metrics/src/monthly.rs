//! Returns by UTC calendar month.
//!
//! A month's base is the daily point at its first midnight (the initial capital for the first month), its end the point at the next
//! month's first midnight; the last month ends at the last close. So the months compound exactly to the total return.

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::EquityPoint;

/// One month of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MonthlyReturn {
    /// Calendar year, UTC.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// End / base − 1; `None` when the base is zero or less.
    pub value: Option<f64>,
}

/// Returns one entry per month that the run touches, in order, months without bars included.
pub(crate) fn monthly(points: &[EquityPoint], last: (Timestamp, f64)) -> Vec<MonthlyReturn> {
    let mut months = Vec::new();
    let Some(first) = points.first() else { return months };
    let (mut opened, mut base) = (first.time, first.equity);
    for point in points {
        if point.time.year_month() != opened.year_month() {
            months.push(entry(opened, base, point.equity));
            (opened, base) = (point.time, point.equity);
        }
    }
    // A run that ends at the first instant of a month has seen nothing of that month.
    if last.0 > opened || months.is_empty() {
        months.push(entry(opened, base, last.1));
    }
    months
}

fn entry(opened: Timestamp, base: f64, end: f64) -> MonthlyReturn {
    let (year, month) = opened.year_month();
    let value = Some(end / base - 1.0).filter(|value| base > 0.0 && value.is_finite());
    MonthlyReturn { year, month, value: value.map(|value| value + 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daily::sample;
    use crate::summary::tests::{at, observe};

    fn table(start: &str, closes: &[(&str, f64)]) -> Vec<(i32, u32, Option<f64>)> {
        let times: Vec<_> = closes.iter().map(|(close, _)| at(close)).collect();
        let equity: Vec<_> = closes.iter().map(|(_, equity)| *equity).collect();
        let points = sample(&observe(at(start), 100.0, &times, &equity)).expect("a series");
        let last = (times[times.len() - 1], equity[equity.len() - 1]);
        monthly(&points, last).iter().map(|month| (month.year, month.month, month.value)).collect()
    }

    #[test]
    fn months_end_at_the_next_first_midnight_and_compound_to_the_total() {
        let months = table(
            "2023-12-15",
            &[("2023-12-20", 90.0), ("2024-01-01", 120.0), ("2024-01-20", 60.0), ("2024-03-05", 90.0)],
        );
        assert_eq!(
            months,
            vec![
                (2023, 12, Some(120.0 / 100.0 - 1.0)),
                (2024, 1, Some(60.0 / 120.0 - 1.0)),
                (2024, 2, Some(0.0)),
                (2024, 3, Some(0.5)),
            ]
        );
    }

    #[test]
    fn a_run_that_ends_at_midnight_of_the_first_has_no_month_after_it() {
        assert_eq!(table("2024-01-01", &[("2024-01-15", 110.0), ("2024-02-01", 110.0)]).len(), 1);
        assert_eq!(table("2024-01-01", &[("2024-02-01", 110.0), ("2024-02-01 01:00", 55.0)]).len(), 2);
    }

    #[test]
    fn a_run_within_one_day_is_one_month() {
        assert_eq!(table("2024-01-31 10:00", &[("2024-01-31 11:00", 150.0)]), vec![(2024, 1, Some(0.5))]);
    }

    #[test]
    fn a_month_after_ruin_has_no_return() {
        let months = table("2024-01-01", &[("2024-01-15", 0.0), ("2024-02-15", 0.0)]);
        assert_eq!(months, vec![(2024, 1, Some(-1.0)), (2024, 2, None)]);
    }
}
