//! The nouns: a value with where it comes from, what changed, who started the program, and a version.

use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A value as it is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SettingValue)]
pub struct Held {
    /// As TOML writes it.
    pub value: String,
    /// `default`, a file with its line, or the variable of the environment.
    pub source: String,
}

/// All settings by key, such as `http.address`.
pub type Settings = BTreeMap<String, Held>;

/// One setting that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SettingChange)]
pub struct Change {
    /// Its key.
    pub key: String,
    /// What it was; null when the build before did not know it, and in the first version.
    pub before: Option<Held>,
    /// What it is; null when this build does not know it any more.
    pub after: Option<Held>,
}

/// Who started the program: what the operating system knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SettingStarter)]
pub struct Starter {
    /// Number of the account of the operating system under which the program runs.
    pub uid: u32,
    /// Its name there, if the machine has one.
    pub account: Option<String>,
    /// Version of the program.
    pub program: String,
    /// The file of settings, if one was given.
    pub file: Option<ConfigFile>,
}

/// The file of settings as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConfigFile {
    /// Its path, as it was given.
    pub path: String,
    /// Number of the account that owns it.
    pub owner_uid: u32,
    /// Its name, if the machine has one.
    pub owner: Option<String>,
    /// When it was written last.
    #[schema(value_type = String, format = DateTime)]
    pub written: Timestamp,
}

/// One version of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SettingVersion)]
pub struct Version {
    /// From 1, one more at each start with other values.
    pub number: u32,
    /// When the program was started with them.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who started it.
    pub by: Starter,
    /// What changed, by key. In version 1: what is not as the program brings it.
    pub changes: Vec<Change>,
}

/// What the newest start has noted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The version that it belongs to.
    pub number: u32,
    /// All settings.
    pub settings: Settings,
}
