//! The axum host: routes, security headers, uploads, graceful shutdown.

mod error_status;
mod headers;
mod live;
mod router;
mod same_origin;
mod upload;

pub(crate) use router::{Bells, Web, router};
