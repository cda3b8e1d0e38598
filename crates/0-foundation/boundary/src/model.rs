//! The nouns: a boundary, where all of them came from, and what was found wrong with a file.

use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Polygons of rings of positions, as in a GeoJSON MultiPolygon: degrees east, then north.
pub type Shape = Vec<Vec<Vec<[f64; 2]>>>;

/// The boundary of one area.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// Which area.
    pub code: AreaCode,
    /// Its polygons.
    pub shape: Shape,
}

/// Where the boundaries came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the file, without its folder.
    pub file: String,
    /// Who brought it.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// What is looked at more or less strictly.
#[derive(Clone, Debug, PartialEq)]
pub struct Strictness {
    /// The property of a feature that holds the area code.
    pub code_property: String,
    /// Overlaps and gaps narrower than this in the mean are taken as noise of the survey, in metres.
    pub tolerance_m: f64,
}

impl Default for Strictness {
    fn default() -> Self {
        Self {
            code_property: "code".to_owned(),
            tolerance_m: 1.0,
        }
    }
}

/// Something in a file that is wrong, or looks wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `code_unknown`.
    pub code: String,
    /// The feature, counted from 0 as it stands in `features`; absent when it is about no single one.
    pub feature: Option<usize>,
    /// The area, as far as it is known.
    pub area: Option<String>,
    /// What was found.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
    /// It is only said; the file is taken all the same.
    pub warning: bool,
}

impl Finding {
    /// A finding about the file as a whole, which hinders.
    pub fn new(code: &str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            feature: None,
            area: None,
            what: what.into(),
            remedy: remedy.into(),
            warning: false,
        }
    }
    /// The same about one feature.
    #[must_use]
    pub fn at(mut self, feature: usize, area: Option<&AreaCode>) -> Self {
        self.feature = Some(feature);
        self.area = area.map(ToString::to_string);
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(feature) = self.feature {
            write!(f, "features[{feature}]")?;
        } else {
            f.write_str("file")?;
        }
        if let Some(area) = &self.area {
            write!(f, " ({area})")?;
        }
        let kind = if self.warning { "warning " } else { "" };
        write!(f, ": {kind}{}: {}; {}", self.code, self.what, self.remedy)
    }
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Whether its boundaries are the ones in use now.
    pub stored: bool,
    /// Features with an area code of this city.
    pub areas: usize,
    /// What was found, the first ones.
    pub findings: Vec<Finding>,
    /// How many more were found.
    pub more: usize,
}
