//! A small city with two wards and three departments.

use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, PersonId, TenantId};
use policy::engine::Engine;
use policy::post::{Assignment, Ceiling, Ground};
use policy::tree::Tree;

pub(crate) const AREAS: [&str; 5] = ["01", "00070", "00097", "00004", "99999"];
pub(crate) const ORGS: [&str; 6] = ["city", "so-xay-dung", "tram-bom", "so-y-te", "ubnd-00070", "elsewhere"];

pub(crate) fn area(code: &str) -> AreaCode {
    AreaCode::new(code).unwrap()
}

pub(crate) fn org(code: &str) -> OrgId {
    OrgId::new(code).unwrap()
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("government").unwrap()
}

pub(crate) fn person(number: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(number))
}

/// `99999` and `elsewhere` are not in the trees, as a ward that was merged away.
pub(crate) fn ground() -> Ground {
    let below = |code: &str, above: &str| (area(code), Some(area(above)));
    let under = |code: &str, above: &str| (org(code), Some(org(above)));
    Ground {
        areas: Tree::new([
            (area("01"), None),
            below("00070", "01"),
            below("00097", "01"),
            below("00004", "01"),
        ]),
        orgs: Tree::new([
            (org("city"), None),
            under("so-xay-dung", "city"),
            under("tram-bom", "so-xay-dung"),
            under("so-y-te", "city"),
            under("ubnd-00070", "city"),
        ]),
    }
}

pub(crate) fn engine() -> Engine {
    Engine::new(ground()).unwrap()
}

pub(crate) const HIGH: Ceiling = Ceiling {
    person: Classification::TopSecret,
    instance: Classification::TopSecret,
};

pub(crate) fn given(role: &str, org_code: Option<&str>, area_code: Option<&str>) -> Assignment {
    Assignment {
        role: role.to_owned(),
        org: org_code.map(org),
        area: area_code.map(area),
        until: None,
    }
}
