//! A measure: what the SOC does to an account, a token, a device or a session, why, and what was before.

use access::record::TokenRecord;
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use policy::action::Action;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What is done, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Order {
    /// Nobody comes in with this account; its sessions end, its tokens open nothing.
    BlockAccount {
        /// Account name.
        account: String,
    },
    /// This API token opens nothing.
    BlockToken {
        /// Whose.
        account: String,
        /// Which.
        token: Uuid,
    },
    /// This device is not heard, and what it has open ends.
    QuarantineDevice {
        /// Which.
        device: DeviceId,
    },
    /// This session ends, with its open streams. It cannot be taken back.
    CutSession {
        /// Whose.
        account: String,
        /// Which.
        session: Uuid,
    },
}

/// The kinds, as the API writes them.
pub const KINDS: [&str; 4] = ["block_account", "block_token", "quarantine_device", "cut_session"];

impl Order {
    /// Its kind, as the API writes it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::BlockAccount { .. } => KINDS[0],
            Self::BlockToken { .. } => KINDS[1],
            Self::QuarantineDevice { .. } => KINDS[2],
            Self::CutSession { .. } => KINDS[3],
        }
    }

    /// The action that permits it.
    pub const fn action(&self) -> Action {
        match self {
            Self::BlockAccount { .. } => Action::SecurityBlockAccount,
            Self::BlockToken { .. } => Action::SecurityBlockToken,
            Self::QuarantineDevice { .. } => Action::SecurityQuarantineDevice,
            Self::CutSession { .. } => Action::SecurityCutSession,
        }
    }

    /// Upon what, in one word: two orders with the same word are about the same thing.
    pub fn target(&self) -> String {
        match self {
            Self::BlockAccount { account } => format!("account/{account}"),
            Self::BlockToken { token, .. } => format!("token/{token}"),
            Self::QuarantineDevice { device } => format!("device/{device}"),
            Self::CutSession { session, .. } => format!("session/{session}"),
        }
    }

    /// The account that it is about.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::BlockAccount { account } | Self::BlockToken { account, .. } | Self::CutSession { account, .. } => {
                Some(account)
            }
            Self::QuarantineDevice { .. } => None,
        }
    }

    /// Whether it can be taken back.
    pub const fn is_reversible(&self) -> bool {
        !matches!(self, Self::CutSession { .. })
    }
}

/// What was before a measure; what taking it back returns to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "snake_case")]
pub enum Before {
    /// An account.
    Account {
        /// When it had ended or was to end, if it was.
        ended: Option<Timestamp>,
    },
    /// A token, as it was kept.
    Token {
        /// Under which hash; never shown.
        hash: String,
        /// The token.
        token: Box<TokenRecord>,
    },
    /// A device.
    Device {
        /// Whether it was blocked already.
        blocked: bool,
    },
    /// A session, of which nothing is kept.
    Session,
}

/// Where a measure stands. Each phase carries its witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Phase {
    /// It is written down and being carried out.
    Begun,
    /// It holds.
    InForce {
        /// Since when.
        since: Timestamp,
    },
    /// It is done once and for all.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It is being taken back.
    Undoing {
        /// By whom.
        by: ActorId,
        /// When that was asked.
        at: Timestamp,
    },
    /// It was taken back.
    Undone {
        /// By whom.
        by: ActorId,
        /// When.
        at: Timestamp,
        /// Whether what was before is there again; `false` when others had changed it meanwhile.
        restored: bool,
    },
    /// It could not be carried out, and is not tried again.
    Failed {
        /// When that was found.
        at: Timestamp,
        /// Why.
        why: String,
        /// The stable code of that; those of earlier builds have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
}

/// The states, as the API writes them.
pub const STATES: [&str; 6] = ["begun", "in_force", "done", "undoing", "undone", "failed"];

impl Phase {
    /// Its code, as the API writes it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Begun => STATES[0],
            Self::InForce { .. } => STATES[1],
            Self::Done { .. } => STATES[2],
            Self::Undoing { .. } => STATES[3],
            Self::Undone { .. } => STATES[4],
            Self::Failed { .. } => STATES[5],
        }
    }

    /// Whether something is still to be carried out.
    pub const fn is_under_way(&self) -> bool {
        matches!(self, Self::Begun | Self::Undoing { .. })
    }

    /// Whether the target is under this measure.
    pub const fn holds(&self) -> bool {
        matches!(self, Self::Begun | Self::InForce { .. } | Self::Undoing { .. })
    }
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// UUIDv7, or derived from who asked and the Idempotency-Key.
    pub id: Uuid,
    /// What, and upon what.
    pub order: Order,
    /// What was before.
    pub before: Before,
    /// Who.
    pub by: ActorId,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub at: Timestamp,
    /// When it is taken back by itself.
    pub until: Option<Timestamp>,
    /// Areas of the target; none: the whole city.
    pub areas: Vec<AreaCode>,
    /// Where it stands.
    pub phase: Phase,
    /// SHA-256 of what was asked, when it came with an Idempotency-Key.
    pub asked: Option<String>,
}
