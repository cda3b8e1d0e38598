//! The list of erasures, which is kept apart from records and backups, so that a restored backup does not bring a person back.

use async_trait::async_trait;
use kernel::id::PersonId;
use kernel::time::Timestamp;
use ports::error::PortError;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// One erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grave {
    /// Whose details.
    pub person: PersonId,
    /// Which key was destroyed; a person who writes details again has another one.
    pub key: Uuid,
    /// When.
    pub at: Timestamp,
}

/// Where erasures are written down. It has ids and times only, so it may be copied anywhere.
#[async_trait]
pub trait Graves: Send + Sync + fmt::Debug {
    /// Adds one; durable when it answers.
    async fn add(&self, grave: Grave) -> Result<(), PortError>;

    /// All of them.
    async fn all(&self) -> Result<Vec<Grave>, PortError>;
}
