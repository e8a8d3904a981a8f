//! A list of jobs with their progress, their log and what can be done about them.

use leptos::prelude::*;

use super::api::{CancelJob, DeleteJob, RetryJob};
use super::live::Told;
use super::model::{JobKind, JobState, JobView, NoticeLevel, NoticeView, ProgressView};
use crate::format;
use crate::ui::StateBadge;

/// The three things that can be done about a job; shared by all rows of a list.
#[derive(Clone, Copy)]
struct Actions {
    cancel: ServerAction<CancelJob>,
    retry: ServerAction<RetryJob>,
    delete: ServerAction<DeleteJob>,
}

impl Actions {
    fn new(on_change: Callback<()>) -> Self {
        let actions =
            Self { cancel: ServerAction::new(), retry: ServerAction::new(), delete: ServerAction::new() };
        Effect::new(move |before: Option<usize>| {
            let versions = [
                actions.cancel.version().get(),
                actions.retry.version().get(),
                actions.delete.version().get(),
            ];
            let now = versions.iter().sum();
            if before.is_some_and(|before| before != now) {
                on_change.run(());
            }
            now
        });
        actions
    }

    /// Returns why the latest action did not work.
    fn problem(self) -> Option<String> {
        let refused = [self.cancel.value().get(), self.retry.value().get(), self.delete.value().get()];
        refused.into_iter().flatten().find_map(Result::err).map(|error| error.to_string())
    }
}

/// Lists jobs, newest first.
#[component]
pub(crate) fn JobList(
    /// The jobs.
    jobs: Vec<JobView>,
    /// Told when something was done about one.
    on_change: Callback<()>,
) -> impl IntoView {
    let actions = Actions::new(on_change);
    let rows = jobs.into_iter().map(|job| view! { <JobRow job actions/> }.into_any());
    view! {
        <div role="alert">{move || actions.problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        <ul class="jobs">{rows.collect_view()}</ul>
    }
}

#[component]
fn JobRow(job: JobView, actions: Actions) -> impl IntoView {
    let outcome = job.outcome.clone().map(|text| view! { <p class="job-outcome">{text}</p> });
    let reason = job.reason.clone().map(|text| view! { <p class="job-reason">{text}</p> });
    let progress = job.state.is_active().then(|| view! { <Progress job=job.clone()/> });
    let log = (!job.notices.is_empty()).then(|| view! { <Log notices=job.notices.clone()/> });
    view! {
        <li class="job">
            <div class="job-head">
                <StateBadge state=job.state is_cancelling=job.is_cancelling/>
                <span class="job-title">{job.title.clone()}</span>
                <span class="job-time muted">{times(&job)}</span>
                <Buttons job actions/>
            </div>
            {progress}{outcome}{reason}
            {log}
        </li>
    }
}

/// When a job began and how long it took.
fn times(job: &JobView) -> String {
    let began = format::date_time(job.started_ms.unwrap_or(job.created_ms));
    match (job.started_ms, job.finished_ms) {
        (Some(start), Some(end)) => format!("{began} · {}", format::duration(end - start)),
        _ => began,
    }
}

#[component]
fn Progress(job: JobView) -> impl IntoView {
    let (id, state, told) = (job.id, job.state, use_context::<Told>());
    let known = job.progress;
    let progress =
        Signal::derive(move || told.and_then(|told| told.get(id)).unwrap_or_else(|| known.clone()));
    let percent = move || progress.with(|progress| progress.percent().map(|percent| percent.to_string()));
    let message = move || progress.with(|progress| doing(progress, state));
    let amount = move || progress.with(|progress| pace(progress, state) + &amount(progress));
    view! {
        <div class="progress">
            <progress max="100" value=percent aria-label=job.title></progress>
            <p class="progress-text"><span>{message}</span><span class="muted">{amount}</span></p>
        </div>
    }
}

/// What is being done now.
fn doing(progress: &ProgressView, state: JobState) -> String {
    match state {
        JobState::Queued if progress.message.is_empty() => "Waiting for a free worker".to_owned(),
        _ => progress.message.clone(),
    }
}

/// How much is done: `38 % · 3,800 of 10,000`.
fn amount(progress: &ProgressView) -> String {
    match (progress.percent(), progress.total) {
        (Some(percent), Some(total)) => {
            format!("{percent} % · {} of {}", format::count(progress.done.min(total)), format::count(total))
        }
        _ if progress.done > 0 => format::count(progress.done),
        _ => String::new(),
    }
}

/// How fast it goes: `1,200 a second · 40s left · `.
fn pace(progress: &ProgressView, state: JobState) -> String {
    match (progress.per_second, progress.left_ms) {
        (Some(rate), Some(left)) if state == JobState::Running => {
            format!(
                "{} a second · {} left · ",
                format::count(rounded(rate)),
                format::duration(left.max(1000))
            )
        }
        _ => String::new(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is small and never negative"
)]
fn rounded(rate: f64) -> u64 {
    rate.round() as u64
}

#[component]
fn Buttons(job: JobView, actions: Actions) -> impl IntoView {
    let id = StoredValue::new(job.id.to_string());
    let result = job.link.clone().map(|href| view! { <a class="button small" href=href>"View result"</a> });
    let cancel = job.can_cancel().then(|| {
        view! {
            <ActionForm action=actions.cancel>
                <input type="hidden" name="id" value=id.get_value()/>
                <button type="submit" class="button small">"Cancel"</button>
            </ActionForm>
        }
    });
    // A download goes on where it stopped: what has arrived is stored.
    let is_resumable = matches!(job.kind, JobKind::Ingest | JobKind::Repair) && job.state != JobState::Failed;
    let again = if is_resumable { "Resume" } else { "Retry" };
    let retry = job.can_retry().then(|| {
        view! {
            <ActionForm action=actions.retry>
                <input type="hidden" name="id" value=id.get_value()/>
                <button type="submit" class="button small">{again}</button>
            </ActionForm>
        }
    });
    let delete = job.can_delete().then(|| {
        view! {
            <ActionForm action=actions.delete>
                <input type="hidden" name="id" value=id.get_value()/>
                <button type="submit" class="button small quiet">"Dismiss"</button>
            </ActionForm>
        }
    });
    view! { <div class="job-actions">{result}{cancel}{retry}{delete}</div> }
}

#[component]
fn Log(notices: Vec<NoticeView>) -> impl IntoView {
    let count = u64::try_from(notices.len()).unwrap_or(0);
    let rows = notices.into_iter().map(|notice| {
        let class = match notice.level {
            NoticeLevel::Info => "",
            NoticeLevel::Warning => "warn",
            NoticeLevel::Error => "bad",
        };
        view! { <li class=class><time>{format::date_time(notice.at_ms)}</time>" "{notice.text}</li> }
    });
    view! {
        <details class="job-log">
            <summary>{format::counted(count, "log line", "log lines")}</summary>
            <ul>{rows.collect_view()}</ul>
        </details>
    }
}
