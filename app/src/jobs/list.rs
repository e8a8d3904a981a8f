//! A list of jobs with their progress, their log and what can be done about them.

use leptos::prelude::*;

use super::api::{CancelJob, DeleteJob, RetryJob};
use super::model::{JobKind, JobState, JobView, NoticeLevel, ProgressView};
use crate::format;
use crate::live::Rows;
use crate::news::use_news;
use crate::ui::{FormState, PostForm, StateBadge};

/// The three things that can be done about a job; shared by all rows of a list.
#[derive(Clone, Copy)]
struct Actions {
    cancel: FormState,
    retry: FormState,
    delete: FormState,
}

impl Actions {
    fn new(on_change: Callback<()>) -> Self {
        let changed = move || {
            on_change.try_run(());
        };
        Self {
            cancel: FormState::of::<CancelJob>().on_success(changed),
            retry: FormState::of::<RetryJob>().on_success(changed),
            delete: FormState::of::<DeleteJob>().on_success(changed),
        }
    }

    /// Returns why the latest action did not work.
    fn problem(self) -> Option<String> {
        [self.cancel, self.retry, self.delete].into_iter().find_map(FormState::problem)
    }
}

/// Lists jobs, newest first: what is under way or needs attention in full, what is done as a line that unfolds.
#[component]
pub(crate) fn JobList(
    /// The jobs.
    #[prop(into)]
    jobs: Signal<Vec<JobView>>,
    /// Told when something was done about one.
    on_change: Callback<()>,
) -> impl IntoView {
    let actions = Actions::new(on_change);
    view! {
        <div role="alert">{move || actions.problem().map(|text| view! { <p class="notice bad">{text}</p> })}</div>
        <ul class="jobs"><Rows items=jobs key=|job: &JobView| job.id row=move |job| view! { <JobRow job actions/> }/></ul>
    }
}

#[component]
fn JobRow(job: Signal<JobView>, actions: Actions) -> impl IntoView {
    let is_done = Memo::new(move |_| job.with(JobView::is_done));
    view! {
        <li class="job">
            {move || {
                if is_done.get() {
                    view! { <Done job actions/> }.into_any()
                } else {
                    view! { <Open job actions/> }.into_any()
                }
            }}
        </li>
    }
}

/// A job that did what it should.
#[component]
fn Done(job: Signal<JobView>, actions: Actions) -> impl IntoView {
    let result = Memo::new(move |_| job.with(|job| job.link.clone()));
    view! {
        <div class="job-done">
            <details>
                <summary class="job-head">
                    <Badges job/>
                    <span class="job-title">{job.with_untracked(|job| job.title.clone())}</span>
                    <span class="job-outcome muted">{move || job.with(|job| job.outcome.clone())}</span>
                    <span class="job-time muted">{move || job.with(times)}</span>
                </summary>
                <div class="job-body">
                    <Log job/>
                    <Buttons job actions/>
                </div>
            </details>
            {move || result.get().map(|href| view! { <a class="button small" href=href>"View result"</a> })}
        </div>
    }
}

/// A job that is under way, or that somebody has to look after.
#[component]
fn Open(job: Signal<JobView>, actions: Actions) -> impl IntoView {
    let is_active = Memo::new(move |_| job.with(|job| job.state.is_active()));
    let reason = Memo::new(move |_| job.with(|job| job.reason.clone()));
    view! {
        <div class="job-head">
            <Badges job/>
            <span class="job-title">{job.with_untracked(|job| job.title.clone())}</span>
            <span class="job-time muted">{move || job.with(times)}</span>
            <Buttons job actions/>
        </div>
        {move || is_active.get().then(|| view! { <Progress job/> })}
        {move || reason.get().map(|text| view! { <p class="job-reason">{text}</p> })}
        <Log job/>
    }
}

