//! Small building blocks that pages share. They hold no state and ask the server for nothing.

mod badge;
mod empty;
mod field;
mod go_to;
mod icon;
mod page_head;
mod problem;
mod tile;

pub(crate) use badge::{ProvenanceBadges, StateBadge, SyntheticBadge};
pub(crate) use empty::Empty;
pub(crate) use field::{Field, FormProblem, SelectField};
pub(crate) use go_to::GoTo;
pub(crate) use icon::{Icon, Logo, Symbol};
pub(crate) use page_head::PageHead;
pub(crate) use problem::{Loading, shown};
pub(crate) use tile::{FigureText, Tile};
