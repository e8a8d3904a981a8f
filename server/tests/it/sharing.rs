//! Two processes of the binary behind one address, with one Redis: the exchange's own count is the judge.

mod redis_port;
mod street;
mod two_processes;
