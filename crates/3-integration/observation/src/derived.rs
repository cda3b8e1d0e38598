//! Series that the house computes itself (SEMANTICS 4): they are stored like all others, and say what they were made from.
//!
//! No device can send them: their names are bound by no profile, and a payload that uses one is told so.

use crate::error::{IntakeFailure, ObservationError};
use crate::model::Checked;
use crate::service::Observations;
use kernel::actor::{Actor, ActorId};
use kernel::batch::Batch;
use kernel::series::{SeriesId, SeriesInfo};
use kernel::submission::Receipt;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where the values of a computed series come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// What computes it, such as `indicator/vn-aqi`.
    pub by: String,
    /// Version of that.
    pub version: u32,
    /// The series that it is computed from, in the order of their numbers.
    pub inputs: Vec<SeriesId>,
}

/// Why computed rows were not taken.
#[derive(Debug, thiserror::Error)]
pub enum DerivedError {
    /// Only parts of the program compute series.
    #[error("{0} is no part of the program; computed series are written by services only")]
    NotAService(String),
    /// A row is about a series that a device reports, or that does not exist, or its value has another type.
    #[error("series {0} is not computed, or holds values of another type; ask for it by its derivation first")]
    NotDerived(u32),
    /// The series could not be made.
    #[error(transparent)]
    Series(#[from] ObservationError),
    /// The rows could not be stored.
    #[error(transparent)]
    Intake(#[from] IntakeFailure),
}

impl Observations {
    /// Makes computed series, or brings them up to date; the numbers in `wanted` are ignored. Answers in the same order.
    pub async fn derive(
        &self,
        actor: &Actor,
        wanted: Vec<(SeriesInfo, Derivation)>,
    ) -> Result<Vec<Arc<SeriesInfo>>, DerivedError> {
        service(actor)?;
        Ok(self.registry.derive(wanted).await?)
    }

    /// Stores computed rows on the same road as all others: the same time and value again is a duplicate, another value a
    /// correction. The receipt exists only when the rows are durable.
    pub async fn accept_derived(
        &self,
        actor: &Actor,
        received: Timestamp,
        batch: Batch,
    ) -> Result<Receipt, DerivedError> {
        let name = service(actor)?;
        for (series, kind) in batch.series.iter().zip(&batch.kind) {
            let good =
                self.registry.is_derived(*series) && self.registry.info(*series).is_some_and(|info| info.kind == *kind);
            if !good {
                return Err(DerivedError::NotDerived(series.0));
            }
        }
        if batch.is_empty() {
            return Ok(Receipt::default());
        }
        let rows = batch.len();
        let send = |reply| Checked {
            sender: name.into(),
            received,
            batch,
            receipt: Receipt::default(),
            key: None,
            reply,
        };
        Ok(self.hand_over(rows, send).await?)
    }

    /// What a series is computed from; `None` for one that a device reports.
    pub fn derivation(&self, series: SeriesId) -> Option<Arc<Derivation>> {
        self.registry.derivation(series)
    }
}

fn service(actor: &Actor) -> Result<&str, DerivedError> {
    match &actor.id {
        ActorId::Service(name) => Ok(name),
        other => Err(DerivedError::NotAService(other.to_string())),
    }
}
