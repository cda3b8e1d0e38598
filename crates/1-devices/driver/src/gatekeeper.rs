//! Who is speaking? Every driver asks this before it reads a payload.

use async_trait::async_trait;
use kernel::error::{Classified, ErrorKind};
use kernel::id::DeviceId;
use kernel::submission::Sender;
use std::net::SocketAddr;
use tokio::sync::broadcast;

/// What a sender shows of itself.
#[derive(Clone)]
pub enum Credential {
    /// A device token: `Authorization: Bearer`, or the MQTT password.
    Token {
        /// The device that the sender says to be (MQTT user name); HTTP senders need not say it.
        device: Option<String>,
        /// The token as it came; never logged.
        token: String,
    },
    /// The client certificate chain of a finished TLS handshake, leaf first, DER. TLS has verified the chain against
    /// the platform CA; the gatekeeper checks name, purpose, validity now, and that the device is active.
    Certificate(Vec<Vec<u8>>),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Token { device, .. } => write!(f, "Token({device:?}, ...)"),
            Self::Certificate(chain) => write!(f, "Certificate({} in chain)", chain.len()),
        }
    }
}

/// Why a sender is not let in. Nothing of what it sent is stored; it is a security event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No credential was shown.
    #[error("show a device token (Authorization: Bearer ...) or a client certificate")]
    Missing,
    /// The token is wrong, or belongs to no device. Deliberately says no more.
    #[error("the device token is not valid")]
    BadToken,
    /// The certificate cannot be accepted.
    #[error("the client certificate is not valid: {0}")]
    BadCertificate(String),
    /// The device exists and is switched off.
    #[error("device {0} is blocked")]
    Blocked(DeviceId),
    /// The rights could not be looked up now.
    #[error("devices cannot be checked now; try again")]
    Unavailable,
}

impl Classified for Refusal {
    fn kind(&self) -> ErrorKind {
        if *self == Self::Unavailable {
            ErrorKind::Unavailable
        } else {
            ErrorKind::Denied
        }
    }
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "credential_missing",
            Self::BadToken => "token_invalid",
            Self::BadCertificate(_) => "certificate_invalid",
            Self::Blocked(_) => "device_blocked",
            Self::Unavailable => "gatekeeper_unavailable",
        }
    }
}

/// Knows every device and what it may say.
#[async_trait]
pub trait Gatekeeper: Send + Sync {
    /// Lets a sender in or says why not; refusals are recorded as security events by the implementation.
    async fn admit(&self, credential: Credential, from: SocketAddr) -> Result<Sender, Refusal>;

    /// Hears that a driver refused a sender by itself, because it showed nothing that could be asked about or lost its right
    /// meanwhile; records it as [`admit`](Self::admit) does, and gives back what to tell the sender.
    async fn refused(&self, refusal: Refusal, _from: SocketAddr) -> Refusal {
        refusal
    }

    /// Whether a sender that was let in may still speak; cheap, asked per batch.
    fn still_admitted(&self, sender: &Sender) -> bool;

    /// Like [`still_admitted`](Self::still_admitted), and says why not.
    fn standing(&self, sender: &Sender) -> Result<(), Refusal> {
        match self.still_admitted(sender) {
            true => Ok(()),
            false => Err(Refusal::Blocked(sender.device.clone())),
        }
    }

    /// Devices of which something was withdrawn: a state, a token, a certificate. Whoever keeps something open for one of them
    /// asks [`standing`](Self::standing) again at once, and whoever was too slow to hear them all asks it for everything. It is
    /// no more than a nudge: what is open is looked at now and then in any case. `None` when nothing is ever told.
    fn withdrawals(&self) -> Option<broadcast::Receiver<DeviceId>> {
        None
    }

    /// Hears that a driver ended what a sender had open, for this reason; records it as a security event, and gives back
    /// what to tell the sender.
    async fn cut(&self, _sender: &Sender, refusal: Refusal, from: SocketAddr) -> Refusal {
        self.refused(refusal, from).await
    }
}
