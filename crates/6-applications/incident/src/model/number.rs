//! Gap-free numbers: one row of numbers per organisation and year, as the register of an office has them (SEMANTICS 6).

use kernel::id::OrgId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The number of an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number {
    /// Whose register.
    pub org: OrgId,
    /// The year in Hà Nội at the opening.
    pub year: u16,
    /// From 1, without a gap.
    pub serial: u32,
}

impl fmt::Display for Number {
    /// As people write it: `SC-2026-00001` (sự cố).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SC-{}-{:05}", self.year, self.serial)
    }
}

/// The last number of each register. It is one document, and whatever opens or links writes it in the same transaction:
/// so no number is given twice or lost, and no alert gets into two open incidents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    last: BTreeMap<String, u32>,
}

impl Register {
    /// Gives the next number of a register.
    pub fn next(&mut self, org: &OrgId, opened: Timestamp) -> Number {
        let year = year_in_hanoi(opened);
        let last = self.last.entry(format!("{org}/{year}")).or_default();
        *last = last.saturating_add(1);
        Number {
            org: org.clone(),
            year,
            serial: *last,
        }
    }
}

/// Việt Nam is at UTC+7 all year.
fn year_in_hanoi(instant: Timestamp) -> u16 {
    let local = instant.plus(Duration::from_secs(7 * 3_600)).to_string();
    local.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_register_counts_for_itself_and_each_year_anew() {
        let mut register = Register::default();
        let (ioc, police) = (OrgId::new("ioc").unwrap(), OrgId::new("police").unwrap());
        let mut next = |org: &OrgId, at: &str| register.next(org, Timestamp::parse(at).unwrap()).to_string();
        for (org, at, number) in [
            (&ioc, "2026-11-21T08:00:00Z", "SC-2026-00001"),
            (&ioc, "2026-11-21T08:00:00Z", "SC-2026-00002"),
            (&police, "2026-11-21T08:00:00Z", "SC-2026-00001"),
            // the year begins at midnight in Hà Nội
            (&ioc, "2026-12-31T16:59:59.999999Z", "SC-2026-00003"),
            (&ioc, "2026-12-31T17:00:00Z", "SC-2027-00001"),
            // a fact of last year that is heard late
            (&ioc, "2026-12-31T16:00:00Z", "SC-2026-00004"),
        ] {
            assert_eq!(next(org, at), number, "{org} {at}");
        }
    }
}
