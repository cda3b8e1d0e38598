//! How the list of parts, the advisories and the flaws are kept.

use crate::error::SecurityError;
use crate::model::flaw::{Advisory, Component, Flaw, Phase, package};
use crate::record::{Stored, equal, index, scoped};
use kernel::actor::ActorId;
use kernel::time::Timestamp;
use ports::query::{IndexKind, IndexValue};
use ports::records::{Collection, Document};
use serde::{Deserialize, Serialize};

/// The list of parts; one document.
pub const PARTS: Collection = Collection {
    name: "security_parts",
    indexes: &[],
};

/// The key of that document.
pub const NEWEST: &str = "newest";

/// Advisories by id.
pub const ADVISORIES: Collection = Collection {
    name: "security_advisory",
    // the packages of which it speaks
    indexes: &[index("package", IndexKind::Equal)],
};

/// Flaws by id.
pub const FLAWS: Collection = Collection {
    name: "security_flaw",
    indexes: &[
        index("state", IndexKind::Equal),
        index("grade", IndexKind::Equal),
        // advisory, other names, part and text, as people search
        index("words", IndexKind::Text),
        // the order of every list, the soonest due first
        index("due", IndexKind::Range),
        // when something happens by itself: an open one becomes overdue, an accepted one opens again
        index("next", IndexKind::Range),
        index("area", IndexKind::Equal),
        index("classification", IndexKind::Range),
    ],
};

/// The list of parts as it was imported last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Who imported it.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// The parts.
    pub components: Vec<Component>,
}

/// The stored form of a flaw.
pub fn write(flaw: &Flaw) -> Result<Vec<u8>, SecurityError> {
    super::write("vulnerability", &flaw.id.to_string(), flaw)
}

/// Reads every format.
pub fn read(document: &Document) -> Result<Stored<Flaw>, SecurityError> {
    super::read("vulnerability", document)
}

/// What a flaw says to each index.
pub fn indexes(flaw: &Flaw) -> Vec<(&'static str, IndexValue)> {
    let part = format!("{} {}", flaw.component.name, flaw.component.version);
    let words = format!("{} {} {part} {}", flaw.advisory, flaw.aliases.join(" "), flaw.summary);
    let mut values = scoped(&[]);
    values.extend([
        equal("state", flaw.phase.code()),
        equal("grade", flaw.grade.code()),
        ("words", IndexValue::Text(words)),
        ("due", IndexValue::Range(flaw.due.micros())),
    ]);
    let next = match &flaw.phase {
        Phase::Open => (!flaw.signalled).then_some(flaw.due),
        Phase::Accepted { until, .. } => Some(*until),
        Phase::Mended { .. } => None,
    };
    values.extend(next.map(|next| ("next", IndexValue::Range(next.micros()))));
    values
}

/// What an advisory says to its index.
pub fn packages(advisory: &Advisory) -> Vec<(&'static str, IndexValue)> {
    let all = advisory.affected.iter();
    let mut names: Vec<String> = all
        .map(|affected| package(affected.ecosystem, &affected.name))
        .collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| equal("package", name)).collect()
}
