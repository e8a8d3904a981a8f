//! The web interface as a black box: the real server, asked over HTTP by strangers, by the wrong user, by the right one, with
//! good input and with bad.

mod attacks;
mod bad_input;
pub(crate) mod browser;
mod demo_exchange;
mod endpoints;
mod fixture;
mod headers;
pub(crate) mod installation;
mod live;
mod other_users;
mod pages;
pub(crate) mod process;
pub(crate) mod queue;
mod same_origin;
mod secrets;
mod session_life;
mod sign_in;
mod stored_results;
pub(crate) mod upload;
mod uploads;
mod users;
