//! What the rules refuse, and why: for people in both languages, for programs by action and rules.

use chassis::problem::Problem;
use chassis::wire::Text;
use kernel::error::ErrorKind;
use kernel::text::LangText;
use policy::action::Action;
use policy::compiled::Table;
use policy::engine::Reason;
use serde_json::json;

/// An act that the rules do not permit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .text.en)]
pub struct Denied {
    /// What was to be done.
    pub action: Action,
    /// The ids of the bounds that were crossed; none when no rule permits it at all.
    pub rules: Vec<String>,
    /// What they say.
    pub text: LangText,
}

impl Denied {
    /// By the bounds that the engine names; without any, by the roles that it takes.
    pub fn by(action: Action, reasons: &[Reason]) -> Self {
        let join = |pick: fn(&LangText) -> &str| -> String {
            let texts: Vec<&str> = reasons.iter().map(|reason| pick(&reason.text)).collect();
            texts.join("; ")
        };
        let text = if reasons.is_empty() {
            let roles = Table::here().roles_that_may(action).join(", ");
            LangText::new(
                format!("việc '{action}' cần một trong các vai trò {roles}"),
                format!("'{action}' takes one of the roles {roles}"),
            )
        } else {
            LangText::new(join(|text| &text.vi), join(|text| &text.en))
        };
        Self {
            action,
            rules: reasons.iter().map(|reason| reason.rule.clone()).collect(),
            text,
        }
    }

    /// By a bound of this crate, in words of its own.
    pub fn because(action: Action, rule: &str, vi: &str, en: &str) -> Self {
        Self {
            action,
            rules: vec![rule.to_owned()],
            text: LangText::new(vi, en),
        }
    }

    /// As it is answered, at the door of a route and behind it alike.
    pub fn problem(&self) -> Problem {
        Problem::new(ErrorKind::Denied, "denied", self.text.en.clone())
            .with("action", self.action.code())
            .with("rules", self.rules.clone())
            .with("text", json!(Text::from(&self.text)))
            .with("roles", Table::here().roles_that_may(self.action))
            .with("explain", format!("/api/v1/access/explain?action={}", self.action))
    }
}
