//! Everything on the dashboard, in one answer.

use serde::{Deserialize, Serialize};

use crate::backtests::model::RunView;
use crate::data::model::ExchangeView;
use crate::jobs::model::JobView;
use crate::markets::model::SeriesView;

/// What the dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    /// Every stored series.
    pub series: Vec<SeriesView>,
    /// The configured exchanges.
    pub exchanges: Vec<ExchangeView>,
    /// How many strategies the library has.
    pub strategies: u64,
    /// Jobs that wait or run, and those that just ended badly.
    pub jobs: Vec<JobView>,
    /// The latest results.
    pub recent: Vec<RunView>,
    /// How many results there are.
    pub runs: u64,
    /// The results with the highest return, the highest first.
    pub best: Vec<RunView>,
    /// The results with the lowest return, the lowest first; none of them is among the best.
    pub worst: Vec<RunView>,
}
