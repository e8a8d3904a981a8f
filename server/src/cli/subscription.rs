//! `crypto subscription add|remove|list`: what a user wants kept current by `crypto serve` or `crypto daemon`.

use clap::{Args, Subcommand};
use serde::Serialize;
use store::{Store, User};
use types::{SeriesKey, Timestamp};

use super::data::SeriesArguments;
use crate::following::standings;
use crate::output::{Failure, Output, table};
use crate::wiring::{Folders, House, now, open_store};

/// How far back a subscription is backfilled unless said otherwise.
const DAYS: i64 = 365;

#[derive(Debug, Subcommand)]
pub(super) enum SubscriptionVerb {
    /// Subscribe to a series: it is backfilled, then updated live
    Add(AddArguments),
    /// Unsubscribe from a series; what is stored stays
    Remove(RemoveArguments),
    /// List a user's subscriptions and how they stand
    List(ListArguments),
}

#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// Whose subscription it is
    #[arg(long)]
    user: String,
    #[command(flatten)]
    series: SeriesArguments,
    /// Backfill from here on (UTC); a year ago unless given
    #[arg(long)]
    since: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(super) struct RemoveArguments {
    /// Whose subscription it is
    #[arg(long)]
    user: String,
    #[command(flatten)]
    series: SeriesArguments,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Whose subscriptions
    #[arg(long)]
    user: String,
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    series: SeriesKey,
    since: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<ingest::ChannelStatus>,
    is_followed: bool,
}

#[derive(Debug, Serialize)]
struct Subscribed<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    user: &'a str,
    since: Timestamp,
}

#[derive(Debug, Serialize)]
struct Unsubscribed<'a> {
    #[serde(flatten)]
    series: &'a SeriesKey,
    user: &'a str,
    removed: bool,
}

pub(super) async fn run(verb: SubscriptionVerb, folders: &Folders, output: Output) -> Result<(), Failure> {
    let house = House::open(folders).await?;
    let store = open_store(&house.configuration, folders).await?;
    let result = match verb {
        SubscriptionVerb::Add(arguments) => add(&house, store.as_ref(), arguments, output).await,
        SubscriptionVerb::Remove(arguments) => remove(store.as_ref(), arguments, output).await,
        SubscriptionVerb::List(arguments) => list(store.as_ref(), arguments, output).await,
    };
    store.close().await;
    result
}

async fn add(
    house: &House,
    store: &dyn Store,
    arguments: AddArguments,
    output: Output,
) -> Result<(), Failure> {
    let user = find(store, &arguments.user).await?;
    let key = arguments.series.key();
    let exchange = house.exchanges.get(&key.exchange).map_err(Failure::not_found)?;
    if !exchange.offer().intervals.contains(&key.interval) {
        let message =
            format!("{} publishes no {} candles; choose another interval", key.exchange, key.interval);
        return Err(Failure::new(crate::output::Kind::Usage, message));
    }
    let since = arguments.since.unwrap_or_else(|| now().plus_ms(-DAYS * Timestamp::DAY_MS).floor_day());
    store.subscribe(user.id, &key, since, now()).await.map_err(|error| failed(&error))?;
    if output.is_json() {
        return output.json(&Subscribed { series: &key, user: &user.name, since });
    }
    output.text(&format!(
        "subscribed to {key}: backfilled from {since} UTC on, then updated live, while `crypto serve` or `crypto daemon` runs"
    ))
}

async fn remove(store: &dyn Store, arguments: RemoveArguments, output: Output) -> Result<(), Failure> {
    let user = find(store, &arguments.user).await?;
    let key = arguments.series.key();
    match store.unsubscribe(user.id, &key).await {
        Err(store::StoreError::NotFound { .. }) => {
            let hint = format!("`crypto subscription list --user {}` shows what is", user.name);
            Err(Failure::not_found(format!("{} has not subscribed to {key}; {hint}", user.name)))
        }
        other => {
            other.map_err(|error| failed(&error))?;
            if output.is_json() {
                return output.json(&Unsubscribed { series: &key, user: &user.name, removed: true });
            }
            output.text(&format!("unsubscribed from {key}; what is stored stays"))
        }
    }
}

async fn list(store: &dyn Store, arguments: ListArguments, output: Output) -> Result<(), Failure> {
    let user = find(store, &arguments.user).await?;
    let mut standings = standings(store, now()).await.map_err(|error| failed(&error))?;
    let subscriptions = store.subscriptions(user.id).await.map_err(|error| failed(&error))?;
    let rows: Vec<Row> = subscriptions
        .into_iter()
        .map(|subscription| {
            let standing = standings.remove(&subscription.key);
            Row {
                is_followed: standing.as_ref().is_some_and(|standing| standing.is_fresh),
                status: standing.map(|standing| standing.status),
                series: subscription.key,
                since: subscription.since,
            }
        })
        .collect();
    if output.is_json() {
        return output.json(&rows);
    }
    if rows.is_empty() {
        return output.text("no subscriptions yet: see `crypto subscription add --help`");
    }
    let lines: Vec<Vec<String>> = rows.iter().map(line).collect();
    output.text(&table(&["series", "since (UTC)", "state", "complete up to (UTC)"], &lines))
}

fn line(row: &Row) -> Vec<String> {
    let state = match &row.status {
        Some(status) if row.is_followed => match &status.phase {
            ingest::Phase::Filling => "backfilling".to_owned(),
            ingest::Phase::Live => "live".to_owned(),
            ingest::Phase::Polling => "polling".to_owned(),
            ingest::Phase::Waiting { reason, until } => {
                let until = until.map(|until| format!("; next try at {until} UTC"));
                format!("retrying: {reason}{}", until.unwrap_or_default())
            }
        },
        _ => "not running".to_owned(),
    };
    let until = row.status.as_ref().and_then(|status| status.complete_until);
    let until = until.map_or_else(|| "n/a".to_owned(), |until| until.to_string());
    vec![row.series.to_string(), row.since.to_string(), state, until]
}

async fn find(store: &dyn Store, name: &str) -> Result<User, Failure> {
    let users = store.users().await.map_err(|error| failed(&error))?;
    users.into_iter().find(|user| user.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        Failure::not_found(format!("there is no user '{name}'; `crypto user add {name}` makes one"))
    })
}

fn failed(error: &store::StoreError) -> Failure {
    Failure::failed(error.to_string())
}
