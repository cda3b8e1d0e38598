//! The organisations that the city pack names, owners of devices and whom work is given to, and the people's committee of
//! each commune and ward.

use crate::area::Areas;
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
    /// The organisation above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The area that it answers for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
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

/// An organisation as `orgs.yaml` writes it, with the places in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its code.
    pub id: Spanned<String>,
    /// What people call it.
    pub name: Spanned<LangText>,
    /// The organisation above it.
    #[serde(default)]
    pub parent: Option<Spanned<String>>,
    /// The area that it answers for.
    #[serde(default)]
    pub area: Option<Spanned<String>>,
    /// The document that names it; for people.
    #[serde(default, rename = "source")]
    _source: String,
}

/// Reads the lines of `orgs.yaml`, whatever stands in them.
pub fn lines(source: &Source<'_>) -> Result<Vec<Line>, Mistake> {
    Ok(source.read::<File>()?.orgs)
}

impl Orgs {
    /// Reads `orgs.yaml` of a city pack: codes stand once, and a parent stands before those under it.
    pub fn read(file: &str, text: &str) -> Result<Self, Mistake> {
        let source = Source { file, text };
        let mut by_code = BTreeMap::new();
        for line in lines(&source)? {
            let at = line.id.referenced;
            let code = OrgId::new(&line.id.value)
                .map_err(|error| source.wrong(at, error.to_string(), "write a code such as so-xay-dung"))?;
            if let Some(parent) = &line.parent {
                let known = OrgId::new(&parent.value).is_ok_and(|parent| by_code.contains_key(&parent));
                if !known {
                    let what = format!("parent '{}' does not stand before", parent.value);
                    return Err(source.wrong(parent.referenced, what, "write the parent above, or leave it out"));
                }
            }
            if let Some(area) = &line.area {
                let advice = "write a code of areas.csv, such as \"01\"";
                AreaCode::new(&area.value).map_err(|error| source.wrong(area.referenced, error.to_string(), advice))?;
            }
            let org = Org {
                code: code.to_string(),
                title: Text::from(&line.name.value),
                parent: line.parent.map(|parent| parent.value),
                area: line.area.map(|area| area.value),
            };
            if by_code.insert(code, org).is_some() {
                let what = format!("organisation '{}' stands twice", line.id.value);
                return Err(source.wrong(at, what, "keep one line"));
            }
        }
        Ok(Self { by_code })
    }

    /// Adds the people's committee of each commune and ward as `ubnd-` and the area's code, below the one organisation of
    /// the pack that has nobody above it.
    #[must_use]
    pub fn with_committees(mut self, areas: &Areas) -> Self {
        let mut roots = self.by_code.values().filter(|org| org.parent.is_none());
        let top = roots.next().filter(|_| roots.next().is_none());
        let top = top.map(|org| org.code.clone());
        for area in areas.all().filter(|area| area.code.len() == 5) {
            let Ok(code) = OrgId::new(&format!("ubnd-{}", area.code)) else {
                continue;
            };
            let name = LangText::new(
                format!("UBND {} {}", area.kind.to_lowercase(), area.name),
                format!("People's Committee of {}", area.name),
            );
            self.by_code.entry(code.clone()).or_insert_with(|| Org {
                code: code.to_string(),
                title: Text::from(&name),
                parent: top.clone(),
                area: Some(area.code.clone()),
            });
        }
        self
    }

    /// All of them: those of the pack, then the committees of communes and wards, each by code.
    pub fn all(&self) -> impl Iterator<Item = &Org> {
        let of_ward = |org: &&Org| org.area.as_ref().is_some_and(|area| area.len() == 5);
        let (wards, others): (Vec<_>, Vec<_>) = self.by_code.values().partition(of_ward);
        others.into_iter().chain(wards)
    }

    /// One organisation.
    pub fn get(&self, code: &OrgId) -> Option<&Org> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::Area;

    #[test]
    fn each_ward_has_a_committee_below_the_city() {
        let area = Area {
            code: "00070".into(),
            name: "Hoàn Kiếm".into(),
            kind: "Phường".into(),
            population: 0,
            lon: 105.85,
            lat: 21.03,
        };
        let pack = "orgs:\n- {id: top, name: {vi: a, en: a}}\n- {id: ioc, name: {vi: b, en: b}, parent: top}\n";
        let orgs = Orgs::read("orgs.yaml", pack)
            .unwrap()
            .with_committees(&Areas::new([area]).unwrap());
        let ward = orgs.get(&OrgId::new("ubnd-00070").unwrap()).unwrap();
        assert_eq!(
            (ward.title.vi.as_str(), ward.parent.as_deref()),
            ("UBND phường Hoàn Kiếm", Some("top"))
        );
        let codes: Vec<_> = orgs.all().map(|org| org.code.as_str()).collect();
        assert_eq!(codes, ["ioc", "top", "ubnd-00070"], "what the pack lists comes first");
    }
}
