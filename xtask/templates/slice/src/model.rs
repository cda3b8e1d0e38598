//! The nouns of this slice. Pure data.

use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One __name__.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct __Name__ {
    /// UUIDv7.
    pub id: Uuid,
    /// What it is about, in the words of the one who opened it.
    pub title: String,
    /// Areas concerned; empty means the whole city.
    pub areas: Vec<AreaCode>,
    /// How far it may travel.
    pub classification: Classification,
    /// Who opened it.
    pub opened: Witness,
    /// Who closed it, if somebody has.
    pub closed: Option<Witness>,
}

/// Who did it, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}
