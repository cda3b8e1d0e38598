//! Lines of the timeline, with their sentences from `resources/texts.toml`.

use super::id_of;
use crate::model;
use crate::model::{Act, Why};
use chassis::wire::Text;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;
use utoipa::ToSchema;

/// One thing that happened to an alert.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AlertLine)]
pub struct Line {
    /// Also the id of the fact that told it.
    #[schema(format = "uuid")]
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Id of who did it: a person's bare id, or `service:` with the name of what noticed.
    pub by: String,
    /// What: `raised`, `escalated`, `eased`, `acknowledged`, `commented`, `shelved`, `unshelved`, `cleared`, `reopened`.
    pub act: &'static str,
    /// It in words.
    pub title: Text,
    /// What the person wrote: comment or reason.
    #[schema(required)]
    pub text: Option<String>,
}

static TEXTS: LazyLock<HashMap<String, LangText>> =
    LazyLock::new(|| toml::from_str(include_str!("../../resources/texts.toml")).unwrap_or_default());

impl From<&model::Line> for Line {
    fn from(line: &model::Line) -> Self {
        let Told {
            act,
            sentence,
            params,
            text,
        } = told(&line.act);
        let title = Text {
            vi: words(sentence, &params, |text| &text.vi),
            en: words(sentence, &params, |text| &text.en),
        };
        Self {
            id: line.id.to_string(),
            at: line.at,
            by: id_of(&line.by),
            act,
            title,
            text,
        }
    }
}

/// An act taken apart: its code, the key of its sentence, the parameters of the sentence, and a person's own words.
struct Told {
    act: &'static str,
    sentence: &'static str,
    params: Vec<(&'static str, String)>,
    text: Option<String>,
}

fn told(act: &Act) -> Told {
    let plain = |act, sentence, params| Told {
        act,
        sentence,
        params,
        text: None,
    };
    let worded = |act, sentence, text: &Option<String>| Told {
        act,
        sentence,
        params: Vec::new(),
        text: text.clone(),
    };
    let level = |name, severity: &kernel::severity::Severity| (name, severity.level().to_string());
    match act {
        Act::Raised { severity } => plain("raised", "raised", vec![level("severity", severity)]),
        Act::Escalated {
            from,
            to,
            unacknowledged,
        } => {
            let sentence = if *unacknowledged {
                "escalated_unacknowledged"
            } else {
                "escalated"
            };
            plain("escalated", sentence, vec![level("from", from), level("to", to)])
        }
        Act::Eased { from, to } => plain("eased", "eased", vec![level("from", from), level("to", to)]),
        Act::Acknowledged { comment } => worded("acknowledged", "acknowledged", comment),
        Act::Commented { comment } => worded("commented", "commented", &Some(comment.clone())),
        Act::Shelved { until, reason } => Told {
            params: vec![("until", in_hanoi(*until))],
            ..worded("shelved", "shelved", &Some(reason.clone()))
        },
        Act::Unshelved { why: Why::Due } => plain("unshelved", "unshelved_due", Vec::new()),
        Act::Unshelved { why: Why::Asked } => plain("unshelved", "unshelved_asked", Vec::new()),
        Act::Unshelved { why: Why::Graver } => plain("unshelved", "unshelved_graver", Vec::new()),
        Act::Cleared { reason: None } => plain("cleared", "cleared", Vec::new()),
        Act::Cleared { reason } => worded("cleared", "cleared_by_hand", reason),
        Act::Reopened { severity, raises } => plain(
            "reopened",
            "reopened",
            vec![level("severity", severity), ("raises", raises.to_string())],
        ),
    }
}

fn words(sentence: &str, params: &[(&str, String)], language: impl Fn(&LangText) -> &String) -> String {
    let template = TEXTS
        .get(sentence)
        .map(language)
        .cloned()
        .unwrap_or_else(|| sentence.to_owned());
    params.iter().fold(template, |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// The time of day in Hanoi, as people there write it: `14:05 25/08/2025`. Việt Nam is at UTC+7 all year.
fn in_hanoi(instant: Timestamp) -> String {
    let local = instant.plus(Duration::from_secs(7 * 3_600)).to_string();
    match (local.get(0..4), local.get(5..7), local.get(8..10), local.get(11..16)) {
        (Some(year), Some(month), Some(day), Some(time)) => format!("{time} {day}/{month}/{year}"),
        _ => local,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::actor::ActorId;
    use kernel::severity::Severity;

    fn line(act: Act) -> Line {
        let by = ActorId::Service("rule/flood-depth".into());
        Line::from(&model::Line {
            id: uuid::Uuid::nil(),
            at: Timestamp::EPOCH,
            by,
            act,
        })
    }

    #[test]
    fn every_act_has_a_sentence_in_both_languages_with_its_parameters_filled_in() {
        let (two, four) = (Severity::TWO, Severity::FOUR);
        let until = Timestamp::parse("2025-08-25T18:05:00Z").unwrap();
        for (act, vietnamese) in [
            (Act::Raised { severity: two }, "Phát sinh ở cấp 2"),
            (
                Act::Escalated {
                    from: two,
                    to: four,
                    unacknowledged: false,
                },
                "Tăng từ cấp 2 lên cấp 4",
            ),
            (
                Act::Escalated {
                    from: two,
                    to: four,
                    unacknowledged: true,
                },
                "Tăng từ cấp 2 lên cấp 4; xác nhận trước đó không còn hiệu lực",
            ),
            (Act::Eased { from: four, to: two }, "Giảm từ cấp 4 xuống cấp 2"),
            (Act::Acknowledged { comment: None }, "Đã xác nhận"),
            (Act::Commented { comment: "a".into() }, "Ghi chú"),
            (
                Act::Shelved {
                    until,
                    reason: "a".into(),
                },
                "Tạm gác đến 01:05 26/08/2025",
            ),
            (Act::Unshelved { why: Why::Due }, "Hết thời gian tạm gác"),
            (Act::Unshelved { why: Why::Asked }, "Bỏ tạm gác"),
            (Act::Unshelved { why: Why::Graver }, "Bỏ tạm gác vì cấp độ tăng"),
            (Act::Cleared { reason: None }, "Tình trạng đã chấm dứt"),
            (
                Act::Cleared {
                    reason: Some("a".into()),
                },
                "Đóng thủ công",
            ),
            (
                Act::Reopened {
                    severity: two,
                    raises: 3,
                },
                "Tái diễn ở cấp 2, lần thứ 3",
            ),
        ] {
            let title = line(act).title;
            assert_eq!(title.vi, vietnamese);
            assert!(!title.en.is_empty() && !title.en.contains(['{', '_']), "{}", title.en);
        }
    }

    #[test]
    fn a_persons_own_words_stand_apart_and_are_never_a_template() {
        let line = line(Act::Shelved {
            until: Timestamp::EPOCH,
            reason: "bơm hỏng {until}".into(),
        });
        assert_eq!(line.text.as_deref(), Some("bơm hỏng {until}"));
        assert!(!line.title.vi.contains("bơm"));
    }
}
