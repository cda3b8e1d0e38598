//! How long a decision takes: `cargo bench -p policy`. From the cached scope and table, as each read does, and by Cedar, as
//! each act does. Prints mean, p50, p99 and the worst.

use kernel::actor::{Actor, ActorId, Target};
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::id::{OrgId, PersonId, TenantId, derived};
use kernel::time::Timestamp;
use policy::action::Action;
use policy::compiled::permit_on;
use policy::engine::{Ask, Engine};
use policy::post::{Assignment, Ceiling, Ground, posts};
use policy::principal::Principal;
use policy::tree::Tree;
use std::hint::black_box;
use std::time::{Duration, Instant};

const WARDS: u32 = 126;
const DEPARTMENTS: u32 = 24;

fn area(number: u32) -> Option<AreaCode> {
    AreaCode::new(&format!("{number:05}")).ok()
}

fn org(number: u32) -> Option<OrgId> {
    OrgId::new(&format!("so-{number}")).ok()
}

/// A city of the size of Hà Nội.
fn ground() -> Ground {
    let (city, top) = (AreaCode::new("01").ok(), OrgId::new("ubnd-thanh-pho").ok());
    let wards = (0..WARDS).filter_map(|number| Some((area(number)?, city.clone())));
    let departments = (0..DEPARTMENTS).filter_map(|number| Some((org(number)?, top.clone())));
    Ground {
        areas: Tree::new(wards.chain(city.clone().map(|city| (city, None)))),
        orgs: Tree::new(departments.chain(top.clone().map(|top| (top, None)))),
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let mean = times.iter().sum::<Duration>() / u32::try_from(times.len()).unwrap_or(1);
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let micros = |time: Duration| format!("{:.2} µs", time.as_secs_f64() * 1e6);
    println!(
        "| {what} | {} | {} | {} | {} | {} |",
        times.len(),
        micros(mean),
        micros(at(0.5)),
        micros(at(0.99)),
        micros(at(1.0))
    );
}

fn main() {
    let Ok(engine) = Engine::new(ground()) else {
        println!("the policies have a mistake; cargo test -p policy says which");
        return;
    };
    let ceiling = Ceiling {
        person: Classification::Restricted,
        instance: Classification::Restricted,
    };
    let Ok(tenant) = TenantId::new("government") else {
        return;
    };
    // one of each reach: the city, a department, a ward
    let people: Vec<(Actor, Principal)> = [
        ("duty_officer", None, None),
        ("department_officer", org(3), None),
        ("ward_leader", None, area(70)),
    ]
    .into_iter()
    .flat_map(|(role, org, area)| {
        let given = Assignment {
            role: role.to_owned(),
            org,
            area,
            until: None,
        };
        let id = ActorId::Person(PersonId(derived(&[role.as_bytes()])));
        posts(&[given], Timestamp::EPOCH)
            .into_iter()
            .map(move |post| (id.clone(), post))
    })
    .map(|(id, post)| {
        let actor = Actor {
            id: id.clone(),
            roles: post.roles.clone(),
            scope: post.scope(&tenant, engine.ground(), ceiling),
        };
        (actor, Principal::in_post(id, &post, ceiling))
    })
    .collect();
    let things: Vec<(Option<OrgId>, Vec<AreaCode>)> = (0..WARDS)
        .map(|number| {
            let areas = [area(number), area((number + 1) % WARDS)]
                .into_iter()
                .flatten()
                .collect();
            (org(number % DEPARTMENTS), areas)
        })
        .collect();
    let target = |at: usize| {
        let (owner, areas) = &things[at % things.len()];
        Target {
            owner: owner.as_ref(),
            areas,
            classification: Classification::Internal,
            purposes: &[],
        }
    };
    let actions = [
        Action::DeviceRead,
        Action::AlertRead,
        Action::AlertAcknowledge,
        Action::DeviceRegister,
    ];

    println!("| decision | samples | mean | p50 | p99 | worst |\n|---|---|---|---|---|---|");
    // the clock itself costs about as much as a decision: the mean is taken over a run of them
    const RUN: usize = 1_000;
    let times = (0..1_000).map(|run| {
        let start = Instant::now();
        for at in run * RUN..(run + 1) * RUN {
            let (actor, _) = &people[at % people.len()];
            let _ = black_box(permit_on(actor, actions[at % actions.len()], &target(at)));
        }
        start.elapsed() / RUN as u32
    });
    report("from the cached scope, each sample the mean of 1,000", times.collect());

    let times = (0..20_000).map(|at| {
        let (_, principal) = &people[at % people.len()];
        let ask = Ask {
            action: actions[at % actions.len()],
            target: Some(target(at)),
            person: None,
        };
        let start = Instant::now();
        let _ = black_box(engine.decide(principal, &ask));
        start.elapsed()
    });
    report("one act by Cedar", times.collect());
}
