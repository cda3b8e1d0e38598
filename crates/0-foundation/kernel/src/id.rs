//! Every kind of identifier, in one append-only list, so that a slice can name another's thing without importing it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("'{text}' is not a {what}; {rule}")]
pub struct NotAnId {
    /// The kind of identifier that was asked for.
    pub what: &'static str,
    /// What was given, cut at 80 characters.
    pub text: String,
    /// What is allowed.
    pub rule: &'static str,
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId {
                    what: stringify!($name), text: text.chars().take(80).collect(), rule: "write a UUID",
                })
            }
        }
    )*};
}

uuid_ids! {
    /// A fact in the journal.
    FactId
    /// A signal: something worth a look.
    SignalId
    /// An alert: signals grouped for one person's attention.
    AlertId
    /// A command to a device.
    CommandId
    /// A signed-in session of a person.
    SessionId
    /// An item in quarantine.
    QuarantineId
    /// A record of the audit log.
    AuditId
    /// A person with an account.
    PersonId
    /// An incident: alerts or calls being dealt with.
    IncidentId
}

const NAME_RULE: &str = "use 1 to 64 letters a-z A-Z, digits and . _ - and begin with a letter or digit";

macro_rules! name_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and takes a name.
            pub fn new(name: &str) -> Result<Self, NotAnId> {
                if is_name(name) {
                    Ok(Self(name.into()))
                } else {
                    Err(NotAnId { what: stringify!($name), text: name.chars().take(80).collect(), rule: NAME_RULE })
                }
            }
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            /// The shared text, without copying it.
            pub fn shared(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(name: String) -> Result<Self, NotAnId> {
                Self::new(&name)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

name_ids! {
    /// A device; also the last part of its MQTT topics and the name in its certificate.
    DeviceId
    /// A tenant: government, Party, developers' sandbox.
    TenantId
    /// An organisation (cơ quan).
    OrgId
    /// A device profile.
    ProfileId
    /// A rule.
    RuleId
}

/// Whether a text may be the name of a device, profile, rule, org or tenant, or of a value in a payload.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
    first && text.len() <= 64 && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// The identifier of something that follows from the log (SEMANTICS 9): the same cause gives the same UUIDv8, so a
/// consumer that repeats its work after a crash cannot make the same thing twice. Parts are length-prefixed.
pub fn derived(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for (name, good) in [
            ("gauge-001", true),
            ("a", true),
            ("", false),
            ("-a", false),
            ("a/b", false),
            ("á", false),
        ] {
            assert_eq!(DeviceId::new(name).is_ok(), good, "{name}");
        }
        assert!(DeviceId::new(&"a".repeat(65)).is_err());
    }

    #[test]
    fn derived_ids_repeat_and_keep_their_parts_apart() {
        assert_eq!(derived(&[b"ab", b"c"]), derived(&[b"ab", b"c"]));
        assert_ne!(derived(&[b"ab", b"c"]), derived(&[b"a", b"bc"]));
        assert_eq!(derived(&[b"x"]).get_version_num(), 8);
    }
}
