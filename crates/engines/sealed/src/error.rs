//! What can go wrong with the keys of a sealed tenant.

use kernel::error::{Classified, ErrorKind, Retry};
use ports::error::PortError;

/// The one error of the vault. What the ports answer stays a [`PortError`].
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Storage below.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Neither this passphrase nor this recovery key opens it.
    #[error("this does not open the tenant ({failures} wrong in a row); the next attempt is possible in {wait_s} s")]
    Wrong {
        /// Wrong attempts in a row, this one included.
        failures: u32,
        /// Seconds until the next attempt is looked at.
        wait_s: u32,
    },
    /// An attempt came before its time; it was not looked at.
    #[error("after wrong attempts one has to wait: try again in {wait_s} s")]
    TooEarly {
        /// Seconds that are left.
        wait_s: u32,
    },
    /// The passphrase cannot be one.
    #[error("a passphrase has 12 to 1,024 characters; this one has {0}")]
    Passphrase(usize),
    /// The text is no recovery key.
    #[error("this is not a recovery key: write its 16 groups of four characters as they were shown")]
    Recovery,
    /// Costs of argon2id that nobody may use.
    #[error("argon2id with {0} is not possible")]
    Cost(String),
    /// The tenant has keys already.
    #[error("the tenant is sealed already; unlock it")]
    Exists,
    /// The tenant has no keys.
    #[error("the tenant was never sealed; create it with `hanoi-ioc tenant create NAME --sealed`")]
    Absent,
    /// The data key is being changed by somebody else.
    #[error("the data key is being changed at this moment; wait until that has ended")]
    Rotating,
    /// The keyring is damaged, of a newer format or of another tenant.
    #[error("the keyring cannot be used: {0}")]
    Keyring(String),
    /// The random numbers or the ciphers of this machine do not work.
    #[error("cryptography does not work on this machine: {0}")]
    Crypto(&'static str),
}

impl Classified for SealError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::Wrong { .. } => ErrorKind::Denied,
            Self::TooEarly { .. } => ErrorKind::Exhausted,
            Self::Passphrase(_) | Self::Recovery | Self::Cost(_) => ErrorKind::Invalid,
            Self::Exists | Self::Rotating => ErrorKind::Conflict,
            Self::Absent => ErrorKind::NotFound,
            Self::Keyring(_) => ErrorKind::Corrupt,
            Self::Crypto(_) => ErrorKind::Bug,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Port(error) => error.code(),
            Self::Wrong { .. } => "tenant_wrong_key",
            Self::TooEarly { .. } => "tenant_too_early",
            Self::Passphrase(_) | Self::Recovery | Self::Cost(_) => "tenant_invalid_key",
            Self::Exists => "tenant_exists",
            Self::Rotating => "tenant_rotating",
            Self::Absent => "tenant_not_sealed",
            Self::Keyring(_) => "storage_corrupt",
            Self::Crypto(_) => "internal",
        }
    }

    fn retry(&self) -> Retry {
        match self {
            Self::Port(error) => error.retry(),
            Self::Wrong { wait_s, .. } | Self::TooEarly { wait_s } => Retry::AfterSeconds(*wait_s),
            _ => Retry::Never,
        }
    }
}

/// What every port of a locked tenant answers, to every read and write.
pub fn locked(tenant: &str) -> PortError {
    PortError::Unavailable(format!(
        "tenant {tenant} is locked; its holder opens it with `hanoi-ioc tenant unlock {tenant}`"
    ))
}

/// What a port answers when stored bytes do not open: changed, moved from another place, or of another tenant.
pub(crate) fn changed(what: &str, place: &str) -> PortError {
    PortError::Corrupt(format!(
        "{what} {place} does not open with the key of its tenant: it was changed or moved"
    ))
}

impl From<SealError> for PortError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Port(error) => error,
            SealError::Keyring(text) => Self::Corrupt(text),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
