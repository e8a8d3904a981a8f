//! The services' front: one line per question, each refusing strangers before it answers.

use app::AppError;
use app::account::model::{AccountView, NewAccount, NewPassword, SessionView, UserView};
use app::backtests::model::{
    BacktestDefaults, BacktestRequest, RunDetail, RunPage, RunQuery, TradePage, TradeQuery,
};
use app::dashboard::model::DashboardView;
use app::data::model::{
    CoverageView, ExchangeView, FollowRequest, IngestRequest, QualityView, SubscriptionView,
};
use app::jobs::model::{JobFilter, JobView};
use app::markets::model::{CandleQuery, CandleWindow, SeriesView};
use app::services::Services;
use app::strategies::model::StrategyView;
use app::users::model::{NewUserForm, UserRow};
use async_trait::async_trait;
use store::Role;
use types::{Interval, JobId, RunId, SeriesKey, UserId};

use super::errors::{from_store, internal};
use super::ranking::ranking;
use super::request::RequestServices;
use super::runs_view::run_view;
use crate::jobs::{News, What};

/// How many results the dashboard's lists hold.
const DASHBOARD_RUNS: u32 = 5;
/// Among how many of the latest jobs the dashboard looks for those that need attention.
const LATEST_JOBS: u32 = 50;
/// Candles that cost too little to wait for a turn.
const LIGHT_WINDOW: u32 = 1000;
/// How many of the highest and of the lowest returns are looked at for its ranking.
const RANKED_RUNS: u32 = 40;

#[async_trait]
impl Services for RequestServices {
    async fn session(&self) -> Result<SessionView, AppError> {
        let user = self.find_user().await?;
        let is_set_up = user.is_some() || self.shared.store.count_users().await.map_err(from_store)? > 0;
        let user = user.map(|user| UserView { name: user.name, is_admin: user.role == Role::Admin });
        Ok(SessionView { is_set_up, user, version: env!("CARGO_PKG_VERSION").to_owned() })
    }

