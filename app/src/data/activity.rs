//! What is being done about data, and what was: imports, downloads and repairs.

use leptos::prelude::*;

use super::head::DataHead;
use crate::answer::ask;
use crate::format;
use crate::jobs::model::{JobKind, JobView};
use crate::jobs::{JobList, jobs, live_jobs};
use crate::live::{Live, Outdated};
use crate::ui::{Empty, Loading, Symbol, shown, suspend};

/// The jobs that change what is stored.
const KINDS: &[JobKind] = &[JobKind::Import, JobKind::Ingest, JobKind::Repair];
/// How many jobs the page lists.
const JOBS: u32 = 50;

/// Lists the user's jobs about data; follows them by itself.
#[component]
pub(crate) fn ActivityPage() -> impl IntoView {
    let known = ask(|| (), |()| jobs(KINDS.to_vec(), JOBS));
    view! {
        <DataHead title="Activity" lead="Your downloads, imports and repairs, newest first."/>
        <Suspense fallback=Loading>
            {suspend(move || async move {
                shown(known.await, |first| {
                    let live = live_jobs(first, KINDS, JOBS);
                    view! { <div class="stack"><Outdated live/><Jobs live/></div> }
                })
            })}
        </Suspense>
    }
}

#[component]
fn Jobs(live: Live<Vec<JobView>>) -> impl IntoView {
    let jobs = live.latest();
    let is_empty = Memo::new(move |_| jobs.with(Vec::is_empty));
    let counts = Memo::new(move |_| jobs.with(|jobs| counts(jobs)));
    move || {
        if is_empty.get() {
            view! {
                <Empty symbol=Symbol::Download title="Nothing yet" text="Downloads, imports and repairs show here.">
                    <a class="button primary" href="/data/get">"Get data"</a>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <section class="panel" aria-labelledby="jobs-title">
                    <div class="panel-head">
                        <h2 id="jobs-title">"Jobs"</h2>
                        <span class="muted" role="status">{move || counts.get()}</span>
                    </div>
                    <JobList jobs on_change=live.refresher()/>
                </section>
            }
            .into_any()
        }
    }
}

/// How many there are of which kind: `1 running · 2 need attention · 12 finished`.
fn counts(jobs: &[JobView]) -> String {
    let count = |is: fn(&JobView) -> bool| jobs.iter().filter(|job| is(job)).count() as u64;
    let active = count(|job| job.state.is_active());
    let open = count(|job| !job.state.is_active() && !job.is_done());
    let parts = [
        (active, format!("{} running", format::count(active))),
        (open, format::counted(open, "needs attention", "need attention")),
        (count(JobView::is_done), format!("{} finished", format::count(count(JobView::is_done)))),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text).collect();
    parts.join(" · ")
}
