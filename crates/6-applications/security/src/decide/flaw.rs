//! Whether a part has a flaw, what becomes of the register when parts or advisories change, and what people may say.

pub mod cvss;

use crate::error::SecurityError;
use crate::fact::SOURCE;
use crate::model::flaw::{Advisory, Affected, Component, Flaw, Phase, Span, Terms};
use crate::record::CLASSIFICATION;
use crate::wire::words::words;
use kernel::actor::ActorId;
use kernel::id::{OrgId, SignalId, derived};
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use kernel::time::Timestamp;
use semver::Version;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest time for which a flaw is accepted.
const LONGEST: Duration = Duration::from_secs(366 * 86_400);

/// Whether an advisory speaks of this part in this version. What cannot be compared counts as having the flaw: somebody has to
/// look then.
pub fn has(affected: &Affected, component: &Component) -> bool {
    if affected.ecosystem != component.ecosystem || affected.name != component.name {
        return false;
    }
    affected.versions.contains(&component.version)
        || affected.spans.iter().any(|span| lies_in(span, &component.version))
}

fn lies_in(span: &Span, version: &str) -> bool {
    let Ok(version) = Version::parse(version) else {
        return true;
    };
    let compared = |bound: &Option<String>| {
        let bound = Version::parse(bound.as_deref()?).ok()?;
        Some(version.cmp_precedence(&bound))
    };
    let begun = compared(&span.introduced) != Some(Ordering::Less);
    let fixed = matches!(compared(&span.fixed), Some(Ordering::Equal | Ordering::Greater));
    let passed = compared(&span.last) == Some(Ordering::Greater);
    begun && !fixed && !passed
}

/// The first versions without the flaw.
fn fixed_in(affected: &Affected) -> Vec<String> {
    let mut fixed: Vec<String> = affected.spans.iter().filter_map(|span| span.fixed.clone()).collect();
    fixed.sort();
    fixed.dedup();
    fixed
}

/// The flaws of these parts by these advisories, as they are found at `now`; each once.
pub fn find<'a>(
    components: &[Component],
    advisories: impl Iterator<Item = &'a Advisory>,
    terms: &Terms,
    now: Timestamp,
) -> BTreeMap<uuid::Uuid, Flaw> {
    let mut found = BTreeMap::new();
    for advisory in advisories.filter(|advisory| !advisory.withdrawn) {
        for component in components {
            let Some(affected) = advisory.affected.iter().find(|affected| has(affected, component)) else {
                continue;
            };
            let id = Flaw::id(&advisory.id, component);
            let flaw = Flaw {
                id,
                advisory: advisory.id.clone(),
                aliases: advisory.aliases.clone(),
                summary: advisory.summary.clone(),
                component: component.clone(),
                grade: advisory.grade,
                fixed_in: fixed_in(affected),
                first: now,
                due: terms.due(advisory.grade, now),
                owner: None,
                phase: Phase::Open,
                signalled: false,
            };
            found.insert(id, flaw);
        }
    }
    found
}

/// What becomes of a known flaw that was found again. `parts_are_new`: a list of parts was just imported, so that what a
/// person called mended and is still there opens again. `None`: nothing changes.
pub fn again(known: &Flaw, found: &Flaw, parts_are_new: bool, terms: &Terms) -> Option<Flaw> {
    let mut flaw = Flaw {
        aliases: found.aliases.clone(),
        summary: found.summary.clone(),
        grade: found.grade,
        fixed_in: found.fixed_in.clone(),
        ..known.clone()
    };
    if flaw.grade != known.grade {
        flaw.due = terms.due(flaw.grade, flaw.first);
    }
    let mended = matches!(known.phase, Phase::Mended { .. });
    if mended && (known.phase.is_mended_by(SOURCE) || parts_are_new) {
        (flaw.first, flaw.due, flaw.phase) = (found.first, found.due, Phase::Open);
    }
    (flaw != *known).then_some(flaw)
}

