//! The register of vulnerabilities.

pub mod read;

use crate::decide::flaw::{Said, Word};
use crate::error::SecurityError;
use crate::fact::SOURCE;
use crate::model::flaw::{self as model, Phase};
use crate::service::flaw::Import;
use crate::wire::words::words;
use chassis::wire::Text;
use kernel::id::OrgId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A vulnerability of a part of this program.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Vulnerability)]
pub struct Flaw {
    /// Identifier; follows from advisory and part.
    #[schema(format = "uuid")]
    pub id: String,
    /// The advisory, such as `RUSTSEC-2026-0001`.
    pub advisory: String,
    /// Other names of the same, such as its CVE.
    pub aliases: Vec<String>,
    /// In a line.
    pub summary: String,
    /// `crates.io` or `npm`.
    pub ecosystem: &'static str,
    /// Name of the part.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The first versions without it.
    pub fixed_in: Vec<String>,
    /// `low`, `medium`, `high`, `critical`, or `unknown`.
    pub grade: &'static str,
    /// Since when it is in the register.
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// By when it has to be mended.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
    /// Whether that time is over and it is still open.
    pub overdue: bool,
    /// The organisation that answers for it.
    #[schema(required)]
    pub owner: Option<String>,
    /// `open`, `accepted` or `mended`.
    pub state: &'static str,
    /// Who brought it into this state; absent while it is open.
    #[schema(required)]
    pub by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub at: Option<Timestamp>,
    /// Why it is accepted, or how it was mended.
    #[schema(required)]
    pub reason: Option<String>,
    /// The same in both languages, where the server says it by itself.
    #[schema(required)]
    pub reason_text: Option<Text>,
    /// Until when it is accepted.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub until: Option<Timestamp>,
    /// Grows by one at each change; also the ETag, and what If-Match compares.
    pub revision: u64,
}

/// A page of vulnerabilities, the soonest due first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VulnerabilityPage)]
pub struct Page {
    /// The vulnerabilities.
    pub items: Vec<Flaw>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What an import came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VulnerabilityImport)]
pub struct Imported {
    /// Parts, or advisories, that were taken.
    pub taken: usize,
    /// Of those that were sent: not of crates.io or npm, or without name and version.
    pub passed_over: usize,
    /// Vulnerabilities that are new, or open again.
    pub opened: usize,
    /// Vulnerabilities that are over.
    pub mended: usize,
}

/// A list of parts in CycloneDX, as far as it is read.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it describes what `read` takes")]
pub struct CycloneDx {
    /// Always `CycloneDX`.
    #[schema(rename = "bomFormat")]
    bom_format: String,
    /// `1.2` to `1.6`.
    #[schema(rename = "specVersion")]
    spec_version: String,
    /// The parts; parts inside of parts are read, too.
    components: Vec<CycloneDxPart>,
}

/// A part, by its package address.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it describes what `read` takes")]
pub struct CycloneDxPart {
    /// Such as `pkg:cargo/serde@1.0.0` or `pkg:npm/%40scope/name@1.0.0`.
    purl: String,
}

/// An advisory of OSV, as far as it is read without its packages.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "it describes what `read` takes")]
pub struct OsvEntry {
    /// Such as `RUSTSEC-2026-0001`.
    id: String,
    /// Other names of the same.
    aliases: Vec<String>,
    /// In a line.
    summary: String,
    /// When it was taken back.
    withdrawn: Option<String>,
}

/// What to change.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VulnerabilityRequest)]
pub struct Request {
    /// `open`, `accepted` (with reason and until) or `mended` (with reason); as before if absent.
    #[serde(default)]
    pub state: Option<String>,
    /// Why it is accepted, or how it was mended; 3 to 500 characters.
    #[serde(default)]
    pub reason: Option<String>,
    /// Until when it is accepted; at most 366 days ahead.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// The organisation that answers for it; as before if absent.
    #[serde(default)]
    pub owner: Option<String>,
}

impl Request {
    /// Reads it.
    pub fn read(self) -> Result<Word, SecurityError> {
        let owner = self.owner.as_deref().map(OrgId::new).transpose();
        let owner = owner.map_err(|error| SecurityError::invalid("owner", error.to_string()))?;
        let reason = self.reason.map(|reason| reason.trim().to_owned());
        let state = match (self.state.as_deref(), reason, self.until) {
            (None, None, None) => None,
            (Some("open"), None, None) => Some(Said::Open),
            (Some("accepted"), Some(reason), Some(until)) => Some(Said::Accepted { reason, until }),
            (Some("mended"), Some(note), None) => Some(Said::Mended { note }),
            (Some("open" | "accepted" | "mended"), ..) => {
                let what = "open takes neither reason nor until, accepted takes both, mended takes reason";
                return Err(SecurityError::invalid("state", what));
            }
            _ => return Err(SecurityError::invalid("state", "write open, accepted or mended")),
        };
        if state.is_none() && owner.is_none() {
            return Err(SecurityError::invalid(
                "state",
                "nothing is to be changed; write state or owner",
            ));
        }
        Ok(Word { state, owner })
    }
}

impl Imported {
    /// As the API shows it.
    pub fn new(import: Import, passed_over: usize) -> Self {
        Self {
            taken: import.taken,
            passed_over,
            opened: import.opened,
            mended: import.mended,
        }
    }
}

impl Flaw {
    /// As the API shows it.
    pub fn new(flaw: &model::Flaw, revision: u64) -> Self {
        let (by, at, reason, until) = match &flaw.phase {
            Phase::Open => (None, None, None, None),
            Phase::Accepted { by, at, reason, until } => (Some(by), Some(*at), Some(reason), Some(*until)),
            Phase::Mended { by, at, note } => (Some(by), Some(*at), Some(note), None),
        };
        Self {
            id: flaw.id.to_string(),
            advisory: flaw.advisory.clone(),
            aliases: flaw.aliases.clone(),
            summary: flaw.summary.clone(),
            ecosystem: flaw.component.ecosystem.osv(),
            package: flaw.component.name.clone(),
            version: flaw.component.version.clone(),
            fixed_in: flaw.fixed_in.clone(),
            grade: flaw.grade.code(),
            first: flaw.first,
            due: flaw.due,
            overdue: flaw.signalled,
            owner: flaw.owner.as_ref().map(ToString::to_string),
            state: flaw.phase.code(),
            by: by.map(ToString::to_string),
            at,
            reason: reason.cloned(),
            reason_text: flaw
                .phase
                .is_mended_by(SOURCE)
                .then(|| Text::from(&words("mended_by_itself", &[]))),
            until,
            revision,
        }
    }
}
