//! The port through which pages reach the server: one object per request, which knows who is asking.
//!
//! `server` implements [`Services`] and hands an instance to [`provide_services`] in the one function that both page rendering and
//! server functions run through. Every method that shows or changes something of a user authorises by itself and answers
//! [`AppError::Unauthenticated`] when nobody is signed in; only [`Services::session`], [`Services::set_up`] and
//! [`Services::sign_in`] are open to anyone.

use std::sync::Arc;

use async_trait::async_trait;
use leptos::context::{provide_context, use_context};
use types::{Interval, JobId, RunId, SeriesKey, UserId};

use crate::account::model::{AccountView, NewAccount, NewPassword, SessionView};
use crate::backtests::model::{
    BacktestDefaults, BacktestRequest, RunDetail, RunPage, RunQuery, TradePage, TradeQuery,
};
use crate::dashboard::model::DashboardView;
use crate::data::model::{
    CoverageView, ExchangeView, FollowRequest, IngestRequest, QualityView, SubscriptionView,
};
use crate::error::AppError;
use crate::jobs::model::{JobFilter, JobView};
use crate::markets::model::{CandleQuery, CandleWindow, SeriesView};
use crate::strategies::model::StrategyView;
use crate::users::model::{NewUserForm, UserRow};

/// What pages can ask of the server.
#[async_trait]
pub trait Services: Send + Sync {
    /// Returns who is signed in and whether there is an account at all. Open to anyone.
    async fn session(&self) -> Result<SessionView, AppError>;

    /// Creates the first account, which administers the installation, and signs it in. Open to anyone, once.
    ///
    /// # Errors
    /// [`AppError::Conflict`] when there is an account already; [`AppError::Invalid`] with the fields `name`, `password` and
    /// `password_again`.
    async fn set_up(&self, account: NewAccount) -> Result<(), AppError>;

    /// Signs in. Open to anyone.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the field `password` for a wrong name or password alike; [`AppError::TooManyAttempts`].
    async fn sign_in(&self, name: &str, password: &str) -> Result<(), AppError>;

    /// Signs out; fine when nobody is signed in.
    async fn sign_out(&self) -> Result<(), AppError>;

    /// Returns the user's own account with its login sessions.
    async fn account(&self) -> Result<AccountView, AppError>;

    /// Changes the user's own password; their other login sessions end.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields of the form; [`AppError::TooManyAttempts`] after wrong current passwords.
    async fn change_password(&self, form: NewPassword) -> Result<(), AppError>;

    /// Ends one of the user's other login sessions.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when the user has no such session; [`AppError::Conflict`] for the one that asks.
    async fn end_login_session(&self, id: &str) -> Result<(), AppError>;

    /// Ends all of the user's other login sessions.
    async fn end_other_login_sessions(&self) -> Result<(), AppError>;

    /// Returns every user. This and what follows is for administrators; others get [`AppError::Forbidden`].
    async fn users(&self) -> Result<Vec<UserRow>, AppError>;

    /// Adds a user.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields of the form.
    async fn add_user(&self, form: NewUserForm) -> Result<(), AppError>;

    /// Makes a user an administrator or a member.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Conflict`] for the last administrator.
    async fn set_user_role(&self, id: UserId, is_admin: bool) -> Result<(), AppError>;

    /// Lets a user in, or keeps them out: their login sessions and streams end at once, their work stays.
    ///
    /// # Errors
    /// Those of [`Services::set_user_role`].
    async fn set_user_enabled(&self, id: UserId, is_enabled: bool) -> Result<(), AppError>;

    /// Gives another user a new password; their login sessions end.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] with the field `password`; [`AppError::Conflict`] for one's own.
    async fn set_user_password(&self, id: UserId, password: String) -> Result<(), AppError>;

    /// Returns everything on the dashboard.
    async fn dashboard(&self) -> Result<DashboardView, AppError>;

    /// Returns every stored series, sorted by exchange, symbol and interval.
    async fn series_list(&self) -> Result<Vec<SeriesView>, AppError>;

    /// Returns how far a series can be trusted: its latest holes with their causes, candles without a trade, revisions.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such series.
    async fn series_quality(&self, key: &SeriesKey) -> Result<QualityView, AppError>;

    /// Returns how much of each month of every series is there.
    async fn coverage(&self) -> Result<Vec<CoverageView>, AppError>;

    /// Queues a repair: the exchange is asked again for what is missing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such series; [`AppError::Invalid`] when its exchange is not configured.
    async fn repair_series(&self, key: &SeriesKey, recheck_outages: bool) -> Result<JobId, AppError>;

