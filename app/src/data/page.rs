//! What is stored, what is under way, what is kept current, and the ways in.

use leptos::prelude::*;

use super::api::exchanges;
use super::coverage::CoverageMap;
use super::download::DownloadForm;
use super::following::Following;
use super::import::ImportForm;
use super::meter::Budgets;
use super::model::ExchangeView;
use super::quality::QualityPanel;
use super::stored::Stored;
use crate::account::session;
use crate::jobs::model::JobKind;
use crate::jobs::{JobList, jobs, keep_current};
use crate::markets::series_list;
use crate::ui::{Loading, PageHead, shown, suspend};

/// The jobs that change what is stored.
const KINDS: [JobKind; 3] = [JobKind::Import, JobKind::Ingest, JobKind::Repair];
/// How many jobs the page lists.
const JOBS: u32 = 20;

/// Shows stored series, downloads and imports; follows running jobs by itself.
#[component]
pub(crate) fn DataPage() -> impl IntoView {
    let running = Resource::new(|| (), |()| jobs(KINDS.to_vec(), JOBS));
    let series = Resource::new(|| (), |()| series_list());
    let known = Resource::new(|| (), |()| exchanges());
    let reader = Resource::new(|| (), |()| session());
    keep_current(running, Vec::as_slice);
    let changes = RwSignal::new(0_usize);
    follow(running, series, changes);
    let on_change = Callback::new(move |()| running.refetch());
    let on_stored = Callback::new(move |()| {
        series.refetch();
        changes.update(|count| *count += 1);
    });
    let changes = Signal::from(changes);
    view! {
        <PageHead
            title="Data" lead="Every stored series with its coverage and its source, what is kept current, and ways to get more."
        >
            <a class="button" href="#following" rel="external">"Keep current"</a>
            <a class="button" href="#import" rel="external">"Import"</a>
            <a class="button primary" href="#download" rel="external">"Download"</a>
        </PageHead>
        <div class="stack">
            <Transition fallback=Loading>
                {suspend(move || async move { shown(running.await, |jobs| view! { <Jobs jobs on_change/> }) })}
            </Transition>
            <Transition fallback=Loading>
                {suspend(move || async move {
                    let user = reader.await.ok().and_then(|session| session.user);
                    let may_delete = user.is_some_and(|user| user.is_admin);
                    shown(series.await, |series| view! { <Stored series may_delete on_delete=on_stored/> })
                })}
            </Transition>
            <Suspense fallback=Loading>
                {suspend(move || async move { shown(known.await, |exchanges| view! { <Following exchanges/> }) })}
            </Suspense>
            <QualityPanel changes on_change on_stored/>
            <CoverageMap changes/>
            <Budgets/>
            <Suspense fallback=Loading>
                {suspend(move || async move {
                    shown(known.await, |exchanges| view! { <WaysIn exchanges on_change/> })
                })}
            </Suspense>
        </div>
    }
}

/// What is stored changes while jobs run and once more when the last of them ends.
fn follow(
    running: Resource<Result<Vec<crate::jobs::model::JobView>, crate::AppError>>,
    series: Resource<Result<Vec<crate::markets::model::SeriesView>, crate::AppError>>,
    changes: RwSignal<usize>,
) {
    Effect::new(move |before: Option<usize>| {
        let jobs = running.get().and_then(Result::ok).unwrap_or_default();
        let ended = jobs.iter().filter(|job| !job.state.is_active()).count();
        if before.is_some_and(|before| before != ended) {
            series.refetch();
            changes.update(|count| *count += 1);
        }
        ended
    });
}

#[component]
fn Jobs(jobs: Vec<crate::jobs::model::JobView>, on_change: Callback<()>) -> impl IntoView {
    (!jobs.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="jobs-title">
                <h2 id="jobs-title">"Imports, downloads and repairs"</h2>
                <JobList jobs on_change/>
            </section>
        }
    })
}

#[component]
fn WaysIn(exchanges: Vec<ExchangeView>, on_change: Callback<()>) -> impl IntoView {
    view! {
        <div class="columns even">
            <DownloadForm exchanges=exchanges.clone() on_change/>
            <ImportForm exchanges/>
        </div>
    }
}
