//! Rights as they are given, and what they add up to: posts. A session acts in one post at a time.

use crate::role::{self, Reach};
use crate::tree::Tree;
use kernel::actor::{Grant, Scope};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, TenantId};
use kernel::time::Timestamp;
use std::collections::BTreeSet;

/// A role, given for an organisation and an area until a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// Code of the role.
    pub role: String,
    /// The organisation in which it is held; `None` for the whole tenant.
    pub org: Option<OrgId>,
    /// The area in which it is held; `None` for the whole city.
    pub area: Option<AreaCode>,
    /// From then on it counts no more.
    pub until: Option<Timestamp>,
}

/// What a person is at one place: all roles held for the same organisation and area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// `None` for the whole tenant.
    pub org: Option<OrgId>,
    /// `None` for the whole city.
    pub area: Option<AreaCode>,
    /// Role codes.
    pub roles: BTreeSet<String>,
    /// When the first of its roles ends.
    pub until: Option<Timestamp>,
}

/// The trees of the tenant.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// The city, its communes and wards.
    pub areas: Tree<AreaCode>,
    /// The organisations.
    pub orgs: Tree<OrgId>,
}

/// How far a person and the instance may go at all.
#[derive(Clone, Copy, Debug)]
pub struct Ceiling {
    /// The person's own clearance.
    pub person: Classification,
    /// `instance.max_classification` (SEMANTICS 26).
    pub instance: Classification,
}

/// The posts of a person at `now`, in the order in which they were given. Roles of different places never mix: the
/// duty of one place cannot be done with the sight of another.
pub fn posts(assignments: &[Assignment], now: Timestamp) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    let valid = assignments
        .iter()
        .filter(|assignment| assignment.until.is_none_or(|until| now < until))
        .filter(|assignment| role::get(&assignment.role).is_some_and(|role| !role.internal));
    for assignment in valid {
        let place = posts
            .iter_mut()
            .find(|post| post.org == assignment.org && post.area == assignment.area);
        match place {
            Some(post) => {
                post.roles.insert(assignment.role.clone());
                post.until = match (post.until, assignment.until) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
            None => posts.push(Post {
                org: assignment.org.clone(),
                area: assignment.area.clone(),
                roles: BTreeSet::from([assignment.role.clone()]),
                until: assignment.until,
            }),
        }
    }
    posts
}

impl Post {
    /// The highest classification that is seen in this post.
    pub fn clearance(&self, ceiling: Ceiling) -> Classification {
        let roles = self.roles.iter().filter_map(|role| role::get(role));
        let highest = roles.map(|role| role.ceiling).max().unwrap_or(Classification::Public);
        highest.min(ceiling.person).min(ceiling.instance)
    }

    /// What data that is bound to a purpose may be used for.
    pub fn purposes(&self) -> BTreeSet<String> {
        let roles = self.roles.iter().filter_map(|role| role::get(role));
        roles.flat_map(|role| role.purposes.iter().cloned()).collect()
    }

    /// Whether one of its roles sees everything in its area, whoever owns it.
    pub fn reaches_area(&self) -> bool {
        let mut roles = self.roles.iter().filter_map(|role| role::get(role));
        roles.any(|role| role.reach == Reach::Area)
    }

    /// The row filter of this post (SEMANTICS 25).
    pub fn scope(&self, tenant: &TenantId, ground: &Ground, ceiling: Ceiling) -> Scope {
        let areas = self.area.as_ref().filter(|area| !ground.areas.is_top(area));
        let orgs = self.org.as_ref().filter(|org| !ground.orgs.is_top(org));
        Scope {
            tenant: tenant.clone(),
            orgs: match orgs {
                Some(org) if !self.reaches_area() => Grant::Only(ground.orgs.under(org)),
                _ => Grant::All,
            },
            areas: areas.map_or(Grant::All, |area| Grant::Only(ground.areas.under(area))),
            max_classification: self.clearance(ceiling),
            purposes: Grant::Only(self.purposes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(role: &str, area: Option<&str>, until: Option<i64>) -> Assignment {
        Assignment {
            role: role.into(),
            org: None,
            area: area.map(|code| AreaCode::new(code).unwrap()),
            until: until.map(Timestamp::from_seconds),
        }
    }

    #[test]
    fn roles_of_one_place_make_a_post_and_ended_or_unknown_ones_do_not_count() {
        let all = [
            given("ward_officer", Some("00070"), None),
            given("duty_officer", None, Some(100)),
            given("administrator", None, Some(50)),
            given("auditor", None, Some(10)),
            given("service", None, None),
            given("king", None, None),
        ];
        let posts = posts(&all, Timestamp::from_seconds(10));
        let shown: Vec<_> = posts
            .iter()
            .map(|post| {
                (
                    post.area.is_some(),
                    post.roles.iter().map(String::as_str).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                (true, vec!["ward_officer"]),
                (false, vec!["administrator", "duty_officer"])
            ]
        );
        assert_eq!(posts[1].until, Some(Timestamp::from_seconds(50)));
    }

    #[test]
    fn the_lowest_of_role_person_and_instance_binds() {
        use Classification::{Internal, Public, Restricted, TopSecret};
        let post = |role: &str| posts(&[given(role, None, None)], Timestamp::EPOCH).remove(0);
        for (role, person, instance, seen) in [
            ("leader", TopSecret, Restricted, Restricted),
            ("leader", Internal, Restricted, Internal),
            ("duty_officer", TopSecret, TopSecret, Restricted),
            ("developer", TopSecret, TopSecret, Public),
        ] {
            assert_eq!(post(role).clearance(Ceiling { person, instance }), seen, "{role}");
        }
    }
}
