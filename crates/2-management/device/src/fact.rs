//! What the registry tells the house.

pub mod certificate;
pub mod command;

use crate::model::Device;
use kernel::actor::Actor;
use kernel::fact::Fact;
use kernel::id::FactId;
use kernel::time::Timestamp;

/// Who says these facts.
pub const SOURCE: &str = "device";

/// A device was registered or changed.
pub const CHANGED: &str = "device.changed.v1";

/// The fact that a device was registered or changed by somebody. The token's hash stays inside.
pub fn changed(device: &Device, actor: &Actor, now: Timestamp) -> Fact {
    let shown = Device {
        token_hash: None,
        ..device.clone()
    };
    Fact {
        specversion: "1.0".to_owned(),
        id: FactId(uuid::Uuid::now_v7()),
        kind: CHANGED.to_owned(),
        source: "/device".to_owned(),
        subject: device.id.to_string(),
        time: now,
        tenant: actor.scope.tenant.clone(),
        actor: actor.id.clone(),
        classification: device.classification,
        areas: device.areas.clone(),
        data: serde_json::to_value(shown).unwrap_or_default(),
    }
}
