//! Incidents of the SOC.

use crate::error::SecurityError;
use crate::model::report::{self as model, Standing, Told};
use chassis::wire::Text;
use kernel::id::AlertId;
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

// It is not called `Object`: the macros of OpenAPI take that word for "anything".
/// Something that an incident concerns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SocObject {
    /// `device`, `account`, `link`, `api`, `store`, `dashboard` or `other`.
    pub kind: String,
    /// Its id; 1 to 200 characters.
    pub id: String,
}

/// A title in two languages.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SocTitle)]
pub struct Title {
    /// Vietnamese.
    pub vi: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

/// An incident as the SOC tells of it. The same id again is a newer state of the same incident.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SocIncidentRequest)]
pub struct Request {
    /// The SOC's own id; 1 to 128 visible ASCII characters.
    pub id: String,
    /// 1 (lightest) to 5 (gravest).
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    /// What it is about; at most 300 characters in each language.
    pub title: Title,
    /// What it concerns; at most 100.
    #[serde(default)]
    pub objects: Vec<SocObject>,
    /// When the SOC saw it so. An older one than the newest that was told is refused.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `open` (if absent) or `closed`.
    #[serde(default)]
    pub state: Option<String>,
    /// Further words; at most 4,000 characters.
    #[serde(default)]
    pub note: String,
}

/// An incident of the SOC, as it was told last.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SocIncident)]
pub struct Report {
    /// The SOC's own id.
    pub id: String,
    /// 1 (lightest) to 5 (gravest).
    #[schema(minimum = 1, maximum = 5)]
    pub severity: u8,
    /// What it is about.
    pub title: Text,
    /// What it concerns.
    pub objects: Vec<SocObject>,
    /// When the SOC saw it so.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `open` or `closed`.
    pub state: &'static str,
    /// Further words.
    pub note: String,
    /// When it was told first.
    #[schema(value_type = String, format = DateTime)]
    pub first: Timestamp,
    /// When something new was told last.
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
    /// Id of the newest alert that its signals became; null while none is known.
    #[schema(value_type = Option<String>, format = "uuid", required)]
    pub alert: Option<AlertId>,
    /// Grows by one at each change.
    pub version: u64,
}

/// A page of incidents, the newest word first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SocIncidentPage)]
pub struct Page {
    /// The incidents.
    pub items: Vec<Report>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Request {
    /// Reads it. Objects are put in order, so that another order is not another state.
    pub fn read(self) -> Result<Told, SecurityError> {
        let severity = Severity::try_from(self.severity);
        let standing = match self.state.as_deref() {
            None | Some("open") => Standing::Open,
            Some("closed") => Standing::Closed,
            Some(other) => {
                let other: String = other.chars().take(40).collect();
                let what = format!("'{other}' is not one of open, closed");
                return Err(SecurityError::invalid("state", what));
            }
        };
        let objects = self
            .objects
            .into_iter()
            .map(|SocObject { kind, id }| model::Object { kind, id });
        let mut objects: Vec<_> = objects.collect();
        objects.sort();
        objects.dedup();
        Ok(Told {
            id: self.id,
            severity: severity.map_err(|error| SecurityError::invalid("severity", error.to_string()))?,
            title: LangText::new(self.title.vi.trim(), self.title.en.trim()),
            objects,
            at: self.at,
            standing,
            note: self.note,
        })
    }
}

impl Report {
    /// As the API shows it.
    pub fn new(report: &model::Report, version: u64) -> Self {
        let told = &report.told;
        let object = |object: &model::Object| SocObject {
            kind: object.kind.clone(),
            id: object.id.clone(),
        };
        Self {
            id: told.id.clone(),
            severity: told.severity.level(),
            title: Text::from(&told.title),
            objects: told.objects.iter().map(object).collect(),
            at: told.at,
            state: told.standing.code(),
            note: told.note.clone(),
            first: report.first,
            last: report.last,
            alert: report.alert,
            version,
        }
    }
}
