//! The process's TLS provider, which REST and streams share.

use std::sync::OnceLock;

/// Makes ring the process's TLS provider, unless somebody already chose one: the libraries are built without their own.
pub(crate) fn install_crypto_provider() {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        // An error means that another provider is already installed, which is just as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
