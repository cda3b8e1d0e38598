//! What the API of settings gives.

use crate::model::{Settings, Version};
use serde::Serialize;
use utoipa::ToSchema;

/// What is configured.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsNow {
    /// By key, such as `http.address`.
    pub settings: Settings,
    /// The version that they belong to.
    pub version: Version,
}

/// Versions of the settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingVersionList {
    /// Newest first.
    pub items: Vec<Version>,
    /// `before` of the next page; null on the last one.
    pub next: Option<u32>,
}
