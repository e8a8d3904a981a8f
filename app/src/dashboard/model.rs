//! Everything on the dashboard, in one answer.

use serde::{Deserialize, Serialize};

use crate::backtests::model::RunView;
use crate::data::model::{ExchangeView, SubscriptionView};
use crate::jobs::model::JobView;
use crate::markets::model::SeriesView;

/// What the dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    /// Every stored series.
    pub series: Vec<SeriesView>,
    /// The configured exchanges.
    pub exchanges: Vec<ExchangeView>,
    /// Jobs that wait or run, and those that just ended badly.
    pub jobs: Vec<JobView>,
    /// The user's live subscriptions and where they stand.
    pub subscriptions: Vec<SubscriptionView>,
    /// The latest results.
    pub recent: Vec<RunView>,
    /// How many results there are.
    pub runs: u64,
    /// The results with the highest return, the highest first; what was run twice stands here once, and no benchmark does.
    pub best: Vec<RunView>,
    /// The results with the lowest return, the lowest first; none of them is among the best.
    pub worst: Vec<RunView>,
    /// What the benchmark brought on the series of those.
    pub benchmarks: Vec<RunView>,
}
