//! Small building blocks that pages share. They hold no state and ask the server for nothing.

mod badge;
mod empty;
mod field;
mod form;
mod go_to;
mod heading;
mod icon;
mod menu;
mod order;
mod page_head;
mod problem;
mod submit;
mod suspend;
mod tile;

pub(crate) use badge::{ProvenanceBadges, StateBadge, SyntheticBadge};
pub(crate) use empty::Empty;
pub(crate) use field::{Field, FormProblem, SelectField};
pub(crate) use form::{FormState, PostForm, refused};
pub(crate) use go_to::GoTo;
pub(crate) use heading::{Announcements, Heading, provide_announcer};
pub(crate) use icon::{Icon, Logo, Symbol};
pub(crate) use menu::Menu;
pub(crate) use order::{Order, SortHead, use_order};
pub(crate) use page_head::PageHead;
pub(crate) use problem::{Loading, Problem, shown};
pub(crate) use submit::Submit;
pub(crate) use suspend::suspend;
pub(crate) use tile::FigureText;
