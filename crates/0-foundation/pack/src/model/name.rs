//! The name of an item: its kind and id, which say where its file stands in a pack.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// Kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackKind)]
pub enum Kind {
    /// What is worth a look.
    Rule,
    /// What a kind of device reports.
    Profile,
    /// Limits and scales with their legal source.
    Standard,
    /// What is computed from observations.
    Indicator,
    /// The list of organisations.
    Orgs,
    /// The table of areas.
    Areas,
    /// Approximate borders of the areas.
    Cells,
    /// A list of devices.
    Devices,
    /// A storm of the past, for the demo.
    Storm,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rule,
        Self::Profile,
        Self::Standard,
        Self::Indicator,
        Self::Orgs,
        Self::Areas,
        Self::Cells,
        Self::Devices,
        Self::Storm,
    ];

    /// Its word in names and paths of the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Profile => "profile",
            Self::Standard => "standard",
            Self::Indicator => "indicator",
            Self::Orgs => "orgs",
            Self::Areas => "areas",
            Self::Cells => "cells",
            Self::Devices => "devices",
            Self::Storm => "storm",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What stands before and behind the id in the path of a file; a kind of which there is only one has a path of its own.
    const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Rule => ("rules/", ".yaml"),
            Self::Profile => ("profiles/", ".yaml"),
            Self::Standard => ("standards/", ".yaml"),
            Self::Indicator => ("indicators/", ".yaml"),
            Self::Orgs => ("orgs.yaml", ""),
            Self::Areas => ("areas.csv", ""),
            Self::Cells => ("areas/cells.geojson", ""),
            Self::Devices => ("demo/", ".csv"),
            Self::Storm => ("demo/storm-", ".yaml"),
        }
    }

    /// Whether a pack has only one of this kind; its id is the word of the kind.
    pub const fn is_single(self) -> bool {
        self.place().1.is_empty()
    }

    /// How a file of this kind is called, for people.
    pub fn pattern(self) -> String {
        let (before, behind) = self.place();
        if self.is_single() {
            before.to_owned()
        } else {
            format!("{before}<name>{behind}")
        }
    }
}

/// The name of an item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Its kind.
    pub kind: Kind,
    /// Its id; what [`kernel::id::is_name`] takes.
    id: String,
}

impl Name {
    /// The name of that kind and id.
    pub fn new(kind: Kind, id: &str) -> Option<Self> {
        let fits = if kind.is_single() {
            id == kind.word()
        } else {
            kernel::id::is_name(id)
        };
        fits.then(|| Self {
            kind,
            id: id.to_owned(),
        })
    }

    /// The item that a file is.
    pub fn of_path(path: &str) -> Option<Self> {
        Kind::ALL.into_iter().find_map(|kind| {
            if kind.is_single() {
                return (path == kind.place().0).then(|| Self {
                    kind,
                    id: kind.word().to_owned(),
                });
            }
            let (before, behind) = kind.place();
            Self::new(kind, path.strip_prefix(before)?.strip_suffix(behind)?)
        })
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once('/')?;
        Self::new(Kind::of(kind)?, id)
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Path of its file inside a pack.
    pub fn path(&self) -> String {
        let (before, behind) = self.kind.place();
        if self.kind.is_single() {
            before.to_owned()
        } else {
            format!("{before}{}{behind}", self.id)
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_item_and_comes_back() {
        for (path, name) in [
            ("rules/flood-depth.yaml", "rule/flood-depth"),
            ("profiles/pump.yaml", "profile/pump"),
            ("standards/qcvn-05.yaml", "standard/qcvn-05"),
            ("indicators/vn-aqi.yaml", "indicator/vn-aqi"),
            ("orgs.yaml", "orgs/orgs"),
            ("areas.csv", "areas/areas"),
            ("areas/cells.geojson", "cells/cells"),
            ("demo/devices.csv", "devices/devices"),
            ("demo/storm-2025-08.yaml", "storm/2025-08"),
        ] {
            let found = Name::of_path(path).unwrap();
            assert_eq!((found.to_string().as_str(), found.path().as_str()), (name, path));
            assert_eq!(Name::parse(name), Some(found));
        }
    }

    #[test]
    fn what_is_no_item_has_no_name() {
        for path in [
            "",
            "rules/.yaml",
            "rules/a/b.yaml",
            "rules/a.yml",
            "rule.yaml",
            "notes.txt",
            "areas/x.geojson",
            "rules/ä.yaml",
        ] {
            assert_eq!(Name::of_path(path), None, "{path}");
        }
        for name in ["rule", "rule/", "rules/a", "orgs/other", "rule/../x"] {
            assert_eq!(Name::parse(name), None, "{name}");
        }
    }
}
