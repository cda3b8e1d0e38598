//! Lines of the timeline, with their sentences from `resources/texts.toml`.

use super::id_of;
use crate::model::timeline::{Act, Joined};
use crate::model::{Reason, timeline};
use chassis::wire::Text;
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// One thing that happened to an incident.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = IncidentLine)]
pub struct Line {
    /// Also the id of the fact that told it.
    #[schema(format = "uuid")]
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Id of who did it: a person's bare id, or `service:incident` for what follows from alerts.
    pub by: String,
    /// What: `opened`, `linked`, `alerts_over`, `alert_back`, `severity_set`, `assigned`, `withdrawn`, `noted`, `started`,
    /// `closed`, `reopened`.
    pub act: &'static str,
    /// It in words.
    pub title: Text,
    /// What the person wrote.
    #[schema(required)]
    pub text: Option<String>,
    /// The alert that it is about.
    #[schema(required)]
    pub alert: Option<String>,
    /// The organisation that it is about.
    #[schema(required)]
    pub org: Option<String>,
    /// The person that it is about, by id.
    #[schema(required)]
    pub person: Option<String>,
}

static TEXTS: LazyLock<HashMap<String, LangText>> =
    LazyLock::new(|| toml::from_str(include_str!("../../resources/texts.toml")).unwrap_or_default());

impl From<&timeline::Line> for Line {
    fn from(line: &timeline::Line) -> Self {
        let (act, sentence, params) = told(&line.act);
        let (alert, org, person) = match &line.act {
            Act::Linked { alert, .. } | Act::AlertBack { alert, .. } => (Some(alert.to_string()), None, None),
            Act::Assigned { org, person, .. } | Act::Withdrawn { org, person, .. } => {
                (None, Some(org.to_string()), person.map(|person| person.to_string()))
            }
            _ => (None, None, None),
        };
        Self {
            id: line.id.to_string(),
            at: line.at,
            by: id_of(&line.by),
            act,
            title: Text {
                vi: words(sentence, &params, |text| &text.vi),
                en: words(sentence, &params, |text| &text.en),
            },
            text: line.act.text().map(str::to_owned),
            alert,
            org,
            person,
        }
    }
}