    async fn set_up(&self, account: NewAccount) -> Result<(), AppError> {
        self.make_first_account(account).await
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<(), AppError> {
        self.check_in(name, password.to_owned()).await
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        self.check_out().await
    }

    async fn account(&self) -> Result<AccountView, AppError> {
        self.my_account().await
    }

    async fn change_password(&self, form: NewPassword) -> Result<(), AppError> {
        self.change_my_password(form).await
    }

    async fn end_login_session(&self, id: &str) -> Result<(), AppError> {
        self.end_session(id).await
    }

    async fn end_other_login_sessions(&self) -> Result<(), AppError> {
        self.end_other_sessions().await
    }

    async fn users(&self) -> Result<Vec<UserRow>, AppError> {
        self.all_users().await
    }

    async fn add_user(&self, form: NewUserForm) -> Result<(), AppError> {
        self.make_user(form).await
    }

    async fn set_user_role(&self, id: UserId, is_admin: bool) -> Result<(), AppError> {
        self.give_role(id, is_admin).await
    }

    async fn set_user_enabled(&self, id: UserId, is_enabled: bool) -> Result<(), AppError> {
        self.enable_or_disable(id, is_enabled).await
    }

    async fn set_user_password(&self, id: UserId, password: String) -> Result<(), AppError> {
        self.give_password(id, password).await
    }

    async fn dashboard(&self) -> Result<DashboardView, AppError> {
        let user = self.signed_in().await?;
        let store = &self.shared.store;
        let page = store.runs(user.id, DASHBOARD_RUNS, None).await.map_err(from_store)?;
        // More than are shown: the same thing run twice is shown once, and the benchmark apart.
        let extremes = store.best_and_worst_runs(user.id, RANKED_RUNS).await.map_err(from_store)?;
        let jobs = self.my_jobs(JobFilter { kinds: Vec::new(), limit: LATEST_JOBS }).await?;
        let views = |runs: &[store::Run]| runs.iter().map(run_view).collect::<Result<Vec<_>, _>>();
        let (best, worst, benchmarks) = ranking(views(&extremes.best)?, views(&extremes.worst)?);
        Ok(DashboardView {
            series: self.all_series().await?,
            exchanges: self.all_exchanges().await,
            jobs: jobs.into_iter().filter(|job| job.state.is_active() || job.can_retry()).collect(),
            recent: views(&page.items)?,
            runs: store.count_runs(user.id).await.map_err(from_store)?,
            best,
            worst,
            benchmarks,
            subscriptions: self.my_subscriptions().await?,
        })
    }

    async fn series_list(&self) -> Result<Vec<SeriesView>, AppError> {
        self.signed_in().await?;
        self.all_series().await
    }

    async fn series_quality(&self, key: &SeriesKey) -> Result<QualityView, AppError> {
        let (services, key) = (self.clone(), key.clone());
        self.heavy(async move { services.quality(&key).await }).await
    }

    async fn coverage(&self) -> Result<Vec<CoverageView>, AppError> {
        self.all_coverage().await
    }

    async fn repair_series(&self, key: &SeriesKey, recheck_outages: bool) -> Result<JobId, AppError> {
        self.queue_repair(key, recheck_outages).await
    }

    async fn fill_series(&self, key: &SeriesKey) -> Result<u64, AppError> {
        self.fill(key).await
    }

    async fn unfill_series(&self, key: &SeriesKey) -> Result<u64, AppError> {
        self.unfill(key).await
    }

    async fn subscriptions(&self) -> Result<Vec<SubscriptionView>, AppError> {
        self.my_subscriptions().await
    }

    async fn subscribe(&self, request: FollowRequest) -> Result<(), AppError> {
        self.follow(request).await
    }

    async fn unsubscribe(&self, key: &SeriesKey) -> Result<(), AppError> {
        self.unfollow(key).await
    }

    async fn delete_series(&self, key: &SeriesKey) -> Result<(), AppError> {
        self.may_change(key).await?;
        if self.shared.house.candles.delete(key).await.map_err(internal)? == 0 {
            return Err(AppError::not_found("series"));
        }
        self.shared.tell(News::to_all(What::Series(key.clone())));
        Ok(())
    }

    async fn candles(&self, query: CandleQuery) -> Result<CandleWindow, AppError> {
        self.signed_in().await?;
        if query.indicators.is_empty() && query.limit <= LIGHT_WINDOW {
            return self.window(query).await;
        }
        let services = self.clone();
        self.heavy(async move { services.window(query).await }).await
    }

    async fn indicator(&self, text: &str) -> Result<(), AppError> {
        self.signed_in().await?;
        super::candles::check_indicator(text)
    }

    async fn derive_series(&self, from: &SeriesKey, to: Interval) -> Result<u64, AppError> {
        let (services, from) = (self.clone(), from.clone());
        self.heavy(async move { services.derive(&from, to).await }).await
    }

    async fn exchanges(&self) -> Result<Vec<ExchangeView>, AppError> {
        self.signed_in().await?;
        Ok(self.all_exchanges().await)
    }

    async fn start_ingest(&self, request: IngestRequest) -> Result<JobId, AppError> {
        self.queue_ingest(request).await
    }

    async fn jobs(&self, filter: JobFilter) -> Result<Vec<JobView>, AppError> {
        self.my_jobs(filter).await
    }

    async fn job(&self, id: JobId) -> Result<JobView, AppError> {
        self.my_job(id).await
    }

    async fn cancel_job(&self, id: JobId) -> Result<(), AppError> {
        self.cancel(id).await
    }

    async fn retry_job(&self, id: JobId) -> Result<(), AppError> {
        self.retry(id).await
    }

    async fn delete_job(&self, id: JobId) -> Result<(), AppError> {
        self.forget_job(id).await
    }

    async fn strategies(&self) -> Result<Vec<StrategyView>, AppError> {
        self.signed_in().await?;
        Ok(self.library())
    }

    async fn strategy(&self, name: &str) -> Result<StrategyView, AppError> {
        self.signed_in().await?;
        self.find_in_library(name)
    }

    async fn backtest_defaults(&self) -> Result<BacktestDefaults, AppError> {
        self.form_defaults().await
    }

    async fn start_backtest(&self, request: BacktestRequest) -> Result<JobId, AppError> {
        self.queue_backtest(request).await
    }

    async fn runs(&self, query: RunQuery) -> Result<RunPage, AppError> {
        self.my_runs(query).await
    }

    async fn run(&self, id: RunId) -> Result<RunDetail, AppError> {
        let services = self.clone();
        self.heavy(async move { services.my_run(id).await }).await
    }

    async fn trades(&self, query: TradeQuery) -> Result<TradePage, AppError> {
        let services = self.clone();
        self.heavy(async move { services.my_trades(query).await }).await
    }

    async fn delete_run(&self, id: RunId) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        self.shared.store.delete_run(user.id, id).await.map_err(from_store)?;
        self.shared.tell(News::of(user.id, What::Result(id)));
        Ok(())
    }
}
