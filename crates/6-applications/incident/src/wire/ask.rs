//! What the API takes. Unknown members are refused; codes are checked here, rules in `decide`.

use crate::model::Reason;
use chassis::wire::Place;
use kernel::area::AreaCode;
use kernel::id::{AlertId, OrgId, PersonId};
use kernel::severity::Severity;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// To open an incident by hand or from alerts. What is left out is taken from the gravest of the alerts.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OpenIncident)]
pub struct Open {
    /// What it is about: a text in Vietnamese, or one in two languages. At most 300 characters.
    pub title: Option<Title>,
    /// What kind of thing: 1 to 64 of a-z, digits and `_`, such as `flood_depth`.
    pub kind: Option<String>,
    /// 1 (lightest) to 5 (gravest).
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 5)]
    pub severity: Option<Severity>,
    /// Codes of the areas concerned, beside those of the alerts; none at all means the whole city.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    pub areas: Vec<AreaCode>,
    /// Where.
    pub place: Option<Place>,
    /// At most 4,096 bytes; becomes the first line of the timeline.
    pub text: Option<String>,
    /// At most 200 ids of alerts that belong to it.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false)]
    pub alerts: Vec<AlertId>,
    /// The organisation in whose register it is numbered; the centre's own when absent.
    #[schema(value_type = Option<String>)]
    pub org: Option<OrgId>,
}

/// A title in one or two languages.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = IncidentTitle)]
pub enum Title {
    /// In Vietnamese.
    Plain(String),
    /// In both.
    Both(Languages),
}

/// A title in two languages.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IncidentTitles)]
pub struct Languages {
    /// Vietnamese.
    pub vi: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl From<Title> for LangText {
    fn from(title: Title) -> Self {
        match title {
            Title::Plain(vi) => Self::new(vi, ""),
            Title::Both(Languages { vi, en }) => Self::new(vi, en),
        }
    }
}

/// To write something down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoteOnIncident)]
pub struct Note {
    /// 1 to 4,096 bytes.
    pub text: String,
}

/// To give work to an organisation or a person of it, or to take it back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AssignIncident)]
pub struct Assign {
    /// Code of the organisation.
    #[schema(value_type = String)]
    pub org: OrgId,
    /// Id of a person of it.
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
    /// Whether it shall answer for the incident; the first one does in any case.
    #[serde(default)]
    #[schema(required = false)]
    pub lead: bool,
    /// `true` takes the work back.
    #[serde(default)]
    #[schema(required = false)]
    pub withdraw: bool,
    /// At most 4,096 bytes.
    pub text: Option<String>,
}

/// To judge the severity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetIncidentSeverity)]
pub struct SetSeverity {
    /// 1 (lightest) to 5 (gravest).
    #[schema(value_type = u8, minimum = 1, maximum = 5)]
    pub severity: Severity,
    /// Why: 1 to 4,096 bytes.
    pub text: String,
}

/// To begin to work on it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkOnIncident)]
pub struct Work {
    /// At most 4,096 bytes.
    pub text: Option<String>,
}

/// To end it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CloseIncident)]
pub struct Close {
    /// Why.
    #[schema(value_type = super::Reason)]
    pub reason: Reason,
    /// The same in own words: 1 to 4,096 bytes.
    pub text: String,
}

/// To open it again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReopenIncident)]
pub struct Reopen {
    /// Why: 1 to 4,096 bytes.
    pub text: String,
}

/// To let alerts belong to it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LinkToIncident)]
pub struct Link {
    /// 1 to 200 ids of alerts.
    #[schema(value_type = Vec<String>)]
    pub alerts: Vec<AlertId>,
}
