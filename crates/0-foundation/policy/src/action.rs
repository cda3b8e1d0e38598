//! Every action of the house, in one append-only list. `rules/schema.cedarschema` groups them, `rules/actions.toml` has
//! their texts.

use crate::error::PolicyError;
use kernel::text::LangText;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What somebody does. Its code is `noun.verb`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code, as policies and cells write it.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

actions! {
    /// Sign in.
    SessionOpen = "session.open",
    /// See whether the program lives and is ready.
    HealthRead = "health.read",
    /// Read the program's own figures.
    MetricsRead = "metrics.read",
    /// Read the description of the API.
    ContractRead = "contract.read",
    /// Send observations, as a device.
    ObservationSend = "observation.send",
    /// See who one is.
    SessionRead = "session.read",
    /// Sign out.
    SessionClose = "session.close",
    /// Change the post in which one acts.
    SessionSwitch = "session.switch",
    /// See one's own account: sessions, tokens, second factor.
    AccountRead = "account.read",
    /// Change one's own account: password, second factor, tokens, sessions.
    AccountKeep = "account.keep",
    /// Ask why something is allowed or not.
    AccessExplain = "access.explain",
    /// Read the areas and their shapes.
    AreaRead = "area.read",
    /// Read the organisations.
    OrgRead = "org.read",
    /// Read roles and what they may do.
    RoleRead = "role.read",
    /// Read how the instance does.
    StatusRead = "status.read",
    /// See alerts.
    AlertRead = "alert.read",
    /// Take an alert on.
    AlertAcknowledge = "alert.acknowledge",
    /// Write a comment on an alert.
    AlertComment = "alert.comment",
    /// Put an alert aside or take it back.
    AlertShelve = "alert.shelve",
    /// End an alert by hand.
    AlertClear = "alert.clear",
    /// See incidents.
    IncidentRead = "incident.read",
    /// Open an incident.
    IncidentOpen = "incident.open",
    /// Write a note on an incident.
    IncidentNote = "incident.note",
    /// Work on an incident.
    IncidentWork = "incident.work",
    /// Assign an incident to organisations and people.
    IncidentAssign = "incident.assign",
    /// Set the severity of an incident.
    IncidentGrade = "incident.grade",
    /// Bind alerts to an incident.
    IncidentLink = "incident.link",
    /// Close or reopen an incident.
    IncidentClose = "incident.close",
    /// See devices.
    DeviceRead = "device.read",
    /// Register devices.
    DeviceRegister = "device.register",
    /// Give a device a token.
    DeviceToken = "device.token",
    /// Block a device or let it speak again.
    DeviceBlock = "device.block",
    /// See commands and their answers.
    CommandRead = "command.read",
    /// Give a device a command.
    CommandGive = "command.give",
    /// See latest observations and follow them.
    ObservationRead = "observation.read",
    /// See what was rejected, with its raw content.
    QuarantineRead = "quarantine.read",
    /// Give what was rejected back to the intake.
    QuarantineReplay = "quarantine.replay",
    /// Read past observations for charts.
    HistoryRead = "history.read",
    /// Ask the past in SQL.
    SqlAsk = "sql.ask",
    /// See how the lakehouse does.
    LakeRead = "lake.read",
    /// Read indicators.
    IndicatorRead = "indicator.read",
    /// Follow facts as they happen.
    EventFollow = "event.follow",
    /// Import boundaries of areas.
    BoundaryKeep = "boundary.keep",
    /// Read the city pack and what was changed in it.
    PackRead = "pack.read",
    /// Change the city pack: overlays, conflicts, a newer pack.
    PackKeep = "pack.keep",
    /// See people, service accounts and their rights.
    PersonRead = "person.read",
    /// Make, change and end accounts.
    PersonKeep = "person.keep",
    /// Give and withdraw rights.
    RightKeep = "right.keep",
    /// End sessions of others.
    SessionKeep = "session.keep",
    /// See and end API tokens of others.
    TokenKeep = "token.keep",
    /// Make service accounts and their tokens.
    ServiceKeep = "service.keep",
    /// Read the review of who may what.
    ReviewRead = "review.read",
    /// Unlock the account for emergencies, as one of two.
    EmergencyUnlock = "emergency.unlock",
    /// Search the audit log.
    AuditRead = "audit.read",
    /// See the security page.
    SecurityRead = "security.read",
    /// Act for security: block, quarantine, cut off.
    SecurityAct = "security.act",
    /// Read the file of an organisation of the Party.
    PartyRead = "party.read",
    /// Let a device ask for a certificate, or make one for it.
    DeviceEnrol = "device.enrol",
    /// Revoke certificates of a device.
    DeviceRevoke = "device.revoke",
    /// Ask for a certificate, as a device.
    CertificateAsk = "certificate.ask",
    /// Fetch the authority's certificate and the list of what it revoked.
    CertificateRead = "certificate.read",
    /// Block an account for security.
    SecurityBlockAccount = "security.block_account",
    /// Block an API token for security.
    SecurityBlockToken = "security.block_token",
    /// Quarantine a device for security.
    SecurityQuarantineDevice = "security.quarantine_device",
    /// Cut a session for security.
    SecurityCutSession = "security.cut_session",
    /// Report a security incident, as the security centre.
    SecurityReport = "security.report",
    /// Review an object of the inventory.
    SecurityReview = "security.review",
    /// Keep the register of vulnerabilities.
    SecurityKeep = "security.keep",
    /// See personal details of others: name, telephone, e-mail, unit.
    DetailRead = "detail.read",
    /// Write and erase personal details of others.
    DetailKeep = "detail.keep",
    /// Read the settings and what was changed in them.
    SettingRead = "setting.read",
}

