//! What an evaluator says: something began, still holds, or ended; and the signal that it becomes.

use crate::model::Rule;
use kernel::id::{RuleId, SignalId, derived};
use kernel::series::{SeriesId, SeriesInfo};
use kernel::severity::Severity;
use kernel::signal::{Change, Signal};
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of a rule is needed to speak about it, even after the rule is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// The rule.
    pub rule: RuleId,
    /// Its version.
    pub version: u32,
    /// Code of its signals.
    pub code: String,
    /// Its title.
    pub title: LangText,
    /// Pattern of the group key.
    pub group: String,
    /// Unit of its figures.
    pub unit: String,
    /// Whether its figures are assumed.
    pub assumed: bool,
    /// Where its figures come from.
    pub legal: Option<String>,
    /// Whether it is about silence; then `limit` is in seconds.
    pub silence: bool,
}

impl Face {
    pub(crate) fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.id.clone(),
            version: rule.version,
            code: rule.code.clone(),
            title: rule.title.clone(),
            group: rule.group.clone(),
            unit: rule.unit.as_str().to_owned(),
            assumed: rule.assumed,
            legal: rule.legal.as_ref().map(|legal| legal.source.clone()),
            silence: matches!(rule.kind, crate::model::Kind::Silence(_)),
        }
    }
}

/// A word about one rule and one series.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// Whose word it is.
    pub rule: Arc<Face>,
    /// About which series.
    pub series: SeriesId,
    /// What happened.
    pub change: Change,
    /// How grave; for a cleared one, how grave it was.
    pub severity: Severity,
    /// Phenomenon time: of the row that began (with `for:`, where the condition began to hold) or ended it. Silence is
    /// measured by the clock, so here it is the instant at which the silence was too long, or the return.
    pub at: Timestamp,
    /// When it was noticed, by the clock.
    pub noticed: Timestamp,
    /// `at` of the first raise of this episode.
    pub since: Timestamp,
    /// The value that was judged, in the rule's unit; absent for silence.
    pub value: Option<f64>,
    /// The limit that was crossed, in the rule's unit; seconds for silence.
    pub limit: f64,
    /// Tells words of the same kind at the same instant apart.
    pub ordinal: u32,
}

impl Transition {
    /// The derived id (SEMANTICS 9): rule, version, series, instant, change, severity and ordinal; a replay gives it again.
    pub fn id(&self) -> SignalId {
        SignalId(derived(&[
            b"rule",
            self.rule.rule.as_str().as_bytes(),
            &self.rule.version.to_be_bytes(),
            &self.series.0.to_be_bytes(),
            &self.at.micros().to_be_bytes(),
            &[self.change as u8, self.severity.level()],
            &self.ordinal.to_be_bytes(),
        ]))
    }

    /// The full signal; `info` is the series' present entry in the registry.
    pub fn signal(&self, info: &SeriesInfo) -> Signal {
        let face = &*self.rule;
        let mut params = BTreeMap::from([
            ("attribute".to_owned(), json!(&*info.attribute)),
            ("since".to_owned(), json!(self.since)),
            ("assumed".to_owned(), json!(face.assumed)),
        ]);
        let figures = if face.silence {
            ("silent_after_s", "s")
        } else {
            ("limit", face.unit.as_str())
        };
        params.insert(figures.0.to_owned(), json!(self.limit));
        params.insert("unit".to_owned(), json!(figures.1));
        if let Some(value) = self.value {
            params.insert("value".to_owned(), json!(value));
        }
        if let Some(legal) = &face.legal {
            params.insert("legal".to_owned(), json!(legal));
        }
        Signal {
            id: self.id(),
            source: format!("rule/{}", face.rule),
            version: face.version,
            code: face.code.clone(),
            group: group_key(face, info),
            change: self.change,
            severity: self.severity,
            at: self.at,
            noticed: self.noticed,
            title: LangText::new(
                joined(&face.title.vi, &info.title.vi),
                if face.title.en.is_empty() {
                    String::new()
                } else {
                    joined(&face.title.en, &info.title.en)
                },
            ),
            entity: info.entity.to_string(),
            device: Some(info.device.clone()),
            series: Some(self.series),
            org: Some(info.org.clone()),
            areas: info.areas.clone(),
            place: info.place,
            classification: info.classification,
            params,
        }
    }
}

fn joined(rule: &str, thing: &str) -> String {
    if thing.is_empty() {
        rule.to_owned()
    } else {
        format!("{rule}: {thing}")
    }
}

fn group_key(face: &Face, info: &SeriesInfo) -> String {
    let mut key = String::with_capacity(face.group.len() + 48);
    let mut rest = face.group.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        key.push_str(before);
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        match name {
            "code" => key.push_str(&face.code),
            "rule" => key.push_str(face.rule.as_str()),
            "entity" => key.push_str(&info.entity),
            "device" => key.push_str(info.device.as_str()),
            "series" => key.push_str(&info.id.0.to_string()),
            "attribute" => key.push_str(&info.attribute),
            // What has no area stays by itself.
            "area" => key.push_str(info.areas.first().map_or(&*info.entity, |area| area.as_str())),
            "org" => key.push_str(info.org.as_str()),
            _ => {}
        }
        rest = tail;
    }
    key.push_str(rest);
    key
}
