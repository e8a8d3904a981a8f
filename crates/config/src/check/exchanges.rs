//! `exchanges.yaml`: from its table to exchanges.

use indexmap::IndexMap;
use types::ExchangeId;

use crate::check::value::{NamedTable, Table};
use crate::model::ExchangeSettings;

/// Returns the exchanges; `None` when a value was refused.
pub(super) fn build(file: &Table) -> Option<IndexMap<ExchangeId, ExchangeSettings>> {
    let exchanges = file.named("exchanges").iter().map(exchange);
    exchanges.map(|exchange| exchange.map(|exchange| (exchange.id.clone(), exchange))).collect()
}

fn exchange(entry: &NamedTable) -> Option<ExchangeSettings> {
    let table = &entry.table;
    Some(ExchangeSettings {
        id: entry.name.parse().ok()?,
        adapter: table.get("adapter")?,
        testnet: table.get("testnet")?,
        base_url: table.get("base_url"),
        stream_url: table.get("stream_url"),
        api_key: table.get("api_key")?,
        api_secret: table.get("api_secret")?,
        rate_limit: u32::try_from(table.get::<i64>("rate_limit")?).ok()?,
        synthetic: table.get("synthetic")?,
    })
}
