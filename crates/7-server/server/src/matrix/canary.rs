//! A thousand strings that nobody below their classification may ever read, in no answer whatever it is about.

use super::ask::{body, path};
use super::judge;
use super::people::{Asker, OTHER, OWN};
use super::stage::Stage;
use axum::Router;
use device::model::{Device, DeviceState, Speaks};
use futures::StreamExt;
use kernel::actor::Target;
use kernel::area::AreaCode;
use kernel::classification::Classification::{self, Confidential, Restricted, Secret, TopSecret};
use kernel::id::{DeviceId, OrgId, ProfileId, derived};
use kernel::text::LangText;
use policy::action::Action;
use policy::cell::Cells;
use policy::engine::Ask;

/// How many are planted.
pub(super) const COUNT: usize = 1_000;

/// A string and the row in which it stands.
pub(super) struct Canary {
    pub(super) text: String,
    owner: OrgId,
    areas: Vec<AreaCode>,
    classification: Classification,
}

/// What came out.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) answers: usize,
    /// Canaries that were read by somebody who may.
    pub(super) allowed: usize,
    pub(super) leaks: Vec<String>,
}

/// Registers devices whose names are canaries, in every place and of every classification above internal.
pub(super) async fn plant(stage: &Stage) -> Vec<Canary> {
    let areas = [OWN.1, OTHER.1].map(|code| vec![AreaCode::new(code).unwrap()]);
    let orgs = [OWN.0, OTHER.0].map(|org| OrgId::new(org).unwrap());
    let classes = [Restricted, Confidential, Secret, TopSecret];
    let canaries: Vec<_> = (0..COUNT)
        .map(|number| Canary {
            text: format!("canary{}", derived(&[b"canary", &number.to_le_bytes()]).simple()),
            owner: orgs[number % 2].clone(),
            areas: areas[number / 2 % 2].clone(),
            classification: classes[number / 4 % 4],
        })
        .collect();
    let devices = canaries.iter().enumerate().map(|(number, canary)| Device {
        id: DeviceId::new(&format!("c-{number}")).unwrap(),
        title: LangText::new(&canary.text, &canary.text),
        profile: ProfileId::new("flood-gauge").unwrap(),
        org: canary.owner.clone(),
        areas: canary.areas.clone(),
        place: None,
        state: DeviceState::Active,
        classification: canary.classification,
        speaks: Speaks::Itself,
        gateway: None,
        token_hash: None,
    });
    let imported = stage.house.devices.import(&stage.itself(), devices.collect()).await;
    assert_eq!(imported.unwrap(), COUNT);
    canaries
}

/// Every asker reads every route, lists to their last page, and the canaries themselves by their names.
pub(super) async fn look(stage: &Stage, router: &Router, canaries: &[Canary]) -> Seen {
    let streams = ["/api/v1/events", "/api/v1/observations/stream"];
    let reads = || {
        Cells::here()
            .all()
            .filter(|(method, path, _)| *method == "GET" && !streams.contains(path))
    };
    let mut questions: Vec<(&Asker, &str, String)> = Vec::new();
    for asker in &stage.askers {
        questions.extend(reads().map(|(_, template, _)| (asker, "GET", path(template, None))));
        questions.push((asker, "POST", "/api/v1/sql".into()));
        // one of each kind of row, by its name
        questions.extend((0..16).map(|number| (asker, "GET", format!("/api/v1/devices/c-{number}"))));
    }
    let seen = futures::stream::iter(questions).map(|(asker, method, path)| async move {
        let mut seen = Seen::default();
        let mut next = Some(path.clone());
        while let Some(to) = next.take() {
            let text = judge::text(router, asker, method, &to, body(method, &path)).await;
            seen.answers += 1;
            judged(stage, asker, canaries, &to, &text, &mut seen);
            let answer: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let cursor = answer["next"].as_str().filter(|_| path.starts_with("/api/v1/devices?"));
            next = cursor.map(|cursor| format!("{path}&cursor={cursor}"));
        }
        seen
    });
    let all: Vec<Seen> = seen.buffer_unordered(16).collect().await;
    all.into_iter().fold(Seen::default(), |mut sum, one| {
        sum.answers += one.answers;
        sum.allowed += one.allowed;
        sum.leaks.extend(one.leaks);
        sum
    })
}

fn judged(stage: &Stage, asker: &Asker, canaries: &[Canary], path: &str, text: &str, seen: &mut Seen) {
    if !text.contains("canary") {
        return;
    }
    let engine = stage.house.accounts.engine();
    for canary in canaries.iter().filter(|canary| text.contains(&canary.text)) {
        let ask = Ask {
            action: Action::DeviceRead,
            target: Some(Target {
                owner: Some(&canary.owner),
                areas: &canary.areas,
                classification: canary.classification,
                purposes: &[],
            }),
            person: None,
        };
        if engine.decide(&asker.principal, &ask).unwrap().allowed {
            seen.allowed += 1;
        } else {
            seen.leaks
                .push(format!("{} read {} in {path}", asker.name, canary.text));
        }
    }
}
