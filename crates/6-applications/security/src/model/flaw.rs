//! Flaws: what the program is made of, what is known to be wrong with such parts, and what is done about it.

use kernel::actor::ActorId;
use kernel::id::{OrgId, derived};
use kernel::severity::Severity;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Where packages of a kind come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ecosystem {
    /// Crates of Rust.
    Cargo,
    /// Packages of the console.
    Npm,
}

impl Ecosystem {
    /// As OSV writes it.
    pub const fn osv(self) -> &'static str {
        match self {
            Self::Cargo => "crates.io",
            Self::Npm => "npm",
        }
    }

    /// As a package address (purl) writes it.
    pub const fn purl(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
        }
    }
}

/// A part of the program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Component {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// Its name there.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Component {
    /// The package without its version, as it is looked up.
    pub fn package(&self) -> String {
        package(self.ecosystem, &self.name)
    }
}

/// A package as it is looked up.
pub fn package(ecosystem: Ecosystem, name: &str) -> String {
    format!("{}/{name}", ecosystem.osv())
}

/// How grave a flaw is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// Nobody has said.
    Unknown,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.
    Critical,
}

impl Grade {
    /// All grades, lightest first.
    pub const ALL: [Self; 5] = [Self::Low, Self::Medium, Self::Unknown, Self::High, Self::Critical];

    /// Its code, as the API writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::Unknown => "unknown",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// How grave the signal is when it is overdue; assumed, no source gives it.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Low | Self::Medium => Severity::TWO,
            Self::Unknown | Self::High => Severity::THREE,
            Self::Critical => Severity::FOUR,
        }
    }
}

/// Versions from one to another; absent: from the first, without an end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first that has the flaw.
    pub introduced: Option<String>,
    /// The first that no longer has it.
    pub fixed: Option<String>,
    /// The last that has it.
    pub last: Option<String>,
}

/// What an advisory says of one package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// Its name there.
    pub name: String,
    /// Versions that have the flaw.
    pub spans: Vec<Span>,
    /// Single versions that have it.
    pub versions: Vec<String>,
}

/// What is known of a flaw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// Such as `RUSTSEC-2026-0001` or `GHSA-...`.
    pub id: String,
    /// Other names of the same.
    pub aliases: Vec<String>,
    /// In a line.
    pub summary: String,
    /// How grave.
    pub grade: Grade,
    /// It was taken back by those who wrote it.
    pub withdrawn: bool,
    /// Packages of the known ecosystems.
    pub affected: Vec<Affected>,
}

/// What is done about a flaw. Each phase carries its witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Phase {
    /// It has to be mended.
    Open,
    /// Somebody has decided to live with it for a time.
    Accepted {
        /// Who.
        by: ActorId,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
        /// From then on it is open again.
        until: Timestamp,
    },
    /// It is over.
    Mended {
        /// The person who says so, or the service when the parts no longer have it.
        by: ActorId,
        /// When.
        at: Timestamp,
        /// How.
        note: String,
    },
}

/// The states, as the API writes them.
pub const STATES: [&str; 3] = ["open", "accepted", "mended"];

impl Phase {
    /// Its code, as the API writes it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open => STATES[0],
            Self::Accepted { .. } => STATES[1],
            Self::Mended { .. } => STATES[2],
        }
    }

    /// Whether it is over because this service found so by itself.
    pub fn is_mended_by(&self, service: &str) -> bool {
        matches!(self, Self::Mended { by: ActorId::Service(name), .. } if name == service)
    }
}

/// A flaw of a part of this program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Follows from advisory and part.
    pub id: Uuid,
    /// The advisory.
    pub advisory: String,
    /// Other names of the same.
    pub aliases: Vec<String>,
    /// In a line.
    pub summary: String,
    /// Which part.
    pub component: Component,
    /// How grave.
    pub grade: Grade,
    /// The first versions without it.
    pub fixed_in: Vec<String>,
    /// Since when it is in the register; anew when it came back.
    pub first: Timestamp,
    /// By when it has to be mended.
    pub due: Timestamp,
    /// Who answers for it.
    pub owner: Option<OrgId>,
    /// What is done about it.
    pub phase: Phase,
    /// A signal says that it is overdue.
    pub signalled: bool,
}

impl Flaw {
    /// The id of a flaw.
    pub fn id(advisory: &str, component: &Component) -> Uuid {
        let package = component.package();
        derived(&[
            b"flaw",
            advisory.as_bytes(),
            package.as_bytes(),
            component.version.as_bytes(),
        ])
    }
}

/// Days in which a flaw has to be mended, by grade. No source gives them: assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Critical.
    pub critical: u32,
    /// High, and what nobody has graded.
    pub high: u32,
    /// Medium.
    pub medium: u32,
    /// Low.
    pub low: u32,
}

impl Terms {
    /// When a flaw of this grade is due.
    pub fn due(&self, grade: Grade, first: Timestamp) -> Timestamp {
        let days = match grade {
            Grade::Critical => self.critical,
            Grade::High | Grade::Unknown => self.high,
            Grade::Medium => self.medium,
            Grade::Low => self.low,
        };
        first.plus(Duration::from_secs(86_400 * u64::from(days)))
    }
}
