//! The roles of `rules/roles.toml`.

use crate::error::PolicyError;
use kernel::classification::Classification;
use kernel::text::LangText;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// How far a role sees beyond its own organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Everything in its area, whoever owns it.
    Area,
    /// What its organisation, or one below, owns, and what nobody owns.
    Org,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What people call it.
    pub title: LangText,
    /// How far it sees.
    pub reach: Reach,
    /// The highest classification that it ever sees.
    pub ceiling: Classification,
    /// What purpose-bound data may be used for.
    #[serde(default)]
    pub purposes: BTreeSet<String>,
    /// The tenants in which it exists.
    #[serde(default)]
    pub tenants: BTreeSet<String>,
    /// Its holders sign in with a second factor where the configuration asks for it.
    #[serde(default)]
    pub second_factor: bool,
    /// It belongs to the program itself and is given to nobody.
    #[serde(default)]
    pub internal: bool,
}

/// All roles by code.
pub fn all() -> &'static BTreeMap<String, Role> {
    static ROLES: LazyLock<BTreeMap<String, Role>> = LazyLock::new(|| read().unwrap_or_default());
    &ROLES
}

/// One role.
pub fn get(code: &str) -> Option<&'static Role> {
    all().get(code)
}

/// The roles that can be given to somebody in a tenant.
pub fn of_tenant(tenant: &str) -> impl Iterator<Item = (&'static str, &'static Role)> {
    let given = all().iter().filter(|(_, role)| !role.internal);
    let mut given: Vec<_> = given.map(|(code, role)| (code.as_str(), role)).collect();
    given.retain(|(_, role)| role.tenants.contains(tenant));
    given.into_iter()
}

pub(crate) fn read() -> Result<BTreeMap<String, Role>, PolicyError> {
    toml::from_str(include_str!("../rules/roles.toml")).map_err(|error| PolicyError::File {
        file: "roles.toml",
        what: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_of_the_mission_are_all_there_with_texts() {
        let roles = read().unwrap();
        for code in [
            "leader",
            "duty_officer",
            "department_officer",
            "ward_leader",
            "ward_officer",
            "administrator",
            "data_steward",
            "security_officer",
            "party_officer",
            "auditor",
            "developer",
            "citizen",
        ] {
            let role = &roles[code];
            assert!(!role.title.vi.is_empty() && !role.title.en.is_empty(), "{code}");
            assert!(!role.internal && !role.tenants.is_empty(), "{code}");
        }
        assert!(roles["service"].internal && roles["device"].internal);
    }

    #[test]
    fn the_government_gives_no_role_of_the_party_and_nobody_gives_one_of_the_program() {
        let given = |tenant: &str| -> Vec<&str> { of_tenant(tenant).map(|(code, _)| code).collect() };
        assert!(!given("government").contains(&"party_officer"));
        assert!(given("party").contains(&"party_officer"));
        assert!(!given("party").contains(&"duty_officer"));
        assert!(!given("government").contains(&"service"));
    }
}