    /// Fills the holes that the exchange is known to have with flat candles, which are marked as synthetic. Returns how many it made.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] unless the user is an administrator; [`AppError::NotFound`] when there is no such series;
    /// [`AppError::Conflict`] while a job writes to it.
    async fn fill_series(&self, key: &SeriesKey) -> Result<u64, AppError>;

    /// Removes the candles that filling made. Returns how many those were.
    ///
    /// # Errors
    /// Those of [`Services::fill_series`].
    async fn unfill_series(&self, key: &SeriesKey) -> Result<u64, AppError>;

    /// Returns the user's subscriptions and how they stand.
    async fn subscriptions(&self) -> Result<Vec<SubscriptionView>, AppError>;

    /// Subscribes the user to a series: it is completed and kept current from now on.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields of the form for an unknown exchange or an interval that it does not publish.
    async fn subscribe(&self, request: FollowRequest) -> Result<(), AppError>;

    /// Ends a subscription of the user; what is stored stays.
    async fn unsubscribe(&self, key: &SeriesKey) -> Result<(), AppError>;

    /// Deletes a series.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] unless the user is an administrator; [`AppError::Conflict`] while a job writes to it.
    async fn delete_series(&self, key: &SeriesKey) -> Result<(), AppError>;

    /// Returns candles with indicators over them.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such series; [`AppError::Invalid`] with the field `indicators`.
    async fn candles(&self, query: CandleQuery) -> Result<CandleWindow, AppError>;

    /// Checks an indicator as somebody wrote it.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the field `add`, and with the nearest known name.
    async fn indicator(&self, text: &str) -> Result<(), AppError>;

    /// Makes candles of the interval `to` out of a finer series, and returns how many it added.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such series; [`AppError::Invalid`] when its interval does not divide `to`;
    /// [`AppError::Conflict`] while a job writes to the series that is to be made.
    async fn derive_series(&self, from: &SeriesKey, to: Interval) -> Result<u64, AppError>;

    /// Returns the configured exchanges.
    async fn exchanges(&self) -> Result<Vec<ExchangeView>, AppError>;

    /// Queues a download.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields of the form for an unknown exchange or symbol.
    async fn start_ingest(&self, request: IngestRequest) -> Result<JobId, AppError>;

    /// Returns the user's jobs, newest first.
    async fn jobs(&self, filter: JobFilter) -> Result<Vec<JobView>, AppError>;

    /// Returns one of the user's jobs.
    async fn job(&self, id: JobId) -> Result<JobView, AppError>;

    /// Asks a job to stop.
    async fn cancel_job(&self, id: JobId) -> Result<(), AppError>;

    /// Queues an ended job once more.
    async fn retry_job(&self, id: JobId) -> Result<(), AppError>;

    /// Removes an ended job from the list; its results stay.
    async fn delete_job(&self, id: JobId) -> Result<(), AppError>;

    /// Returns the library's strategies, in its order.
    async fn strategies(&self) -> Result<Vec<StrategyView>, AppError>;

    /// Returns one strategy of the library.
    async fn strategy(&self, name: &str) -> Result<StrategyView, AppError>;

    /// Returns what the form of a new backtest offers and begins with.
    async fn backtest_defaults(&self) -> Result<BacktestDefaults, AppError>;

    /// Queues a backtest.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the fields of the form: an unknown strategy, a series that is not stored, no candles in the range.
    async fn start_backtest(&self, request: BacktestRequest) -> Result<JobId, AppError>;

    /// Returns the user's results, newest first.
    async fn runs(&self, query: RunQuery) -> Result<RunPage, AppError>;

    /// Returns one of the user's results.
    async fn run(&self, id: RunId) -> Result<RunDetail, AppError>;

    /// Returns a page of the trades of a result.
    async fn trades(&self, query: TradeQuery) -> Result<TradePage, AppError>;

    /// Deletes a result.
    async fn delete_run(&self, id: RunId) -> Result<(), AppError>;
}

#[derive(Clone)]
struct Provided(Arc<dyn Services>);

/// Hands this request's services to its pages and server functions.
pub fn provide_services(services: Arc<dyn Services>) {
    provide_context(Provided(services));
}

/// Returns this request's services.
///
/// # Errors
/// [`AppError::Internal`] when the host did not call [`provide_services`] for this request.
pub fn use_services() -> Result<Arc<dyn Services>, AppError> {
    use_context::<Provided>()
        .map(|provided| provided.0)
        .ok_or_else(|| AppError::Internal { id: "'no services provided'".to_owned() })
}
