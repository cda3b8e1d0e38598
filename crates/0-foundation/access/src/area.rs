//! The tree of areas: the city and its communes and wards, as the city pack lists them.

use kernel::area::AreaCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Area {
    /// Code of the statistics office.
    pub code: String,
    /// Vietnamese name.
    pub name: String,
    /// `Phường`, `Xã` or `Thành phố`.
    #[serde(alias = "type")]
    pub kind: String,
    /// Inhabitants; 0 when unknown.
    pub population: u64,
    /// Centre, degrees east.
    pub lon: f64,
    /// Centre, degrees north.
    pub lat: f64,
}

/// The city and what lies in it.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    by_code: BTreeMap<AreaCode, Area>,
}

/// A line of the area file that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct AreaError(pub String);

impl Areas {
    /// Takes a list of areas; codes must be valid and unique.
    pub fn new(areas: impl IntoIterator<Item = Area>) -> Result<Self, AreaError> {
        let mut by_code = BTreeMap::new();
        for area in areas {
            let code = AreaCode::new(&area.code).map_err(|error| AreaError(error.to_string()))?;
            if by_code.insert(code, area.clone()).is_some() {
                return Err(AreaError(format!(
                    "area {} stands twice in the list; keep one line",
                    area.code
                )));
            }
        }
        Ok(Self { by_code })
    }

    /// All areas by code.
    pub fn all(&self) -> impl Iterator<Item = &Area> {
        self.by_code.values()
    }

    /// One area.
    pub fn get(&self, code: &AreaCode) -> Option<&Area> {
        self.by_code.get(code)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }
}
