//! What a device is.

pub mod certificate;
pub mod command;

use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::place::Point;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};

/// Whether a device may speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// It may.
    #[default]
    Active,
    /// It may not; its data stays.
    Blocked,
}

/// Whether a device is heard, by what its profile promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Something came within the last three intervals.
    Alive,
    /// Nothing came for three intervals or longer.
    Silent,
    /// Nothing ever came.
    Never,
}

/// For whom a device speaks besides itself (SEMANTICS 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaks {
    /// Only for itself.
    #[default]
    Itself,
    /// For the devices whose `gateway` it is.
    Children,
    /// For every device of the tenant: bulk loaders and agencies' systems.
    Everyone,
}

/// A registered device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its name: topic, certificate, token.
    pub id: DeviceId,
    /// What people call it.
    pub title: LangText,
    /// What it reports and how.
    pub profile: ProfileId,
    /// Owner.
    pub org: OrgId,
    /// Most specific areas in which it counts.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
    /// Where it stands, if it does not move.
    #[serde(default)]
    pub place: Option<Point>,
    /// Whether it may speak.
    #[serde(default)]
    pub state: DeviceState,
    /// How far what it reports may travel.
    #[serde(default)]
    pub classification: Classification,
    /// For whom it speaks.
    #[serde(default)]
    pub speaks: Speaks,
    /// The gateway that speaks for it.
    #[serde(default)]
    pub gateway: Option<DeviceId>,
    /// SHA-256 of its token in hex, if it has one; never shown.
    #[serde(default)]
    pub token_hash: Option<String>,
}
