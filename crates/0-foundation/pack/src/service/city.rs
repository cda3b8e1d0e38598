//! What this crate needs of those who know what rules, profiles and the like are; the server joins it.

use crate::model::name::Kind;
use crate::model::{Applies, Files};
use async_trait::async_trait;
use chassis::yaml::Mistake;
use std::fmt;

/// The city that lives by the pack.
#[async_trait]
pub trait City: Send + Sync + fmt::Debug {
    /// Everything that is wrong with a pack of these files, in the order of the files. It may take long and is called where
    /// that hinders nobody.
    fn check(&self, files: &Files) -> Vec<Mistake>;

    /// When a change of an item of that kind counts.
    fn applies(&self, kind: Kind) -> Applies;

    /// Lets these files count from now on, as far as that goes without a restart. The text says why it could not be.
    async fn apply(&self, files: &Files) -> Result<(), String>;
}