/// Where a job stands, and whether rows were refused.
#[component]
fn Badges(job: Signal<JobView>) -> impl IntoView {
    let state = Memo::new(move |_| job.with(|job| (job.state, job.is_cancelling)));
    let refused = Memo::new(move |_| job.with(|job| job.refused));
    view! {
        {move || {
            let (state, is_cancelling) = state.get();
            view! { <StateBadge state is_cancelling/> }
        }}
        {move || (refused.get() > 0).then(|| {
            view! { <span class="badge warn">{format::counted(refused.get(), "row", "rows")}" refused"</span> }
        })}
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
fn Progress(job: Signal<JobView>) -> impl IntoView {
    let (id, news) = (job.with_untracked(|job| job.id), use_news());
    let state = Memo::new(move |_| job.with(|job| job.state));
    let progress =
        Memo::new(move |_| news.progress(id).unwrap_or_else(|| job.with(|job| job.progress.clone())));
    let percent = move || progress.with(|progress| progress.percent().map(|percent| percent.to_string()));
    let message = move || progress.with(|progress| doing(progress, state.get()));
    let amount = move || progress.with(|progress| pace(progress, state.get()) + &amount(progress));
    view! {
        <div class="progress">
            <progress max="100" value=percent aria-label=job.with_untracked(|job| job.title.clone())></progress>
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

/// What can be done about a job.
#[component]
fn Buttons(job: Signal<JobView>, actions: Actions) -> impl IntoView {
    let id = job.with_untracked(|job| job.id.to_string());
    let (cancel_id, retry_id, delete_id) = (id.clone(), id.clone(), id);
    let can_cancel = Memo::new(move |_| job.with(JobView::can_cancel));
    let can_delete = Memo::new(move |_| job.with(JobView::can_delete));
    let again = Memo::new(move |_| job.with(|job| job.can_retry().then(|| again(job))));
    let cancel = move || {
        let id = cancel_id.clone();
        can_cancel.get().then(|| {
            view! {
                <PostForm to=actions.cancel>
                    <input type="hidden" name="id" value=id/>
                    <button type="submit" class="button small">"Cancel"</button>
                </PostForm>
            }
        })
    };
    let retry = move || {
        let id = retry_id.clone();
        again.get().map(|text| {
            view! {
                <PostForm to=actions.retry>
                    <input type="hidden" name="id" value=id/>
                    <button type="submit" class="button small">{text}</button>
                </PostForm>
            }
        })
    };
    let delete = move || {
        let id = delete_id.clone();
        can_delete.get().then(|| {
            view! {
                <PostForm to=actions.delete>
                    <input type="hidden" name="id" value=id/>
                    <button type="submit" class="button small quiet">"Dismiss"</button>
                </PostForm>
            }
        })
    };
    view! { <div class="job-actions">{cancel}{retry}{delete}</div> }
}

/// A download goes on where it stopped: what has arrived is stored.
fn again(job: &JobView) -> &'static str {
    let is_resumable = matches!(job.kind, JobKind::Ingest | JobKind::Repair) && job.state != JobState::Failed;
    if is_resumable { "Resume" } else { "Retry" }
}

#[component]
fn Log(job: Signal<JobView>) -> impl IntoView {
    let notices = Memo::new(move |_| job.with(|job| job.notices.clone()));
    let count = Memo::new(move |_| notices.with(|notices| u64::try_from(notices.len()).unwrap_or(0)));
    let has_any = Memo::new(move |_| count.get() > 0);
    let rows = move || {
        let rows = notices.get().into_iter().map(|notice| {
            let class = match notice.level {
                NoticeLevel::Info => "",
                NoticeLevel::Warning => "warn",
                NoticeLevel::Error => "bad",
            };
            view! { <li class=class><time>{format::date_time(notice.at_ms)}</time>" "{notice.text}</li> }
        });
        rows.collect_view()
    };
    move || {
        has_any.get().then(|| {
            view! {
                <details class="job-log">
                    <summary>{move || format::counted(count.get(), "log line", "log lines")}</summary>
                    <ul>{rows}</ul>
                </details>
            }
        })
    }
}
