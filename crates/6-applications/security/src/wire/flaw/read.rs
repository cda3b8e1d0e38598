//! Reading what others write: CycloneDX 1.2 to 1.6 (ECMA-424) and OSV (schema 1.x), as far as they matter here.

use crate::decide::flaw::cvss;
use crate::error::SecurityError;
use crate::model::flaw::{Advisory, Affected, Component, Ecosystem, Grade, Span};
use serde::Deserialize;

/// Most parts of a list, and most advisories of one import.
const MOST: usize = 50_000;
/// Longest name, version or id, in bytes.
const MAX_NAME: usize = 256;

/// A software bill of materials in CycloneDX (JSON); further members are passed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bom {
    /// Always `CycloneDX`.
    pub bom_format: String,
    /// `1.2` to `1.6`.
    pub spec_version: String,
    /// The parts.
    #[serde(default)]
    pub components: Vec<BomComponent>,
}

/// A part, by its package address.
#[derive(Debug, Deserialize)]
pub struct BomComponent {
    /// Such as `pkg:cargo/serde@1.0.0` or `pkg:npm/%40scope/name@1.0.0`.
    #[serde(default)]
    pub purl: Option<String>,
    /// Parts inside of it.
    #[serde(default)]
    pub components: Vec<BomComponent>,
}

impl Bom {
    /// The parts of known kinds, each once, and how many others there were.
    pub fn read(self) -> Result<(Vec<Component>, usize), SecurityError> {
        let known = ["1.2", "1.3", "1.4", "1.5", "1.6"].contains(&self.spec_version.as_str());
        if self.bom_format != "CycloneDX" || !known {
            let what = "write a CycloneDX document of version 1.2 to 1.6 in JSON; `cargo xtask sbom` makes one";
            return Err(SecurityError::invalid("specVersion", what));
        }
        let (mut waiting, mut found, mut others) = (self.components, Vec::new(), 0);
        while let Some(component) = waiting.pop() {
            waiting.extend(component.components);
            match component.purl.as_deref().and_then(read_purl) {
                Some(part) => found.push(part),
                None => others += 1,
            }
            if found.len() + others > MOST {
                return Err(SecurityError::invalid(
                    "components",
                    format!("there are more than {MOST}"),
                ));
            }
        }
        found.sort();
        found.dedup();
        Ok((found, others))
    }
}

/// A part by its package address (purl): `pkg:type/namespace/name@version?qualifiers#subpath`.
fn read_purl(text: &str) -> Option<Component> {
    let rest = text.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    let (kind, rest) = rest.split_once('/')?;
    let ecosystem = [Ecosystem::Cargo, Ecosystem::Npm]
        .into_iter()
        .find(|known| known.purl() == kind)?;
    let (name, version) = rest.rsplit_once('@')?;
    let (name, version) = (decoded(name)?, decoded(version)?);
    let good = |text: &str| (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    (good(&name) && good(&version)).then_some(Component {
        ecosystem,
        name,
        version,
    })
}

/// Percent-encoding (RFC 3986 section 2.1) taken away.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// Advisories in the form of OSV: one, several, or as a query of an OSV service answers them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Osv {
    /// As a service answers them.
    Answer {
        /// The advisories.
        vulns: Vec<OsvAdvisory>,
    },
    /// Several.
    Several(Vec<OsvAdvisory>),
    /// One.
    One(Box<OsvAdvisory>),
}

/// An advisory in the form of OSV; further members are passed over.
#[derive(Debug, Deserialize)]
pub struct OsvAdvisory {
    /// Such as `RUSTSEC-2026-0001`.
    id: String,
    /// Other names of the same.
    #[serde(default)]
    aliases: Vec<String>,
    /// In a line.
    #[serde(default)]
    summary: String,
    /// When it was taken back.
    #[serde(default)]
    withdrawn: Option<String>,
    /// Scores.
    #[serde(default)]
    severity: Vec<OsvSeverity>,
    /// Packages.
    #[serde(default)]
    affected: Vec<OsvAffected>,
    /// What the source says beyond the form; `severity` in words is read.
    #[serde(default)]
    database_specific: OsvSource,
}

