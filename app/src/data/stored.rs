//! The table of what is stored. Candles belong to the house, so only administrators are offered to delete them.

use std::cmp::Ordering;

use leptos::prelude::*;

use super::api::DeleteSeries;
use super::model::quality_link;
use crate::format;
use crate::live::{Live, Rows};
use crate::markets::model::SeriesView;
use crate::ui::{Empty, FormState, Order, PostForm, ProvenanceBadges, SortHead, Symbol, use_order};

/// Lists every series with its coverage, in the order that the address asks for.
#[component]
pub(super) fn Stored(live: Live<Vec<SeriesView>>, may_delete: bool) -> impl IntoView {
    let series = live.latest();
    let is_empty = Memo::new(move |_| series.with(Vec::is_empty));
    move || {
        if is_empty.get() {
            view! { <Nothing/> }.into_any()
        } else {
            view! { <Table series may_delete on_delete=live.refresher()/> }.into_any()
        }
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Empty
            symbol=Symbol::Data title="No candles yet"
            text="Download them from an exchange, import a file, or take the offline demo market."
        >
            <a class="button primary" href="/data/get">"Download"</a>
            <a class="button" href="/data/get#import">"Import a file"</a>
        </Empty>
    }
}

#[component]
fn Table(series: Signal<Vec<SeriesView>>, may_delete: bool, on_delete: Callback<()>) -> impl IntoView {
    let delete = FormState::of::<DeleteSeries>().on_success(move || {
        on_delete.try_run(());
    });
    let order = use_order();
    let sorted = Signal::derive(move || order.with(|order| sorted(series.get(), order)));
    let total = move || {
        let (count, bytes) = series
            .with(|series| (series.len() as u64, series.iter().map(|series| series.bytes).sum::<u64>()));
        format!("{} · {} on disk", format::counted(count, "series", "series"), format::bytes(bytes))
    };
    let problem = move || delete.problem();
    view! {
        <section class="panel" aria-labelledby="stored-title">
            <div class="panel-head"><h2 id="stored-title">"Stored series"</h2><span class="muted">{total}</span></div>
            <div role="alert">{move || problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
            <div class="table-wrap">
                <table class="stacked compact">
                    <thead>
                        <tr>
                            <SortHead column="series" title="Series" order/>
                            <SortHead column="first" title="First (UTC)" order/>
                            <SortHead column="last" title="Last (UTC)" order/>
                            <SortHead column="candles" title="Candles" order is_number=true/>
                            <SortHead column="missing" title="Missing" order is_number=true/>
                            <th scope="col">"Source"</th>
                            <SortHead column="size" title="Size" order is_number=true/>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <Rows
                            items=sorted key=|series: &SeriesView| series.key.clone()
                            row=move |series| view! { <Row series may_delete delete/> }
                        />
                    </tbody>
                </table>
            </div>
        </section>
    }
}

/// Puts series in order; what the address does not name stays as the server sorted it, by exchange, symbol and interval.
fn sorted(mut series: Vec<SeriesView>, order: &Order) -> Vec<SeriesView> {
    let compare: fn(&SeriesView, &SeriesView) -> Ordering = match order.column.as_str() {
        "series" => |a, b| a.key.cmp(&b.key),
        "first" => |a, b| a.first_ms.cmp(&b.first_ms),
        "last" => |a, b| a.last_ms.cmp(&b.last_ms),
        "candles" => |a, b| a.rows.cmp(&b.rows),
        "missing" => |a, b| a.missing.cmp(&b.missing),
        "size" => |a, b| a.bytes.cmp(&b.bytes),
        _ => return series,
    };
    series.sort_by(|a, b| order.apply(compare(a, b)));
    series
}

#[component]
fn Row(series: Signal<SeriesView>, may_delete: bool, delete: FormState) -> impl IntoView {
    let SeriesView { key, .. } = series.get_untracked();
    let name = key.to_string();
    let details = quality_link(&key);
    let more = details.clone();
    let deletion = may_delete.then(|| view! { <Deletion key=name.clone() delete/> });
    let chart = series.with_untracked(SeriesView::link);
    let missing = Memo::new(move |_| series.with(|series| (series.missing, series.gaps)));
    let provenance = Memo::new(move |_| series.with(|series| series.provenance));
    let missing = move || match missing.get() {
        (0, _) => view! { <span class="muted">"none"</span> }.into_any(),
        (missing, gaps) => {
            let title = format!("in {}", format::counted(gaps, "gap", "gaps"));
            view! { <a class="warn" href=details.clone() title=title>{format::count(missing)}</a> }.into_any()
        }
    };
    view! {
        <tr>
            <th scope="row" data-label="Series">
                <a href=chart>{key.symbol.to_string()}</a>
                <span class="chip">{key.interval.to_string()}</span>
                <span class="muted">{key.exchange.to_string()}</span>
            </th>
            <td data-label="First (UTC)">{move || format::minute(series.with(|series| series.first_ms))}</td>
            <td data-label="Last (UTC)">{move || format::minute(series.with(|series| series.last_ms))}</td>
            <td data-label="Candles" class="number">{move || format::count(series.with(|series| series.rows))}</td>
            <td data-label="Missing" class="number">{missing}</td>
            <td data-label="Source">{move || view! { <ProvenanceBadges provenance=provenance.get()/> }}</td>
            <td data-label="Size" class="number">{move || format::bytes(series.with(|series| series.bytes))}</td>
            <td class="row-actions">
                <a class="button small quiet" href=more aria-label=format!("Quality of {name}")>"Quality"</a>
                {deletion}
            </td>
        </tr>
    }
}

/// Asks before everything of a series is deleted.
#[component]
pub(super) fn Deletion(key: String, delete: FormState) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary class="button small quiet" aria-label=format!("Delete {key}")>"Delete"</summary>
            <PostForm to=delete>
                <input type="hidden" name="series" value=key.clone()/>
                <p>"Delete all candles of "<strong>{key}</strong>"? This cannot be undone."</p>
                <button type="submit" class="button small danger">"Delete them"</button>
            </PostForm>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtests::model::parse_key;

    #[test]
    fn the_address_orders_the_list() {
        let series = |name: &str, last_ms| SeriesView {
            key: parse_key(name).unwrap(),
            rows: 1,
            first_ms: 0,
            last_ms,
            bytes: 0,
            gaps: 0,
            missing: 0,
            provenance: crate::markets::model::ProvenanceView::default(),
            trend: None,
        };
        let all =
            vec![series("demo BTCUSDT 1h", 5), series("demo ETHUSDT 1h", 9), series("demo SOLUSDT 1h", 7)];
        let by = |text: &str| -> Vec<i64> {
            sorted(all.clone(), &Order::of(text)).iter().map(|series| series.last_ms).collect()
        };
        assert_eq!(
            (by("-last"), by("last"), by(""), by("nonsense")),
            (vec![9, 7, 5], vec![5, 7, 9], vec![5, 9, 7], vec![5, 9, 7])
        );
    }
}
