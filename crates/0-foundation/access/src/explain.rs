//! "Why can I not see this?": what a thing is, for the rules. The slices that have it are asked through a port.

use async_trait::async_trait;
use kernel::actor::Target;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::OrgId;

/// What the rules need to know of a thing; never its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The organisation that owns it.
    pub owner: Option<OrgId>,
    /// The most specific areas.
    pub areas: Vec<AreaCode>,
    /// How far it may travel.
    pub classification: Classification,
    /// What it may be used for.
    pub purposes: Vec<String>,
}

impl Known {
    /// As the rules see it.
    pub fn target(&self) -> Target<'_> {
        Target {
            owner: self.owner.as_ref(),
            areas: &self.areas,
            classification: self.classification,
            purposes: &self.purposes,
        }
    }
}

/// Finds things of all slices; joined in the server.
#[async_trait]
pub trait Things: Send + Sync + std::fmt::Debug {
    /// A thing by its kind (`alert`, `device`, `incident`) and id, whoever asks.
    async fn find(&self, kind: &str, id: &str) -> Option<Known>;
}

/// Knows nothing; for an instance without slices.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

#[async_trait]
impl Things for Nothing {
    async fn find(&self, _: &str, _: &str) -> Option<Known> {
        None
    }
}
