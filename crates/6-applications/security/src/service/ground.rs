//! What measures stand on: the registry of devices, which lies floors below and is joined in the server.

use async_trait::async_trait;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::id::DeviceId;
use ports::error::PortError;

/// A device, as far as a measure must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether it is blocked.
    pub blocked: bool,
    /// Where it counts.
    pub areas: Vec<AreaCode>,
}

/// The devices of the tenant.
#[async_trait]
pub trait Devices: Send + Sync + std::fmt::Debug {
    /// A device, if the actor may see it.
    async fn look(&self, by: &Actor, device: &DeviceId) -> Result<Option<Seen>, PortError>;

    /// Blocks a device or lets it speak again, durably and at once: what a blocked one has open ends. Says whether that
    /// changed anything; a device that is not there is not changed. Whether it may be done was decided by the caller.
    async fn set_blocked(&self, by: &Actor, device: &DeviceId, blocked: bool) -> Result<bool, PortError>;
}
