//! Who asks: every role at every place, and nobody. Their sessions are written as storage has them, without passwords.

use super::stage::TENANT;
use access::model::{Account, Kind, Right};
use access::record::SessionRecord;
use access::session::{hash_of, new_secret};
use access::store::Store;
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, PersonId};
use kernel::time::Timestamp;
use policy::post::{Ceiling, posts};
use policy::principal::Principal;
use policy::role;

/// One who asks.
pub(super) struct Asker {
    /// For reports: role, place and clearance.
    pub(super) name: String,
    pub(super) account: String,
    /// The account's own row, for "own or other".
    pub(super) person: PersonId,
    /// `None`: nobody.
    pub(super) secret: Option<String>,
    pub(super) principal: Principal,
}

/// The place that the askers know as their own.
pub(super) const OWN: (&str, &str) = ("so-xay-dung", "00070");
/// A place of others.
pub(super) const OTHER: (&str, &str) = ("so-y-te", "00097");

/// Every role that can be given at all, at four places with all clearance, and once with little; and nobody.
pub(super) async fn askers(store: &Store, now: Timestamp) -> Vec<Asker> {
    let mut askers = vec![Asker {
        name: "nobody".into(),
        account: String::new(),
        person: PersonId(kernel::id::derived(&[b"nobody"])),
        secret: None,
        principal: Principal::anonymous(),
    }];
    let (org, area) = (OrgId::new(OWN.0).ok(), AreaCode::new(OWN.1).ok());
    let high = Classification::TopSecret;
    let places = [
        ("everywhere", None, None, high),
        ("own org", org.clone(), None, high),
        ("own area", None, area.clone(), high),
        ("own org and area", org, area, high),
        ("everywhere, internal", None, None, Classification::Internal),
    ];
    for (code, _) in role::all().iter().filter(|(_, role)| !role.internal) {
        for (number, (place, org, area, clearance)) in places.iter().enumerate() {
            let right = Right {
                org: org.clone(),
                area: area.clone(),
                ..Right::everywhere(code, now)
            };
            let account = account(
                &format!("m-{}-{number}", code.replace('_', "-")),
                vec![right],
                *clearance,
            );
            let secret = new_secret();
            let session = SessionRecord::new(&account.name, now);
            store
                .put_account(&account, 0, &[], Some((&hash_of(&secret), &session)))
                .await
                .unwrap();
            let ceiling = Ceiling {
                person: *clearance,
                instance: Classification::TopSecret,
            };
            let assignments: Vec<_> = account.rights.iter().map(Right::assignment).collect();
            let post = posts(&assignments, now).remove(0);
            askers.push(Asker {
                name: format!("{code} {place}"),
                account: account.name.clone(),
                person: account.person,
                secret: Some(secret),
                principal: Principal::in_post(ActorId::Person(account.person), &post, ceiling),
            });
        }
    }
    askers
}

/// An account that never signs in with a password.
pub(super) fn account(name: &str, rights: Vec<Right>, clearance: Classification) -> Account {
    Account {
        name: name.to_owned(),
        person: PersonId(kernel::id::derived(&[TENANT.as_bytes(), name.as_bytes()])),
        kind: Kind::Person,
        password: String::new(),
        must_change: false,
        rights,
        clearance,
        ended: None,
        failures: 0,
        locked_until: None,
        second: None,
        links: Vec::new(),
    }
}
