//! Measures, which the API calls actions.

use crate::error::SecurityError;
use crate::model::measure::{self as model, KINDS, Order, Phase};
use crate::service::measure::Wish;
use crate::wire::words::{known, words};
use chassis::wire::Text;
use kernel::id::DeviceId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Upon what an action is taken. Which members are needed follows from its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecurityTarget)]
pub struct Target {
    /// Account name; for `block_account`, `block_token` and `cut_session`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Id of an API token; for `block_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub token: Option<Uuid>,
    /// Id of a session; for `cut_session`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    pub session: Option<Uuid>,
    /// Id of a device; for `quarantine_device`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// An action to be taken.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecurityActionRequest)]
pub struct Request {
    /// `block_account`, `block_token`, `quarantine_device` or `cut_session`.
    pub kind: String,
    /// Upon what.
    pub target: Target,
    /// Why; 3 to 500 characters.
    pub reason: String,
    /// When it is taken back by itself; at most 366 days ahead. For ever if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// An action of security.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SecurityAction)]
pub struct Measure {
    /// Identifier.
    #[schema(format = "uuid")]
    pub id: String,
    /// `block_account`, `block_token`, `quarantine_device` or `cut_session`.
    pub kind: &'static str,
    /// Upon what.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// Who took it.
    pub by: String,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it is taken back by itself.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub until: Option<Timestamp>,
    /// `begun`, `in_force`, `done` (it cannot be taken back), `undoing`, `undone` or `failed`.
    pub state: &'static str,
    /// When it came into this state; absent while it has only begun.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub since: Option<Timestamp>,
    /// Whether it can be taken back.
    pub reversible: bool,
    /// Who took it back.
    #[schema(required)]
    pub undone_by: Option<String>,
    /// Whether what was before is there again; `false` when others had changed it, or a token had run out, meanwhile.
    #[schema(required)]
    pub restored: Option<bool>,
    /// Why it failed.
    #[schema(required)]
    pub why: Option<String>,
    /// Why it failed, in both languages.
    #[schema(required)]
    pub why_text: Option<Text>,
    /// Grows by one at each change.
    pub version: u64,
}

/// A page of actions, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecurityActionPage)]
pub struct Page {
    /// The actions.
    pub items: Vec<Measure>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Longest account name.
const MAX_NAME: usize = 64;

impl Request {
    /// Reads it; `key` is the Idempotency-Key.
    pub fn read(self, key: Option<String>) -> Result<Wish, SecurityError> {
        let Self {
            kind,
            target,
            reason,
            until,
        } = self;
        let order = match (kind.as_str(), target) {
            (
                "block_account",
                Target {
                    account: Some(account),
                    token: None,
                    session: None,
                    device: None,
                },
            ) => Order::BlockAccount { account },
            (
                "block_token",
                Target {
                    account: Some(account),
                    token: Some(token),
                    session: None,
                    device: None,
                },
            ) => Order::BlockToken { account, token },
            (
                "cut_session",
                Target {
                    account: Some(account),
                    token: None,
                    session: Some(session),
                    device: None,
                },
            ) => Order::CutSession { account, session },
            (
                "quarantine_device",
                Target {
                    account: None,
                    token: None,
                    session: None,
                    device: Some(device),
                },
            ) => {
                let device = DeviceId::new(&device);
                let device = device.map_err(|error| SecurityError::invalid("target.device", error.to_string()))?;
                Order::QuarantineDevice { device }
            }
            (known, _) if KINDS.contains(&known) => {
                let what = format!("{known} takes {}, and nothing else", needs(known));
                return Err(SecurityError::invalid("target", what));
            }
            (other, _) => {
                let other: String = other.chars().take(40).collect();
                let what = format!("'{other}' is not one of {}", KINDS.join(", "));
                return Err(SecurityError::invalid("kind", what));
            }
        };
        if order
            .account()
            .is_some_and(|name| !(1..=MAX_NAME).contains(&name.len()))
        {
            let what = format!("write the name of an account, at most {MAX_NAME} characters");
            return Err(SecurityError::invalid("target.account", what));
        }
        Ok(Wish {
            order,
            reason: reason.trim().to_owned(),
            until,
            key,
        })
    }
}

/// Why a measure failed, as people read it.
fn failed(phase: &Phase) -> Option<Text> {
    let Phase::Failed { code, .. } = phase else { return None };
    let known = code.as_ref().and_then(|code| known(&format!("failed_{code}")));
    Some(Text::from(&known.unwrap_or_else(|| words("failed_otherwise", &[]))))
}

fn needs(kind: &str) -> &'static str {
    match kind {
        "block_account" => "target.account",
        "block_token" => "target.account and target.token",
        "cut_session" => "target.account and target.session",
        _ => "target.device",
    }
}

impl From<&Order> for Target {
    fn from(order: &Order) -> Self {
        let mut target = Self {
            account: order.account().map(str::to_owned),
            ..Self::default()
        };
        match order {
            Order::BlockAccount { .. } => {}
            Order::BlockToken { token, .. } => target.token = Some(*token),
            Order::CutSession { session, .. } => target.session = Some(*session),
            Order::QuarantineDevice { device } => target.device = Some(device.to_string()),
        }
        target
    }
}

impl Measure {
    /// As the API shows it.
    pub fn new(measure: &model::Measure, version: u64) -> Self {
        let (since, undone_by, restored, why) = match &measure.phase {
            Phase::Begun => (None, None, None, None),
            Phase::InForce { since } => (Some(*since), None, None, None),
            Phase::Done { at } => (Some(*at), None, None, None),
            Phase::Undoing { by, at } => (Some(*at), Some(by.to_string()), None, None),
            Phase::Undone { by, at, restored } => (Some(*at), Some(by.to_string()), Some(*restored), None),
            Phase::Failed { at, why, .. } => (Some(*at), None, None, Some(why.clone())),
        };
        Self {
            id: measure.id.to_string(),
            kind: measure.order.kind(),
            target: Target::from(&measure.order),
            reason: measure.reason.clone(),
            by: measure.by.to_string(),
            at: measure.at,
            until: measure.until,
            state: measure.phase.code(),
            since,
            reversible: measure.order.is_reversible(),
            undone_by,
            restored,
            why,
            why_text: failed(&measure.phase),
            version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_failed_is_said_in_both_languages_also_where_the_cause_was_not_kept() {
        let said = |code: Option<&str>| {
            let (at, why, code) = (Timestamp::EPOCH, "x".to_owned(), code.map(str::to_owned));
            failed(&Phase::Failed { at, why, code }).map(|text| text.vi)
        };
        let gone = Some("đối tượng của biện pháp không còn nữa".to_owned());
        assert_eq!(said(Some("not_found")), gone);
        let otherwise = Some("máy chủ không thực hiện được và không thử lại".to_owned());
        assert_eq!(
            (said(Some("something_new")), said(None)),
            (otherwise.clone(), otherwise)
        );
        assert_eq!(failed(&Phase::Begun), None);
        let before: Phase =
            serde_json::from_value(serde_json::json!({ "state": "failed", "at": "2026-01-01T00:00:00Z", "why": "x" }))
                .unwrap();
        assert!(
            matches!(before, Phase::Failed { code: None, .. }),
            "what earlier builds have stored is read"
        );
    }
}
