//! The organisations that the city pack names: owners of devices, and whom work is given to.

use chassis::wire::Text;
use chassis::yaml::{Mistake, Source, Spanned};
use kernel::area::AreaCode;
use kernel::id::OrgId;
use kernel::text::LangText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One organisation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Org {
    /// Its code, as devices name it.
    pub code: String,
    /// What people call it.
    pub title: Text,
}

/// All organisations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrgList {
    /// By code.
    pub items: Vec<Org>,
}

/// The organisations of the city.
#[derive(Clone, Debug, Default)]
pub struct Orgs {
    by_code: BTreeMap<OrgId, Org>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    orgs: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: Spanned<String>,
    name: LangText,
    #[serde(default)]
    parent: Option<Spanned<String>>,
    #[serde(default)]
    area: Option<Spanned<String>>,
    /// The document that names it; for people.
    #[serde(default, rename = "source")]
    _source: String,
}

impl Orgs {
    /// Reads `orgs.yaml` of a city pack: codes stand once, and a parent stands before those under it.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistake> {
        let source = Source { file, text };
        let mut by_code = BTreeMap::new();
        for line in source.read::<File>()?.orgs {
            let at = line.id.referenced;
            let code = OrgId::new(&line.id.value)
                .map_err(|error| source.wrong(at, error.to_string(), "write a code such as so-xay-dung"))?;
            if let Some(parent) = line.parent {
                let known = OrgId::new(&parent.value).is_ok_and(|parent| by_code.contains_key(&parent));
                if !known {
                    let what = format!("parent '{}' does not stand before", parent.value);
                    return Err(source.wrong(parent.referenced, what, "write the parent above, or leave it out"));
                }
            }
            if let Some(area) = line.area {
                let advice = "write a code of areas.csv, such as \"01\"";
                AreaCode::new(&area.value).map_err(|error| source.wrong(area.referenced, error.to_string(), advice))?;
            }
            let org = Org {
                code: code.to_string(),
                title: Text::from(&line.name),
            };
            if by_code.insert(code, org).is_some() {
                let what = format!("organisation '{}' stands twice", line.id.value);
                return Err(source.wrong(at, what, "keep one line"));
            }
        }
        Ok(Self { by_code })
    }

    /// All of them by code.
    pub fn all(&self) -> impl Iterator<Item = &Org> {
        self.by_code.values()
    }
}
