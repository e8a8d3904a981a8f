//! The routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::account::{AccountPage, SetUpPage, SignInPage};
use crate::backtests::{BacktestsPage, NewBacktestPage, ResultPage};
use crate::dashboard::DashboardPage;
use crate::data::{ActivityPage, DataPage, GetDataPage, SeriesPage, SubscriptionsPage};
use crate::frame::Frame;
use crate::markets::{ChartPage, MarketsPage};
use crate::not_found::NotFoundPage;
use crate::strategies::{StrategiesPage, StrategyPage};
use crate::ui::{Announcements, provide_announcer};
use crate::users::UsersPage;

/// The whole application. Every page waits for its data on the server, so that it is complete without JavaScript.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_announcer();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Crypto".to_owned() } else { format!("{title} · Crypto") }/>
        <Announcements/>
        <Router>
            <Routes fallback=|| view! { <NotFoundPage/> }.into_any()>
                <Route path=path!("/setup") view=SetUpPage ssr=SsrMode::Async/>
                <Route path=path!("/signin") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/") view=DashboardPage ssr=SsrMode::Async/>
                    <Route path=path!("/markets") view=MarketsPage ssr=SsrMode::Async/>
                    <Route path=path!("/markets/:exchange/:symbol/:interval") view=ChartPage ssr=SsrMode::Async/>
                    <Route path=path!("/data") view=DataPage ssr=SsrMode::Async/>
                    <Route path=path!("/data/live") view=SubscriptionsPage ssr=SsrMode::Async/>
                    <Route path=path!("/data/get") view=GetDataPage ssr=SsrMode::Async/>
                    <Route path=path!("/data/activity") view=ActivityPage ssr=SsrMode::Async/>
                    <Route path=path!("/data/series/:exchange/:symbol/:interval") view=SeriesPage ssr=SsrMode::Async/>
                    <Route path=path!("/strategies") view=StrategiesPage ssr=SsrMode::Async/>
                    <Route path=path!("/strategies/:name") view=StrategyPage ssr=SsrMode::Async/>
                    <Route path=path!("/backtests") view=BacktestsPage ssr=SsrMode::Async/>
                    <Route path=path!("/backtests/new") view=NewBacktestPage ssr=SsrMode::Async/>
                    <Route path=path!("/backtests/:id") view=ResultPage ssr=SsrMode::Async/>
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                    <Route path=path!("/users") view=UsersPage ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
