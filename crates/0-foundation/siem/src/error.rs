//! What can go wrong on the way to the SIEM.

use kernel::error::{Classified, ErrorKind};
use ports::error::PortError;

/// The error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum SiemError {
    /// Certificates or names that TLS cannot use.
    #[error("TLS to the SIEM cannot be set up: {0}; look at siem.ca, siem.certificate, siem.key and siem.server_name")]
    Tls(String),
    /// The other end does not answer, or ended the connection.
    #[error("the SIEM at {address} cannot be reached: {what}; it is tried again, nothing is lost meanwhile")]
    Unreachable {
        /// Where.
        address: String,
        /// What happened.
        what: String,
    },
    /// The trail cannot be read.
    #[error(transparent)]
    Trail(#[from] PortError),
}

impl Classified for SiemError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Tls(_) => ErrorKind::Invalid,
            Self::Unreachable { .. } => ErrorKind::Unavailable,
            Self::Trail(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Tls(_) => "siem_tls",
            Self::Unreachable { .. } => "siem_unreachable",
            Self::Trail(error) => error.code(),
        }
    }
}
