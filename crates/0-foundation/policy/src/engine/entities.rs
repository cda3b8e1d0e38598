//! What Cedar is told for one question: the person, the thing, and what lies above the two. Never the whole city.

use super::{Ask, text};
use crate::error::PolicyError;
use crate::post::Ground;
use crate::principal::Principal;
use crate::role::{self, Reach};
use crate::tree::Tree;
use cedar_policy::{Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use kernel::actor::Target;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// The whole city, the whole tenant.
const EVERYTHING: &str = "*";

pub(super) fn uid(kind: &'static str, id: &str) -> Result<EntityUid, PolicyError> {
    let kind = EntityTypeName::from_str(kind).map_err(|error| super::wrong("schema.cedarschema", error))?;
    Ok(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}

/// The person with the roles, and the roles with their traits.
pub(super) fn person(principal: &Principal, ground: &Ground, all: &mut Vec<Entity>) -> Result<EntityUid, PolicyError> {
    let who = uid("Person", &principal.id.to_string())?;
    let mut roles = HashSet::new();
    for code in &principal.roles {
        let mut traits = HashSet::new();
        if let Some(role) = role::get(code) {
            if role.reach == Reach::Area {
                traits.insert(uid("Trait", "reaches_area")?);
            }
            if role.second_factor {
                traits.insert(uid("Trait", "second_factor")?);
            }
        }
        let role = uid("Role", code)?;
        all.push(Entity::new_no_attrs(role.clone(), traits));
        roles.insert(role);
    }
    for kind in ["reaches_area", "second_factor"] {
        all.push(Entity::new_no_attrs(uid("Trait", kind)?, HashSet::new()));
    }
    let purposes = principal.purposes.iter().map(|purpose| text(purpose));
    let attributes = HashMap::from([
        (
            "area".to_owned(),
            RestrictedExpression::new_entity_uid(area_of(principal, ground)?),
        ),
        (
            "org".to_owned(),
            RestrictedExpression::new_entity_uid(org_of(principal, ground)?),
        ),
        ("clearance".to_owned(), level(principal.clearance)),
        ("purposes".to_owned(), RestrictedExpression::new_set(purposes)),
        (
            "every_purpose".to_owned(),
            RestrictedExpression::new_bool(principal.roles.contains("service")),
        ),
    ]);
    all.push(entity(who.clone(), attributes, roles)?);
    Ok(who)
}

/// The thing in its areas and under its owner. Without a target: something within the reach of the one who asks.
pub(super) fn thing(
    principal: &Principal,
    ask: &Ask<'_>,
    ground: &Ground,
    all: &mut Vec<Entity>,
) -> Result<EntityUid, PolicyError> {
    let what = uid("Thing", "asked")?;
    let mut above = HashSet::new();
    let nothing = Target {
        classification: Classification::Public,
        ..Target::default()
    };
    let target = ask.target.unwrap_or(nothing);
    if ask.target.is_none() {
        let area = area_of(principal, ground)?;
        all.push(Entity::new_no_attrs(area.clone(), HashSet::new()));
        above.insert(area);
    } else if target.areas.is_empty() {
        above.insert(way_up("Area", None, &ground.areas, AreaCode::as_str, all)?);
    }
    for area in target.areas {
        above.insert(way_up("Area", Some(area), &ground.areas, AreaCode::as_str, all)?);
    }
    if let Some(owner) = target.owner {
        above.insert(way_up("Org", Some(owner), &ground.orgs, |org| org.as_str(), all)?);
    }
    let purposes = target.purposes.iter().map(|purpose| text(purpose));
    let mut attributes = HashMap::from([
        ("classification".to_owned(), level(target.classification)),
        (
            "owned".to_owned(),
            RestrictedExpression::new_bool(target.owner.is_some()),
        ),
        ("purposes".to_owned(), RestrictedExpression::new_set(purposes)),
    ]);
    if let Some(person) = ask.person {
        let person = uid("Person", &kernel::actor::ActorId::Person(person).to_string())?;
        attributes.insert("person".to_owned(), RestrictedExpression::new_entity_uid(person));
    }
    all.push(entity(what.clone(), attributes, above)?);
    Ok(what)
}

/// A member of a tree with all above it, up to everything.
fn way_up<T: Ord + Clone>(
    kind: &'static str,
    member: Option<&T>,
    tree: &Tree<T>,
    name: impl Fn(&T) -> &str,
    all: &mut Vec<Entity>,
) -> Result<EntityUid, PolicyError> {
    let everything = uid(kind, EVERYTHING)?;
    let Some(member) = member else {
        push(all, everything.clone(), HashSet::new());
        return Ok(everything);
    };
    let names: Vec<&str> = tree.way_up(member).map(name).collect();
    for (at, name) in names.iter().enumerate() {
        let above = uid(kind, names.get(at + 1).copied().unwrap_or(EVERYTHING))?;
        push(all, uid(kind, name)?, HashSet::from([above]));
    }
    push(all, everything, HashSet::new());
    uid(kind, names[0])
}

/// Two areas share what lies above them; Cedar takes each once.
fn push(all: &mut Vec<Entity>, uid: EntityUid, above: HashSet<EntityUid>) {
    if all.iter().all(|known| known.uid() != uid) {
        all.push(Entity::new_no_attrs(uid, above));
    }
}

/// Where the person stands. The one top of a tree counts for everything, also for what has no place.
fn area_of(principal: &Principal, ground: &Ground) -> Result<EntityUid, PolicyError> {
    let area = principal.area.as_ref().filter(|area| !ground.areas.is_top(area));
    uid("Area", area.map_or(EVERYTHING, AreaCode::as_str))
}

fn org_of(principal: &Principal, ground: &Ground) -> Result<EntityUid, PolicyError> {
    let org = principal.org.as_ref().filter(|org| !ground.orgs.is_top(org));
    uid("Org", org.map_or(EVERYTHING, |org| org.as_str()))
}

fn level(classification: Classification) -> RestrictedExpression {
    RestrictedExpression::new_long(classification as i64)
}

fn entity(
    uid: EntityUid,
    attributes: HashMap<String, RestrictedExpression>,
    above: HashSet<EntityUid>,
) -> Result<Entity, PolicyError> {
    Entity::new(uid, attributes, above).map_err(|error| super::wrong("schema.cedarschema", error))
}
