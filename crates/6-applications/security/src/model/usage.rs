//! Who uses the interfaces, how much, and how much it may.

use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody who signed in.
    Account,
    /// An API token.
    Token,
    /// A device that sends over HTTP.
    Device,
    /// Whoever showed nothing that is known.
    Anonymous,
    /// Clients beyond those that memory holds at once, together.
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Account, Self::Token, Self::Device, Self::Anonymous, Self::Other];

    /// Its code, as the API writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Token => "token",
            Self::Device => "device",
            Self::Anonymous => "anonymous",
            Self::Other => "other",
        }
    }
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Client {
    /// What kind.
    pub kind: Kind,
    /// Account name, id of a token, id of a device; empty for the joined ones.
    pub id: String,
    /// The account behind a token.
    pub account: Option<String>,
}

impl Client {
    /// Somebody who signed in.
    pub fn account(name: &str) -> Self {
        Self::new(Kind::Account, name)
    }

    /// An API token of an account.
    pub fn token(id: impl fmt::Display, account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..Self::new(Kind::Token, &id.to_string())
        }
    }

    /// A device.
    pub fn device(id: &str) -> Self {
        Self::new(Kind::Device, id)
    }

    /// Whoever showed nothing that is known; all of them together.
    pub fn anonymous() -> Self {
        Self::new(Kind::Anonymous, "")
    }

    /// Those that memory has no room for; all of them together.
    pub fn other() -> Self {
        Self::new(Kind::Other, "")
    }

    fn new(kind: Kind, id: &str) -> Self {
        Self {
            kind,
            id: id.to_owned(),
            account: None,
        }
    }
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Requests that were let in.
    pub requests: u64,
    /// Requests that were refused because a limit was reached.
    pub refused: u64,
    /// Bytes of bodies that came.
    pub bytes_in: u64,
    /// Bytes of bodies that went, before compression.
    pub bytes_out: u64,
}

impl Figures {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            refused: self.refused.saturating_add(other.refused),
            bytes_in: self.bytes_in.saturating_add(other.bytes_in),
            bytes_out: self.bytes_out.saturating_add(other.bytes_out),
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The use of one client on one day, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Days since 1970-01-01, local.
    pub day: i64,
    /// Who.
    pub client: Client,
    /// How much.
    pub figures: Figures,
    /// When it was counted last.
    pub seen: Timestamp,
}

/// Requests in a window; 0: any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In a minute of the clock.
    pub per_minute: u64,
    /// In a local day.
    pub per_day: u64,
}

/// What is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Of somebody who signed in.
    pub account: Limits,
    /// Of an API token.
    pub token: Limits,
    /// Of a device that sends over HTTP.
    pub device: Limits,
    /// Clients that memory holds at once; further ones are counted together and not limited.
    pub max_clients: usize,
    /// Days that figures are kept.
    pub keep_days: u32,
    /// Seconds by which a local day begins before that of UTC.
    pub zone_offset_s: i64,
}

impl Settings {
    /// The limits of a kind of client.
    pub fn of(&self, kind: Kind) -> Limits {
        match kind {
            Kind::Account => self.account,
            Kind::Token => self.token,
            Kind::Device => self.device,
            Kind::Anonymous | Kind::Other => Limits::default(),
        }
    }

    /// The local day of an instant.
    pub fn day(&self, now: Timestamp) -> i64 {
        self.local_s(now).div_euclid(86_400)
    }

    pub(crate) fn local_s(&self, now: Timestamp) -> i64 {
        now.micros().div_euclid(1_000_000).saturating_add(self.zone_offset_s)
    }
}

/// A day as people write it, such as `2026-11-22`.
pub fn date(day: i64) -> String {
    let text = Timestamp::from_seconds(day.saturating_mul(86_400)).to_string();
    text.chars().take(10).collect()
}

/// Reads a day as people write it.
pub fn read_date(text: &str) -> Option<i64> {
    let midnight = Timestamp::parse(&format!("{text}T00:00:00Z")).ok()?;
    let day = midnight.micros().div_euclid(86_400_000_000);
    (text.len() == 10).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_it_is_written() {
        for text in ["1970-01-01", "2026-11-22", "2028-02-29"] {
            assert_eq!(read_date(text).map(date).as_deref(), Some(text));
        }
        for text in ["", "2026-02-30", "22/11/2026", "2026-1-1"] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