type Params = Vec<(&'static str, String)>;

/// An act taken apart: its code, the key of its sentence, and the parameters of the sentence.
fn told(act: &Act) -> (&'static str, &'static str, Params) {
    let level = |name, severity: &Severity| (name, severity.level().to_string());
    match act {
        Act::Opened {
            severity, alerts: 0, ..
        } => ("opened", "opened_by_hand", vec![level("severity", severity)]),
        Act::Opened { severity, alerts, .. } => {
            let params = vec![level("severity", severity), ("alerts", alerts.to_string())];
            ("opened", "opened_from_alerts", params)
        }
        Act::Linked { severity, why, .. } => {
            let sentence = match why {
                Joined::SameGroup => "linked_same_group",
                Joined::SameKindNearby => "linked_nearby",
                Joined::ByHand => "linked_by_hand",
            };
            ("linked", sentence, vec![level("severity", severity)])
        }
        Act::AlertsOver => ("alerts_over", "alerts_over", Vec::new()),
        Act::AlertBack { severity, .. } => ("alert_back", "alert_back", vec![level("severity", severity)]),
        Act::SeveritySet { from, to, text } => {
            let sentence = if text.is_some() {
                "severity_set"
            } else {
                "severity_raised"
            };
            ("severity_set", sentence, vec![level("from", from), level("to", to)])
        }
        Act::Assigned { lead: true, .. } => ("assigned", "assigned_lead", Vec::new()),
        Act::Assigned { .. } => ("assigned", "assigned", Vec::new()),
        Act::Withdrawn { .. } => ("withdrawn", "withdrawn", Vec::new()),
        Act::Noted { .. } => ("noted", "noted", Vec::new()),
        Act::Started { .. } => ("started", "started", Vec::new()),
        Act::Closed { reason, .. } => {
            let sentence = match reason {
                Reason::Resolved => "closed_resolved",
                Reason::FalseAlarm => "closed_false_alarm",
                Reason::Duplicate => "closed_duplicate",
                Reason::Merged => "closed_merged",
                Reason::HandedOver => "closed_handed_over",
            };
            ("closed", sentence, Vec::new())
        }
        Act::Reopened { .. } => ("reopened", "reopened", Vec::new()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::actor::ActorId;
    use kernel::id::{AlertId, OrgId};
    use uuid::Uuid;

    fn line(act: Act) -> Line {
        Line::from(&timeline::Line {
            id: Uuid::nil(),
            at: Timestamp::EPOCH,
            by: ActorId::Service("incident".into()),
            act,
        })
    }

    #[test]
    fn every_act_has_a_sentence_in_both_languages_with_its_parameters_filled_in() {
        let (two, four, alert) = (Severity::TWO, Severity::FOUR, AlertId(Uuid::nil()));
        let org = OrgId::new("so-xay-dung").unwrap();
        let linked = |why| Act::Linked {
            alert,
            severity: four,
            why,
        };
        let opened = |alerts| Act::Opened {
            severity: four,
            alerts,
            text: None,
        };
        let set = |text: Option<&str>| Act::SeveritySet {
            from: two,
            to: four,
            text: text.map(Into::into),
        };
        let assigned = |lead| Act::Assigned {
            org: org.clone(),
            person: None,
            lead,
            text: None,
        };
        let mut acts = vec![
            (opened(0), "Mở thủ công ở cấp 4"),
            (opened(3), "Mở ở cấp 4 từ 3 cảnh báo"),
            (linked(Joined::SameGroup), "Thêm cảnh báo cấp 4 cùng nhóm"),
            (
                linked(Joined::SameKindNearby),
                "Thêm cảnh báo cấp 4 cùng loại trong cùng địa bàn",
            ),
            (linked(Joined::ByHand), "Gắn cảnh báo cấp 4"),
            (
                Act::AlertsOver,
                "Mọi cảnh báo liên quan đã chấm dứt; chờ người trực xem xét",
            ),
            (Act::AlertBack { alert, severity: two }, "Cảnh báo cấp 2 tái diễn"),
            (set(Some("a")), "Đổi cấp độ từ 2 thành 4"),
            (set(None), "Cấp độ tăng từ 2 lên 4 theo cảnh báo"),
            (assigned(true), "Giao chủ trì"),
            (assigned(false), "Giao phối hợp"),
            (
                Act::Withdrawn {
                    org: org.clone(),
                    person: None,
                    text: None,
                },
                "Thôi giao",
            ),
            (Act::Noted { text: "a".into() }, "Ghi chú"),
            (Act::Started { text: None }, "Bắt đầu xử lý"),
            (Act::Reopened { text: "a".into() }, "Mở lại"),
        ];
        let ends = [
            "Đóng: đã xử lý xong",
            "Đóng: báo động giả",
            "Đóng: trùng",
            "Đóng: gộp",
            "Đóng: chuyển",
        ];
        for (reason, end) in Reason::ALL.into_iter().zip(ends) {
            acts.push((
                Act::Closed {
                    reason,
                    text: "a".into(),
                },
                end,
            ));
        }
        for (act, vietnamese) in acts {
            let title = line(act).title;
            assert!(title.vi.starts_with(vietnamese), "{}", title.vi);
            assert!(!title.en.is_empty() && !title.en.contains(['{', '_']), "{}", title.en);
        }
    }

    #[test]
    fn a_persons_own_words_stand_apart_and_are_never_a_template() {
        let text = "bơm hỏng {severity}".to_owned();
        let line = line(Act::Opened {
            severity: Severity::TWO,
            alerts: 0,
            text: Some(text.clone()),
        });
        assert_eq!(line.text, Some(text));
        assert!(!line.title.vi.contains("bơm"));
    }
}
