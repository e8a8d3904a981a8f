//! Markets: every stored series and its interactive chart.

mod api;
mod cards;
mod chart;
mod chart_page;
mod indicators;
mod latest;
pub mod model;
mod not_stored;
mod page;

pub(crate) use api::series_list;
pub(crate) use cards::SeriesCards;
pub(crate) use chart_page::ChartPage;
pub(crate) use page::MarketsPage;
