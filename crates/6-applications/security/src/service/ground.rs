//! What this slice stands on and does not import: the registry of devices, and the sources of the inventory. Joined in the
//! server.

use crate::decide::object::Narrow;
use crate::model::object::{Kind, Object};
use access::session::Live;
use async_trait::async_trait;
use kernel::actor::Actor;
use kernel::area::AreaCode;
use kernel::id::{DeviceId, OrgId};
use kernel::text::LangText;
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

/// A page of objects, and the id after which the next one begins.
pub type ObjectPage = (Vec<Object>, Option<String>);

/// The objects of the tenant, wherever they are known.
#[async_trait]
pub trait Catalogue: Send + Sync + std::fmt::Debug {
    /// Objects of a kind that the one who asks may see, by id, those after `after`. A source may look at so many that it finds
    /// fewer than `limit`, also none, and say where to go on; and it may leave to the caller what `narrow` asks for.
    async fn page(
        &self,
        by: &Live,
        kind: Kind,
        narrow: &Narrow,
        after: Option<String>,
        limit: usize,
    ) -> Result<ObjectPage, PortError>;

    /// What people call an organisation, if there is one of this code.
    fn name_of(&self, org: &OrgId) -> Option<LangText>;

    /// One object, if the one who asks may see it.
    async fn one(&self, by: &Live, kind: Kind, id: &str) -> Result<Option<Object>, PortError>;
}
