//! `strategies.yaml`: parameters against the catalogue, and from its table to strategies.

use indexmap::IndexMap;
use types::ExchangeId;

use crate::catalogue::{self, Given, GivenValue, ParamPlace, Params, StrategyKind};
use crate::check::names::{Known, Reference};
use crate::check::value::{NamedTable, Table};
use crate::codes::{self, Code};
use crate::diagnostic::Sink;
use crate::model::StrategySpec;
use crate::source::ConfigFile;
use crate::yaml::{Content, Entry, Node, Resolved};

/// Returns the strategies; `None` when a value was refused.
pub(super) fn build(
    file: &Table,
    exchanges: &Known,
    sink: &mut Sink<'_>,
) -> Option<IndexMap<String, StrategySpec>> {
    // Collected before it is judged: every strategy is to be checked, not only those before the first fault.
    let strategies: Vec<Option<StrategySpec>> =
        file.named("strategies").iter().map(|entry| strategy(entry, exchanges, sink)).collect();
    strategies
        .into_iter()
        .map(|strategy| strategy.map(|strategy| (strategy.name.clone(), strategy)))
        .collect()
}

fn strategy(entry: &NamedTable, exchanges: &Known, sink: &mut Sink<'_>) -> Option<StrategySpec> {
    let table = &entry.table;
    check_exchange(table, exchanges, sink);
    let kind: Option<String> = table.get("type");
    let params = kind.as_deref().and_then(catalogue::strategy).and_then(|kind| params(kind, table, sink));
    Some(StrategySpec {
        name: entry.name.clone(),
        kind: kind?,
        params: params?,
        exchange: table.get("exchange")?,
        symbols: table.get("symbols")?,
        interval: table.get("interval")?,
    })
}

/// Reports an exchange that `exchanges.yaml` does not define.
pub(super) fn check_exchange(table: &Table, exchanges: &Known, sink: &mut Sink<'_>) {
    let Some(name) = table.get::<ExchangeId>("exchange") else { return };
    let Some(item) = table.item("exchange") else { return };
    let (what, written) = if table.has("exchange") {
        ("exchange", item.written.as_str())
    } else {
        ("default exchange", name.as_str())
    };
    let reference = Reference { code: codes::UNKNOWN_EXCHANGE, what, file: ConfigFile::Exchanges, written };
    exchanges.require(name.as_str(), reference, item.span, sink);
}

fn params(kind: &StrategyKind, table: &Table, sink: &mut Sink<'_>) -> Option<Params> {
    if table.has("params") && table.item("params").is_none() {
        return None;
    }
    let node: Option<Node> = table.get("params");
    let entries: &[Entry] = node.as_ref().map_or(&[], Node::entries);
    let given: Vec<Given> = entries
        .iter()
        .map(|entry| Given {
            name: entry.key.clone(),
            value: given_value(&entry.value),
            described: entry.value.described(),
        })
        .collect();
    let (params, problems) = catalogue::check_given(kind, &given);
    for problem in problems {
        let entry = entries.iter().find(|entry| entry.key == problem.param);
        let span = match (entry, problem.place) {
            (Some(entry), ParamPlace::Name) => entry.key_span,
            (Some(entry), ParamPlace::Value) => entry.value.span,
            (None, _) => table.span,
        };
        sink.error(Code { id: problem.code, title: "" }, span, problem.message, problem.suggestion);
    }
    params
}

fn given_value(node: &Node) -> GivenValue {
    match &node.content {
        Content::Broken => GivenValue::Broken,
        Content::List(_) | Content::Map(_) => GivenValue::Nested,
        Content::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => GivenValue::Absent,
            Resolved::Bool(value) => GivenValue::Bool(value),
            Resolved::Integer(value) => GivenValue::Integer(value),
            Resolved::Number(value) => GivenValue::Number(value),
            Resolved::Text if scalar.template.is_some() => GivenValue::Text(scalar.text.trim().to_owned()),
            Resolved::Text => GivenValue::Text(scalar.text.clone()),
        },
    }
}
