//! Which personal fields the program keeps, and what for.

use crate::error::PersonalError;
use chassis::wire::Text;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const TEXT: &str = include_str!("../resources/inventory.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    title: LangText,
    purpose: LangText,
    place: String,
    sealed: bool,
    kept: LangText,
    assumed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    field: Vec<Entry>,
}

/// One personal field.
#[derive(Serialize, ToSchema)]
pub struct Field {
    /// Its name in the API.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// What it is used for, and nothing else.
    pub purpose: Text,
    /// The collection of records that has it.
    pub place: String,
    /// Whether it is sealed under a key of the person.
    pub sealed: bool,
    /// How long it is kept.
    pub kept: Text,
    /// The term is assumed: no source at hand gives one.
    pub assumed: bool,
}

/// The inventory of personal data.
#[derive(Serialize, ToSchema)]
pub struct Inventory {
    /// All personal fields.
    pub items: Vec<Field>,
}

/// Reads the inventory inside the program.
pub fn inventory() -> Result<Inventory, PersonalError> {
    let file: File = toml::from_str(TEXT).map_err(|error| PersonalError::Inventory(error.to_string()))?;
    let field = |entry: Entry| Field {
        name: entry.name,
        title: (&entry.title).into(),
        purpose: (&entry.purpose).into(),
        place: entry.place,
        sealed: entry.sealed,
        kept: (&entry.kept).into(),
        assumed: entry.assumed,
    };
    Ok(Inventory {
        items: file.field.into_iter().map(field).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Details;
    use crate::record::DETAILS;
    use std::collections::BTreeSet;

    #[test]
    fn every_field_of_the_details_has_its_entry_and_no_entry_is_left_over() {
        let written = serde_json::to_value(Details::default()).unwrap();
        let fields: BTreeSet<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        let inventory = inventory().unwrap();
        let here = inventory.items.iter().filter(|field| field.place == DETAILS.name);
        let entries: BTreeSet<&str> = here
            .inspect(|field| assert!(field.sealed))
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(fields, entries);
    }
}
