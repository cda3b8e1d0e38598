//! What the API of personal fields takes and gives.

use crate::model::Details;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The personal fields of one person.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonDetails {
    /// Full name, 1 to 200 characters.
    pub full_name: String,
    /// Telephone on duty: digits, spaces and + ( ) . - only.
    #[serde(default)]
    pub telephone: String,
    /// E-mail on duty.
    #[serde(default)]
    pub email: String,
    /// Unit inside the organisation.
    #[serde(default)]
    pub unit: String,
}

impl From<Details> for PersonDetails {
    fn from(
        Details {
            full_name,
            telephone,
            email,
            unit,
        }: Details,
    ) -> Self {
        Self {
            full_name,
            telephone,
            email,
            unit,
        }
    }
}

impl From<PersonDetails> for Details {
    fn from(
        PersonDetails {
            full_name,
            telephone,
            email,
            unit,
        }: PersonDetails,
    ) -> Self {
        Self {
            full_name,
            telephone,
            email,
            unit,
        }
    }
}
