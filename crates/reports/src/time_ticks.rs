//! Calendar boundaries on a time axis, UTC: hours, days, Mondays, months or years, whichever are few enough to read.

use chrono::Datelike;
use types::{Interval, Timestamp};

const HOUR_MS: i64 = 3_600_000;
const DAYS: i64 = Timestamp::DAY_MS;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The distance between two ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Fixed(i64),
    Week,
    Months(u32),
    Years(i32),
}

/// Returns at most `count` times in `from..=to` with their labels.
pub(crate) fn time_ticks(from: Timestamp, to: Timestamp, count: usize) -> Vec<(Timestamp, String)> {
    let fixed = [1, 2, 3, 6, 12, 24, 48].map(|hours| Step::Fixed(hours * HOUR_MS));
    let minutes = [1, 5, 15, 30].map(|minutes| Step::Fixed(minutes * 60_000));
    let steps = minutes
        .into_iter()
        .chain(fixed)
        .chain([Step::Week, Step::Months(1), Step::Months(2), Step::Months(3), Step::Months(6)])
        .chain([1, 2, 5, 10, 20, 50, 100, 500].map(Step::Years));
    let fitting =
        steps.filter(|step| step.estimate(from, to) <= i64::try_from(count).unwrap_or(i64::MAX) + 1);
    for step in fitting {
        let ticks = step.ticks(from, to, count + 1);
        if ticks.len() <= count {
            return ticks.iter().enumerate().map(|(index, at)| (*at, step.label(*at, index == 0))).collect();
        }
    }
    Vec::new()
}

impl Step {
    fn estimate(self, from: Timestamp, to: Timestamp) -> i64 {
        let length = match self {
            Step::Fixed(length) => length,
            Step::Week => 7 * DAYS,
            Step::Months(months) => i64::from(months) * 30 * DAYS,
            Step::Years(years) => i64::from(years) * 365 * DAYS,
        };
        to.ms_since(from) / length
    }

    /// Returns the boundaries in the range, `limit` at most.
    fn ticks(self, from: Timestamp, to: Timestamp, limit: usize) -> Vec<Timestamp> {
        let first = self.ceil(from);
        std::iter::successors(first, |at| self.ceil(at.plus_ms(1)).filter(|next| next > at))
            .take_while(|at| *at <= to)
            .take(limit)
            .collect()
    }

    fn ceil(self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Step::Fixed(length) => {
                let floor = at.as_ms().div_euclid(length) * length;
                Some(Timestamp::from_ms(if floor == at.as_ms() { floor } else { floor + length }))
            }
            Step::Week => Some(Interval::W1.ceil(at)),
            Step::Months(months) => {
                let (year, month) = Interval::Mo1.ceil(at).year_month();
                let month = (month - 1).div_ceil(months) * months + 1;
                if month > 12 {
                    Timestamp::from_ymd(year + 1, 1, 1)
                } else {
                    Timestamp::from_ymd(year, month, 1)
                }
            }
            Step::Years(years) => {
                let (year, month) = Interval::Mo1.ceil(at).year_month();
                let year = if month > 1 { year + 1 } else { year };
                Timestamp::from_ymd((year + years - 1).div_euclid(years) * years, 1, 1)
            }
        }
    }

    fn label(self, at: Timestamp, is_first: bool) -> String {
        let date = at.date_time();
        let month =
            usize::try_from(date.month0()).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("");
        match self {
            Step::Fixed(length) if length < DAYS && at.floor_day() != at => date.format("%H:%M").to_string(),
            Step::Fixed(_) | Step::Week => format!("{} {month}", date.day()),
            Step::Months(_) if date.month() == 1 => date.year().to_string(),
            Step::Months(_) if is_first => format!("{month} {}", date.year()),
            Step::Months(_) => month.to_owned(),
            Step::Years(_) => date.year().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::at;

    fn labels(from: &str, to: &str, count: usize) -> Vec<String> {
        time_ticks(at(from), at(to), count).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn boundaries_fit_the_span() {
        assert_eq!(
            labels("2024-01-01 00:00", "2024-01-01 05:00", 6),
            ["1 Jan", "01:00", "02:00", "03:00", "04:00", "05:00"]
        );
        assert_eq!(labels("2024-01-01 07:00", "2024-01-05 05:00", 6), ["2 Jan", "3 Jan", "4 Jan", "5 Jan"]);
        assert_eq!(
            labels("2024-01-01", "2024-02-05", 6),
            ["1 Jan", "8 Jan", "15 Jan", "22 Jan", "29 Jan", "5 Feb"]
        );
        assert_eq!(labels("2023-10-05", "2024-03-01", 6), ["Nov 2023", "Dec", "2024", "Feb", "Mar"]);
        assert_eq!(labels("2017-08-17", "2025-12-02", 6), ["2018", "2020", "2022", "2024"]);
        assert_eq!(labels("2024-01-01", "2024-12-01", 4), ["2024", "Apr", "Jul", "Oct"]);
    }

    #[test]
    fn an_instant_or_an_age_needs_no_more_than_it_gets() {
        assert!(labels("2024-01-01 00:00:30", "2024-01-01 00:00:31", 6).is_empty());
        let ages = time_ticks(Timestamp::EPOCH, Timestamp::from_ms(i64::MAX), 6);
        assert!(ages.len() <= 6);
    }
}