/// A flaw that was not found again: its part or its advisory is gone.
pub fn gone(known: &Flaw, now: Timestamp) -> Option<Flaw> {
    let open = !matches!(known.phase, Phase::Mended { .. });
    open.then(|| Flaw {
        phase: Phase::Mended {
            by: ActorId::Service(SOURCE.to_owned()),
            at: now,
            note: words("mended_by_itself", &[]).en,
        },
        ..known.clone()
    })
}

/// What somebody says of a flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The state that it shall have; as before when absent.
    pub state: Option<Said>,
    /// Who answers for it; as before when absent.
    pub owner: Option<OrgId>,
}

/// A state that a person gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It has to be mended after all.
    Open,
    /// To be lived with.
    Accepted {
        /// Why.
        reason: String,
        /// Until when.
        until: Timestamp,
    },
    /// It is over, until a new list of parts shows it again.
    Mended {
        /// How.
        note: String,
    },
}

/// The flaw after somebody has said something of it.
pub fn say(flaw: &Flaw, word: Word, by: &ActorId, now: Timestamp) -> Result<Flaw, SecurityError> {
    let text = |field, text: &str| {
        let length = text.chars().count();
        if !(3..=500).contains(&length) || text.chars().any(|c| c.is_control() && c != '\n') {
            let what = format!("it has {length} characters; write 3 to 500 that say why");
            return Err(SecurityError::invalid(field, what));
        }
        Ok(text.to_owned())
    };
    let phase = match word.state {
        None => flaw.phase.clone(),
        Some(Said::Open) => Phase::Open,
        Some(Said::Accepted { reason, until }) => {
            if until <= now || until > now.plus(LONGEST) {
                let what = format!("{until} is not ahead, or more than 366 days ahead of {now}");
                return Err(SecurityError::invalid("until", what));
            }
            Phase::Accepted {
                by: by.clone(),
                at: now,
                reason: text("reason", &reason)?,
                until,
            }
        }
        Some(Said::Mended { note }) => Phase::Mended {
            by: by.clone(),
            at: now,
            note: text("reason", &note)?,
        },
    };
    Ok(Flaw {
        phase,
        owner: word.owner.or_else(|| flaw.owner.clone()),
        ..flaw.clone()
    })
}

/// A flaw whose time of acceptance is over is open again.
pub fn lapse(flaw: &Flaw, now: Timestamp) -> Option<Flaw> {
    let over = matches!(&flaw.phase, Phase::Accepted { until, .. } if *until <= now);
    over.then(|| Flaw {
        phase: Phase::Open,
        ..flaw.clone()
    })
}

/// The signal that goes out with the present state of a flaw, if one does; the flaw remembers it.
pub fn speak(flaw: &mut Flaw, now: Timestamp) -> Option<Signal> {
    let overdue = flaw.phase == Phase::Open && flaw.due <= now;
    if overdue == flaw.signalled {
        return None;
    }
    flaw.signalled = overdue;
    let change = if overdue { Change::Raised } else { Change::Cleared };
    let part = format!("{} {}", flaw.component.name, flaw.component.version);
    let params = [
        ("advisory", serde_json::Value::from(flaw.advisory.as_str())),
        ("component", part.as_str().into()),
        ("grade", flaw.grade.code().into()),
        ("due", flaw.due.to_string().into()),
    ];
    Some(Signal {
        id: SignalId(derived(&[
            b"flaw",
            flaw.id.as_bytes(),
            &[u8::from(overdue)],
            &now.micros().to_be_bytes(),
        ])),
        source: SOURCE.to_owned(),
        version: 1,
        code: "vulnerability_overdue".to_owned(),
        group: "vulnerability_overdue".to_owned(),
        change,
        severity: flaw.grade.severity(),
        at: now,
        noticed: now,
        title: LangText::new(
            format!("Lỗ hổng {} quá hạn khắc phục: {part}", flaw.advisory),
            format!("Vulnerability {} is overdue: {part}", flaw.advisory),
        ),
        entity: format!("urn:ngsi-ld:Vulnerability:hanoi:{}", flaw.id),
        device: None,
        series: None,
        org: flaw.owner.clone(),
        areas: Vec::new(),
        place: None,
        classification: CLASSIFICATION,
        params: params
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect(),
    })
}

#[cfg(test)]
mod tests;
