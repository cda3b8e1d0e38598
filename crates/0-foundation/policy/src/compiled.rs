//! The permits of the policies as a table of roles and actions: what a service asks before each act, in nanoseconds.
//! It is made by asking Cedar about each role, so there is one text of the rules and never two.

use crate::action::Action;
use crate::engine::{Ask, Engine};
use crate::error::{PolicyError, Refused};
use crate::post::Ground;
use crate::principal::Principal;
use crate::role;
use kernel::actor::{Actor, ActorId, Target};
use kernel::id::PersonId;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One bit per action.
type Bits = u128;

/// Which role may do what.
#[derive(Clone, Debug, Default)]
pub struct Table {
    by_role: BTreeMap<String, Bits>,
    /// What everybody may who is signed in, whatever the role.
    signed: Bits,
    /// Actions that nobody does to oneself.
    not_oneself: Bits,
}

fn bit(action: Action) -> Bits {
    1 << (action as u16)
}

fn allowed(engine: &Engine, principal: &Principal) -> Result<Bits, PolicyError> {
    let mut bits = 0;
    for action in Action::ALL {
        if engine.decide(principal, &Ask::at_all(*action))?.allowed {
            bits |= bit(*action);
        }
    }
    Ok(bits)
}

impl Table {
    /// Asks the engine about each role and action.
    pub fn new(engine: &Engine) -> Result<Self, PolicyError> {
        let mut table = Self::default();
        let roles = role::all().keys().map(String::as_str).chain(["anonymous"]);
        for code in roles {
            table
                .by_role
                .insert(code.to_owned(), allowed(engine, &Principal::of_role(code))?);
        }
        let mut signed = Principal::of_role("");
        signed.roles.clear();
        table.signed = allowed(engine, &signed)?;
        let oneself = PersonId(kernel::id::derived(&[b"oneself"]));
        let principal = Principal {
            id: ActorId::Person(oneself),
            ..Principal::of_role("service")
        };
        for action in Action::ALL {
            let ask = Ask {
                person: Some(oneself),
                ..Ask::at_all(*action)
            };
            if !engine.decide(&principal, &ask)?.allowed {
                table.not_oneself |= bit(*action);
            }
        }
        Ok(table)
    }

    /// The table of the rules inside this program.
    pub fn here() -> &'static Self {
        // a mistake in the rules leaves an empty table, which refuses everything; Engine::new says what is wrong
        static TABLE: LazyLock<Table> = LazyLock::new(|| {
            Engine::new(Ground::default())
                .and_then(|engine| Table::new(&engine))
                .unwrap_or_default()
        });
        &TABLE
    }

    /// Whether one of the roles permits an action, or everybody may who is signed in. Nobody at all has the role
    /// `anonymous`.
    pub fn permits<'a>(&self, roles: impl IntoIterator<Item = &'a str>, action: Action) -> bool {
        let mut roles = roles.into_iter().peekable();
        if roles.peek().is_none() {
            return self.signed & bit(action) != 0;
        }
        roles.any(|role| self.by_role.get(role).unwrap_or(&self.signed) & bit(action) != 0)
    }

    /// The roles that can be given and permit an action.
    pub fn roles_that_may(&self, action: Action) -> Vec<String> {
        let may = self.by_role.iter().filter(|(_, bits)| *bits & bit(action) != 0);
        let given = may.filter(|(code, _)| role::get(code).is_some_and(|role| !role.internal));
        given.map(|(code, _)| code.clone()).collect()
    }

    /// What a role permits.
    pub fn actions_of(&self, role: &str) -> Vec<Action> {
        let bits = self.by_role.get(role).copied().unwrap_or_default();
        Action::ALL
            .iter()
            .copied()
            .filter(|action| bits & bit(*action) != 0)
            .collect()
    }

    /// Whether nobody does this to oneself.
    pub fn is_never_for_oneself(&self, action: Action) -> bool {
        self.not_oneself & bit(action) != 0
    }
}

/// Whether a role of the actor permits an action.
pub fn permits(actor: &Actor, action: Action) -> bool {
    Table::here().permits(actor.roles.iter().map(String::as_str), action)
}

/// Refuses an act that no role of the actor permits. Whether the thing lies within reach is asked with [`permit_on`], or
/// by the row filter with which it was looked up.
pub fn permit(actor: &Actor, action: Action) -> Result<(), Refused> {
    if permits(actor, action) {
        return Ok(());
    }
    metrics_of_refusal(action);
    Err(Refused::Role {
        action,
        roles: Table::here().roles_that_may(action),
    })
}

/// Refuses an act upon a thing that no role permits or that lies out of reach.
pub fn permit_on(actor: &Actor, action: Action, target: &Target<'_>) -> Result<(), Refused> {
    permit(actor, action)?;
    if actor.scope.admits(target) {
        return Ok(());
    }
    Err(Refused::Scope { action })
}

fn metrics_of_refusal(action: Action) {
    metrics::counter!("hanoi_ioc_policy_refused_total", "action" => action.code()).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::id::{DeviceId, TenantId};

    const SIGNED: [&str; 9] = [
        "session.read",
        "session.close",
        "session.switch",
        "account.read",
        "account.keep",
        "access.explain",
        "area.read",
        "org.read",
        "role.read",
    ];

    #[test]
    fn every_action_has_a_bit() {
        assert!(Action::ALL.len() <= Bits::BITS as usize);
    }

    #[test]
    fn the_rules_inside_are_sound_and_deny_by_default() {
        let table = Table::new(&Engine::new(Ground::default()).unwrap()).unwrap();
        let tenant = TenantId::new("government").unwrap();
        let device = Actor::device(&DeviceId::new("gauge").unwrap(), &tenant);
        for action in Action::ALL {
            let of_all = SIGNED.contains(&action.code()) || table.permits(["anonymous"], *action);
            assert_eq!(table.permits([], *action), of_all, "{action} without a role");
            assert_eq!(
                table.permits(["king"], *action),
                of_all,
                "{action} with an unknown role"
            );
            assert!(permit(&Actor::service("alert", &tenant), *action).is_ok(), "{action}");
        }
        assert!(permit(&device, Action::ObservationSend).is_ok());
        assert!(permit(&device, Action::ObservationRead).is_err());
        assert!(table.permits(["anonymous"], Action::SessionOpen));
        assert!(!table.permits(["anonymous"], Action::SessionRead));
    }

    #[test]
    fn a_refusal_names_the_roles_that_may() {
        let mut actor = Actor::service("test", &TenantId::new("government").unwrap());
        actor.roles = ["citizen".to_owned()].into();
        let refusal = permit(&actor, Action::AlertClear).unwrap_err().to_string();
        assert!(refusal.contains("duty_officer, ward_leader"), "{refusal}");
        assert!(!refusal.contains("service,"), "{refusal}");
    }
}