#[derive(Debug, Deserialize)]
struct OsvSeverity {
    /// A vector of CVSS 3.
    #[serde(default)]
    score: String,
}

#[derive(Debug, Default, Deserialize)]
struct OsvSource {
    /// `LOW`, `MODERATE`, `HIGH`, `CRITICAL`.
    #[serde(default)]
    severity: Option<String>,
}

#[derive(Debug, Deserialize)]
struct OsvAffected {
    #[serde(default)]
    package: Option<OsvPackage>,
    #[serde(default)]
    ranges: Vec<OsvRange>,
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct OsvPackage {
    ecosystem: String,
    name: String,
}

#[derive(Debug, Deserialize)]
struct OsvRange {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    events: Vec<OsvEvent>,
}

#[derive(Debug, Default, Deserialize)]
struct OsvEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
}

impl Osv {
    /// The advisories that speak of known kinds of packages, and how many others there were.
    pub fn read(self) -> Result<(Vec<Advisory>, usize), SecurityError> {
        let all = match self {
            Self::Answer { vulns } => vulns,
            Self::Several(several) => several,
            Self::One(one) => vec![*one],
        };
        if all.len() > MOST {
            return Err(SecurityError::invalid(
                "advisories",
                format!("there are more than {MOST}"),
            ));
        }
        let (mut taken, mut others) = (Vec::new(), 0);
        for advisory in all {
            match advisory.read() {
                Some(advisory) => taken.push(advisory),
                None => others += 1,
            }
        }
        Ok((taken, others))
    }
}

impl OsvAdvisory {
    fn read(self) -> Option<Advisory> {
        let good = (1..=MAX_NAME).contains(&self.id.len()) && self.id.bytes().all(|byte| byte.is_ascii_graphic());
        let grade = self.grade();
        let affected: Vec<Affected> = self.affected.into_iter().filter_map(OsvAffected::read).collect();
        // one that was taken back may have lost its packages; it is kept so that it ends what it began
        (good && (!affected.is_empty() || self.withdrawn.is_some())).then(|| Advisory {
            id: self.id,
            aliases: self.aliases.into_iter().take(20).collect(),
            summary: self.summary.chars().filter(|c| !c.is_control()).take(300).collect(),
            grade,
            withdrawn: self.withdrawn.is_some(),
            affected,
        })
    }

    /// The gravest score of CVSS 3, else the word of the source.
    fn grade(&self) -> Grade {
        let scores = self.severity.iter().filter_map(|one| cvss::base_score(&one.score));
        if let Some(highest) = scores.max_by(f64::total_cmp) {
            return cvss::grade(highest);
        }
        let word = self.database_specific.severity.as_deref().unwrap_or_default();
        match word.to_ascii_uppercase().as_str() {
            "LOW" => Grade::Low,
            "MODERATE" | "MEDIUM" => Grade::Medium,
            "HIGH" => Grade::High,
            "CRITICAL" => Grade::Critical,
            _ => Grade::Unknown,
        }
    }
}

impl OsvAffected {
    fn read(self) -> Option<Affected> {
        let package = self.package?;
        let known = [Ecosystem::Cargo, Ecosystem::Npm].into_iter();
        let ecosystem = known.into_iter().find(|known| known.osv() == package.ecosystem)?;
        let ranges = self.ranges.into_iter().filter(|range| range.kind != "GIT");
        Some(Affected {
            ecosystem,
            name: package.name,
            spans: ranges.flat_map(|range| spans(range.events)).collect(),
            versions: self.versions,
        })
    }
}

/// Events are a walk along the versions: each `introduced` begins a span that the next event ends.
fn spans(events: Vec<OsvEvent>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Option<Span> = None;
    for event in events {
        if let Some(introduced) = event.introduced {
            spans.extend(open.take());
            open = Some(Span {
                introduced: (introduced != "0").then_some(introduced),
                ..Span::default()
            });
        }
        if event.fixed.is_some() || event.last_affected.is_some() {
            let begun = open.take().unwrap_or_default();
            spans.push(Span {
                fixed: event.fixed,
                last: event.last_affected,
                ..begun
            });
        }
    }
    spans.extend(open);
    spans
}

#[cfg(test)]
mod tests;
