//! Cedar, asked about single acts. It answers with the texts of the rules that decided.

mod entities;

use crate::action::Action;
use crate::error::PolicyError;
use crate::post::Ground;
use crate::principal::Principal;
use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression, Schema,
    ValidationMode, Validator,
};
use kernel::actor::Target;
use kernel::id::PersonId;
use kernel::text::LangText;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

const SCHEMA: &str = include_str!("../rules/schema.cedarschema");
const POLICIES: &str = include_str!("../rules/policies.cedar");

/// A question: may somebody do this to that?
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What.
    pub action: Action,
    /// To what; `None` when nothing in particular is named yet, as at the door of a list.
    pub target: Option<Target<'a>>,
    /// The person whom it is about, for accounts and rights.
    pub person: Option<PersonId>,
}

impl Ask<'_> {
    /// Whether it may be done at all.
    pub const fn at_all(action: Action) -> Self {
        Self {
            action,
            target: None,
            person: None,
        }
    }
}

/// A rule that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Its `@id`.
    pub rule: String,
    /// What it says.
    pub text: LangText,
}

/// How a question was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// Allowed: the permits. Refused: the bounds that were crossed; none when no rule permits it at all.
    pub reasons: Vec<Reason>,
}

/// The engine of one tenant. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inside: Arc<Inside>,
}

struct Inside {
    authorizer: Authorizer,
    policies: PolicySet,
    reasons: HashMap<PolicyId, Reason>,
    actions: HashMap<Action, (EntityUid, Entity)>,
    ground: Ground,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({} policies)", self.inside.reasons.len())
    }
}

impl Engine {
    /// Reads schema and policies and holds them against each other. An engine with a mistake does not come to be.
    pub fn new(ground: Ground) -> Result<Self, PolicyError> {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|error| wrong("schema.cedarschema", error))?;
        let policies = PolicySet::from_str(POLICIES).map_err(|error| wrong("policies.cedar", error))?;
        let found = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if let Some(error) = found.validation_errors().next() {
            return Err(wrong("policies.cedar", error));
        }
        let reasons = policies
            .policies()
            .map(|policy| {
                let text = |key: &str| policy.annotation(key).unwrap_or_default().to_owned();
                let reason = Reason {
                    rule: text("id"),
                    text: LangText::new(text("vi"), text("en")),
                };
                (policy.id().clone(), reason)
            })
            .collect();
        let known = schema
            .action_entities()
            .map_err(|error| wrong("schema.cedarschema", error))?;
        let actions = Action::ALL
            .iter()
            .map(|action| {
                let uid = entities::uid("Action", action.code())?;
                let entity = known.get(&uid).cloned();
                let entity = entity.ok_or_else(|| wrong("schema.cedarschema", format!("no action \"{action}\"")))?;
                Ok((*action, (uid, entity)))
            })
            .collect::<Result<_, PolicyError>>()?;
        let inside = Inside {
            authorizer: Authorizer::new(),
            policies,
            reasons,
            actions,
            ground,
        };
        Ok(Self {
            inside: Arc::new(inside),
        })
    }

    /// The trees that it judges by.
    pub fn ground(&self) -> &Ground {
        &self.inside.ground
    }

    /// Decides.
    pub fn decide(&self, principal: &Principal, ask: &Ask<'_>) -> Result<Decision, PolicyError> {
        let failed = |what: String| PolicyError::Question {
            action: ask.action.code(),
            what,
        };
        let inside = &self.inside;
        let (action, known) = inside
            .actions
            .get(&ask.action)
            .ok_or_else(|| failed("unknown".to_owned()))?;
        let mut all = vec![known.clone()];
        let who = entities::person(principal, &inside.ground, &mut all)?;
        let what = entities::thing(principal, ask, &inside.ground, &mut all)?;
        let all = Entities::from_entities(all, None).map_err(|error| failed(error.to_string()))?;
        let mut circumstances = vec![
            ("action".to_owned(), text(ask.action.code())),
            ("strong".to_owned(), RestrictedExpression::new_bool(principal.strong)),
        ];
        if let Some(token) = &principal.token {
            let codes = token.iter().map(|action| text(action.code()));
            circumstances.push(("token".to_owned(), RestrictedExpression::new_set(codes)));
        }
        let circumstances = Context::from_pairs(circumstances).map_err(|error| failed(error.to_string()))?;
        let request =
            Request::new(who, action.clone(), what, circumstances, None).map_err(|error| failed(error.to_string()))?;
        let answer = inside.authorizer.is_authorized(&request, &inside.policies, &all);
        if let Some(error) = answer.diagnostics().errors().next() {
            return Err(failed(error.to_string()));
        }
        let mut reasons: Vec<Reason> = answer
            .diagnostics()
            .reason()
            .filter_map(|id| inside.reasons.get(id).cloned())
            .collect();
        reasons.sort_by(|one, other| one.rule.cmp(&other.rule));
        Ok(Decision {
            allowed: answer.decision() == cedar_policy::Decision::Allow,
            reasons,
        })
    }

    /// All rules, by id.
    pub fn rules(&self) -> Vec<Reason> {
        let mut rules: Vec<Reason> = self.inside.reasons.values().cloned().collect();
        rules.sort_by(|one, other| one.rule.cmp(&other.rule));
        rules
    }
}

fn text(text: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(text.to_owned())
}

fn wrong(file: &'static str, error: impl std::fmt::Display) -> PolicyError {
    PolicyError::File {
        file,
        what: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_fit_the_schema_and_every_one_says_why() {
        let engine = Engine::new(Ground::default()).unwrap();
        let rules = engine.rules();
        assert!(rules.len() > 20);
        for rule in &rules {
            assert!(
                !rule.rule.is_empty() && !rule.text.vi.is_empty() && !rule.text.en.is_empty(),
                "{rule:?}"
            );
        }
        let mut ids: Vec<_> = rules.iter().map(|rule| &rule.rule).collect();
        ids.dedup();
        assert_eq!(ids.len(), rules.len(), "an @id stands twice");
    }

    #[test]
    fn the_schema_has_no_action_that_the_code_does_not_know() {
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
        let groups: Vec<&EntityUid> = schema.action_groups().collect();
        for action in schema.actions().filter(|action| !groups.contains(action)) {
            let code = action.id().unescaped();
            // a group without members of its own that stands in no list is a mistake too
            assert!(code.parse::<Action>().is_ok(), "{code}");
        }
    }
}
