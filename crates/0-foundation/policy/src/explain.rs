//! Why something is allowed or not, in words that people understand.

use crate::action::Action;
use crate::compiled::Table;
use crate::engine::{Ask, Engine, Reason};
use crate::error::PolicyError;
use crate::principal::Principal;
use crate::role;
use kernel::text::LangText;

/// The answer to "why can I not do this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked.
    pub action: Action,
    /// Whether it may be done.
    pub allowed: bool,
    /// One sentence.
    pub text: LangText,
    /// The rules that decided.
    pub reasons: Vec<Reason>,
    /// Roles that permit the action.
    pub roles: Vec<String>,
    /// Which other posts of the same person would allow it, by number.
    pub other_posts: Vec<usize>,
}

/// Explains a decision. `others` are the other posts of the same person, with their numbers.
pub fn explain(
    engine: &Engine,
    principal: &Principal,
    others: &[(usize, Principal)],
    ask: &Ask<'_>,
) -> Result<Explanation, PolicyError> {
    let decision = engine.decide(principal, ask)?;
    let mut other_posts = Vec::new();
    if !decision.allowed {
        for (number, other) in others {
            if engine.decide(other, ask)?.allowed {
                other_posts.push(*number);
            }
        }
    }
    let roles = Table::here().roles_that_may(ask.action);
    let text = sentence(ask.action, decision.allowed, &decision.reasons, &roles);
    Ok(Explanation {
        action: ask.action,
        allowed: decision.allowed,
        text,
        reasons: decision.reasons,
        roles,
        other_posts,
    })
}

fn sentence(action: Action, allowed: bool, reasons: &[Reason], roles: &[String]) -> LangText {
    let title = action.title();
    let join = |pick: fn(&LangText) -> &String| -> String {
        let texts: Vec<&str> = reasons.iter().map(|reason| pick(&reason.text).as_str()).collect();
        texts.join("; ")
    };
    let (vi, en) = (join(|text| &text.vi), join(|text| &text.en));
    if allowed {
        return LangText::new(
            format!("Được phép {}: {vi}.", title.vi),
            format!("You may {}: {en}.", title.en),
        );
    }
    if !reasons.is_empty() {
        return LangText::new(
            format!("Không được phép {}: {vi}.", title.vi),
            format!("You may not {}: {en}.", title.en),
        );
    }
    let names = |pick: fn(&LangText) -> &String| -> String {
        let titles: Vec<&str> = roles
            .iter()
            .filter_map(|code| role::get(code))
            .map(|role| pick(&role.title).as_str())
            .collect();
        titles.join(", ")
    };
    if roles.is_empty() {
        return LangText::new(
            format!("Không được phép {}: không vai trò nào được giao việc này.", title.vi),
            format!("You may not {}: no role that can be given permits it.", title.en),
        );
    }
    LangText::new(
        format!(
            "Không được phép {}: cần một trong các vai trò {}. Hãy đề nghị quản trị hệ thống cấp quyền.",
            title.vi,
            names(|text| &text.vi)
        ),
        format!(
            "You may not {}: it takes one of the roles {}. Ask a system administrator for it.",
            title.en,
            names(|text| &text.en)
        ),
    )
}
