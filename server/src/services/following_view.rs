//! The user's subscriptions, and how they stand.

use std::time::Duration;

use app::AppError;
use app::data::model::{FollowRequest, FollowState, SubscriptionView};
use exchanges::{CandleRequest, Exchange, ExchangeError, Priority};
use ingest::Phase;
use store::Subscription;
use types::{Grid, SeriesKey, Timestamp};

use super::errors::{from_store, invalid};
use super::request::RequestServices;
use crate::following::{Standing, standings};
use crate::jobs::{News, What};
use crate::wiring::now;

/// How long a form waits for what an exchange says about a symbol.
const PATIENCE: Duration = Duration::from_secs(2);
/// A subscription this young may still wait for a worker to take it up.
const STARTING_MS: i64 = 15_000;

impl RequestServices {
    pub(super) async fn my_subscriptions(&self) -> Result<Vec<SubscriptionView>, AppError> {
        let user = self.signed_in().await?;
        let store = self.shared.store.as_ref();
        let subscriptions = store.subscriptions(user.id).await.map_err(from_store)?;
        if subscriptions.is_empty() {
            return Ok(Vec::new());
        }
        let mut standings = standings(store, now()).await.map_err(from_store)?;
        Ok(subscriptions
            .into_iter()
            .map(|subscription| {
                let standing = standings.remove(&subscription.key);
                let exchange = self.shared.house.exchanges.get(&subscription.key.exchange);
                let mut view = view(subscription, standing, exchange.err(), now());
                if let FollowState::Waiting { reason, .. } = &mut view.state {
                    *reason = self.shared.places.hide(reason);
                }
                view
            })
            .collect())
    }

    pub(super) async fn follow(&self, request: FollowRequest) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        let exchange = self
            .shared
            .house
            .exchanges
            .get(&request.key.exchange)
            .map_err(|message| invalid("exchange", message))?;
        if !exchange.offer().intervals.contains(&request.key.interval) {
            let message = format!("{} publishes no {} candles.", request.key.exchange, request.key.interval);
            return Err(invalid("interval", message));
        }
        // One that does not answer now may know the symbol: then the subscription itself says how it stands.
        let asked = tokio::time::timeout(PATIENCE, latest(exchange.as_ref(), &request.key)).await;
        if let Ok(Err(error @ ExchangeError::UnknownSymbol { .. })) = asked {
            return Err(invalid("symbol", format!("{error}.")));
        }
        let since = request.since(now());
        self.shared.store.subscribe(user.id, &request.key, since, now()).await.map_err(from_store)?;
        self.shared.follow_bell.notify_one();
        self.shared.tell(News::of(user.id, What::Subscription(request.key)));
        Ok(())
    }

    pub(super) async fn unfollow(&self, key: &SeriesKey) -> Result<(), AppError> {
        let user = self.signed_in().await?;
        self.shared.store.unsubscribe(user.id, key).await.map_err(from_store)?;
        self.shared.follow_bell.notify_one();
        self.shared.tell(News::of(user.id, What::Subscription(key.clone())));
        Ok(())
    }
}

/// Asks for the latest candle of a series: the cheapest question that tells whether there is such a symbol.
async fn latest(exchange: &dyn Exchange, key: &SeriesKey) -> Result<(), ExchangeError> {
    let grid = Grid::usual(key.interval);
    let (symbol, start, end) = (key.symbol.clone(), grid.floor(now()), now());
    let request = CandleRequest { symbol, grid, start, end };
    exchange.prioritised(Priority::Live).candles(&request).await.map(drop)
}

/// `obstacle` says why nobody can follow it: subscriptions outlive the entries of exchanges.yaml.
fn view(
    subscription: Subscription,
    standing: Option<Standing>,
    obstacle: Option<String>,
    now: Timestamp,
) -> SubscriptionView {
    let Subscription { key, since, created_at } = subscription;
    let is_young = now.ms_since(created_at) < STARTING_MS;
    let state = match &standing {
        _ if let Some(reason) = obstacle => FollowState::Waiting { reason, retry_ms: None },
        Some(standing) if standing.is_fresh => match &standing.status.phase {
            Phase::Filling => FollowState::Filling,
            Phase::Live => FollowState::Live,
            Phase::Polling => FollowState::Polling,
            Phase::Waiting { reason, until } => {
                FollowState::Waiting { reason: reason.clone(), retry_ms: until.map(Timestamp::as_ms) }
            }
        },
        _ if is_young => FollowState::Starting,
        _ => FollowState::Stopped,
    };
    let status = standing.map(|standing| standing.status);
    let complete_until = status.as_ref().and_then(|status| status.complete_until);
    SubscriptionView {
        since_ms: since.as_ms(),
        state,
        // The candle before the first one that is not there yet.
        last_ms: complete_until
            .map(|until| Grid::through(key.interval, until).floor(until.plus_ms(-1)).as_ms()),
        // That first one closes when the one after it opens.
        due_ms: complete_until.map(|until| key.interval.next_open(until).ms_since(now)),
        reconnects: status.as_ref().map_or(0, |status| status.reconnects),
        fetched: status.as_ref().map_or(0, |status| status.fetched),
        key,
    }
}
