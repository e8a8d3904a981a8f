//! The axum host: routes, security headers, uploads, graceful shutdown.

mod connections;
mod error_status;
mod headers;
mod host;
mod kept_input;
mod live;
mod router;
mod same_origin;
mod upload;
mod watched;

pub(crate) use connections::Limits;
pub(crate) use host::serve;
pub(crate) use router::{Bells, Web, router};
