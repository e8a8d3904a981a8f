//! Charts as SVG and text, without JavaScript: equity and drawdown, sparklines, the monthly table.
//!
//! Invariants: the same input gives the same bytes; every SVG is valid on its own, scales with its container, names itself to a screen
//! reader and carries classes, so that a page's theme applies (`style/drawings.css`). At most about two points per pixel are drawn, extremes kept.
//! This crate deliberately computes no statistics (see `metrics`) and reads or writes no files.

mod canvas;
mod downsample;
mod equity_chart;
mod ink;
mod labels;
mod monthly_table;
mod pane;
mod sparkline;
mod time_ticks;
mod value_ticks;

pub use downsample::downsample;
pub use equity_chart::{ChartSize, EquityChart, MarkerKind, TradeMarker, equity_and_drawdown_svg};
pub use ink::Theme;
pub use monthly_table::{MonthCell, MonthlyTable, YearRow, monthly_table};
pub use sparkline::{sparkline_path, sparkline_svg, sparkline_text};