/// A code that is no action.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an action; GET /api/v1/access/roles lists them")]
pub struct NotAnAction(pub String);

impl std::str::FromStr for Action {
    type Err = NotAnAction;

    fn from_str(code: &str) -> Result<Self, NotAnAction> {
        static BY_CODE: LazyLock<BTreeMap<&'static str, Action>> =
            LazyLock::new(|| Action::ALL.iter().map(|action| (action.code(), *action)).collect());
        BY_CODE
            .get(code)
            .copied()
            .ok_or_else(|| NotAnAction(code.chars().take(80).collect()))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Action {
    /// What people call it.
    pub fn title(self) -> LangText {
        static TITLES: LazyLock<BTreeMap<String, LangText>> = LazyLock::new(|| titles().unwrap_or_default());
        TITLES.get(self.code()).cloned().unwrap_or_default()
    }
}

/// The action that reading a fact of this type takes, by the noun that it begins with. Facts of no known noun are for parts
/// of the program only.
pub fn reading(fact_type: &str) -> Option<Action> {
    let noun = fact_type.split('.').next().unwrap_or_default();
    Some(match noun {
        "alert" | "signal" => Action::AlertRead,
        "incident" => Action::IncidentRead,
        "command" => Action::CommandRead,
        "device" => Action::DeviceRead,
        "indicator" => Action::IndicatorRead,
        "boundary" => Action::AreaRead,
        "pack" => Action::PackRead,
        "access" => Action::PersonRead,
        "audit" => Action::AuditRead,
        "security" => Action::SecurityRead,
        "setting" => Action::SettingRead,
        _ => return None,
    })
}

fn titles() -> Result<BTreeMap<String, LangText>, PolicyError> {
    toml::from_str(include_str!("../rules/actions.toml")).map_err(|error| PolicyError::File {
        file: "actions.toml",
        what: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_text_in_both_languages_and_no_text_is_left_over() {
        let titles = titles().unwrap();
        for action in Action::ALL {
            let title = action.title();
            assert!(!title.vi.is_empty() && !title.en.is_empty(), "{action}");
            assert_eq!(action.code().parse(), Ok(*action));
        }
        assert_eq!(titles.len(), Action::ALL.len());
        assert!("alert.destroy".parse::<Action>().is_err());
    }
}
