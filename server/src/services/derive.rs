//! Making a series out of a finer one that is stored.

use app::AppError;
use market_data::{Holes, ResampleError, resample};
use types::{Interval, SeriesKey, TimeRange};

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use crate::jobs::{News, What, is_written};
use crate::wiring::now;

impl RequestServices {
    /// Makes candles of the interval `to`; bars of which finer candles are missing are left out.
    pub(super) async fn derive(&self, from: &SeriesKey, to: Interval) -> Result<u64, AppError> {
        self.signed_in().await?;
        let target = SeriesKey { interval: to, ..from.clone() };
        if is_written(self.shared.store.as_ref(), &target).await.map_err(from_store)? {
            let message =
                format!("An import or download of {target} waits or runs; let it end or stop it first.");
            return Err(AppError::Conflict { message });
        }
        let candles = self.shared.house.candles.as_ref();
        match resample(candles, from, to, TimeRange::ALL, Holes::LeaveOut, now()).await {
            Ok(report) => {
                self.shared.tell(News::to_all(What::Series(target)));
                Ok(report.added + report.remade)
            }
            Err(ResampleError::Nothing(key)) => Err(AppError::NotFound { what: format!("series {key}") }),
            Err(error @ ResampleError::Intervals { .. }) => Err(invalid("from", format!("{error}."))),
            Err(error) => Err(internal(error)),
        }
    }
}
