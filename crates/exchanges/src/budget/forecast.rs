//! What a piece of work will cost before it starts: pure arithmetic.
//!
//! It is a bound of the budget, not of the line: it knows neither how fast the exchange answers nor what others will use.

use std::fmt;

use serde::Serialize;

use super::share_of;
use crate::protocol::Priority;

const MINUTE_MS: u64 = 60_000;

/// What a piece of work costs. `Display` says it in words: `38 % of the budget for 6 min`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Weight of all requests together.
    pub weight: u64,
    /// The most it takes of a minute's allowance, rounded up; above 100 when not even one request fits.
    pub percent_of_budget: u32,
    /// How long it takes at least, in milliseconds: whole minutes' worth of weight and the part of the last one.
    pub duration_ms: u64,
}

/// Says what `requests` of `weight_each` cost where a minute allows `allowed`, `share` of which may go into this work.
///
/// A request that is dearer than the share is made all the same, one a minute, as the budget does it.
pub fn forecast(requests: u64, weight_each: u32, allowed: u32, share: u32) -> Forecast {
    let weight = requests.saturating_mul(u64::from(weight_each));
    if weight == 0 {
        return Forecast { weight, percent_of_budget: 0, duration_ms: 0 };
    }
    // Weight is taken in whole requests.
    let each = u64::from(weight_each);
    let per_minute = (u64::from(share.min(allowed)) / each).max(1);
    let at_most = per_minute.min(requests).saturating_mul(each);
    let percent_of_budget = at_most.saturating_mul(100).div_ceil(u64::from(allowed.max(1)));
    let duration_ms = if requests <= per_minute { 0 } else { scaled(requests, MINUTE_MS, per_minute) };
    Forecast { weight, percent_of_budget: u32::try_from(percent_of_budget).unwrap_or(u32::MAX), duration_ms }
}

/// `count × by / over`, rounded up, without overflow in between.
fn scaled(count: u64, by: u64, over: u64) -> u64 {
    u64::try_from((u128::from(count) * u128::from(by)).div_ceil(u128::from(over))).unwrap_or(u64::MAX)
}

impl Forecast {
    /// The same for work of this urgency, which gets its share of every minute.
    pub(crate) fn of_pages(pages: u64, weight_each: u32, allowed: u32, priority: Priority) -> Self {
        forecast(pages, weight_each, allowed, share_of(allowed, priority))
    }

    /// Whether the allowance has room for a single request of this work.
    pub const fn is_possible(&self) -> bool {
        self.percent_of_budget <= 100
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.weight == 0 {
            return f.write_str("none of the budget");
        }
        if !self.is_possible() {
            return f.write_str("more than the budget allows: raise rate_limit in exchanges.yaml");
        }
        let minutes = self.duration_ms.div_ceil(MINUTE_MS);
        write!(f, "{} % of the budget for ", self.percent_of_budget)?;
        match (minutes / 60, minutes % 60) {
            (0, 0) => f.write_str("less than a minute"),
            (0, minutes) => write!(f, "{minutes} min"),
            (hours, 0) => write!(f, "{hours} h"),
            (hours, minutes) => write!(f, "{hours} h {minutes} min"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(requests: u64, weight_each: u32, allowed: u32, share: u32) -> String {
        forecast(requests, weight_each, allowed, share).to_string()
    }

    #[test]
    fn a_forecast_reads_as_a_user_says_it() {
        assert_eq!(said(1368, 2, 1200, 456), "38 % of the budget for 6 min");
        assert_eq!(said(60, 2, 1200, 900), "10 % of the budget for less than a minute");
        assert_eq!(said(27_000, 2, 1200, 900), "75 % of the budget for 1 h");
        assert_eq!(said(29_250, 2, 1200, 900), "75 % of the budget for 1 h 5 min");
        assert_eq!(said(0, 2, 1200, 900), "none of the budget");
        assert_eq!(said(1, 20, 10, 7), "more than the budget allows: raise rate_limit in exchanges.yaml");
    }

    #[test]
    fn weight_is_taken_in_whole_requests() {
        // Seven of ten hold three requests of two.
        let Forecast { weight, percent_of_budget, duration_ms } = forecast(9, 2, 10, 7);
        assert_eq!((weight, percent_of_budget, duration_ms), (18, 60, 3 * 60_000));
        // One that is dearer than its share is still made once a minute.
        let dear = forecast(3, 20, 20, 15);
        assert_eq!((dear.percent_of_budget, dear.duration_ms), (100, 3 * 60_000));
    }

    #[test]
    fn the_share_is_the_urgency_s() {
        let backfill = Forecast::of_pages(9000, 2, 1200, Priority::Backfill);
        let order = Forecast::of_pages(9000, 2, 1200, Priority::Order);
        assert_eq!((backfill.percent_of_budget, backfill.duration_ms), (75, 20 * 60_000));
        assert_eq!((order.percent_of_budget, order.duration_ms), (100, 15 * 60_000));
    }

    proptest! {
        #[test]
        fn more_requests_never_take_less_time(
            requests in 0_u64..u64::MAX / 2, more in 0_u64..1000, each in 0_u32..200, allowed in 1_u32..10_000, share in 0_u32..10_000,
        ) {
            let (small, large) = (forecast(requests, each, allowed, share), forecast(requests + more, each, allowed, share));
            prop_assert!(small.duration_ms <= large.duration_ms && small.weight <= large.weight);
            prop_assert!(small.percent_of_budget <= large.percent_of_budget);
            prop_assert!(each > allowed || large.is_possible());
        }
    }
}
