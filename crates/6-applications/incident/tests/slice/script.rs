//! Plays a story of alerts and acts, written in one line, and tells what came of it.
//!
//! `0 a+4; 60 b+3; 70 start; 80 a-` means: at second 0 alert `a` is raised at severity 4, at 60 `b` at 3, at 70 somebody
//! begins to work on the newest incident, at 80 `a` is cleared. `a^5` escalates; raising what was cleared reopens it. Acts
//! are `open`, `note`, `start`, `assign`, `withdraw`, `lower`, `close`, `reopen` and `link a`; `#1 close` is about the first
//! incident. The answer has the facts of each step (`-` for none) and `state/severity/linked/going on` of each incident.
//!
//! Alerts: `a`, `b` flood in 00070 · `c` flood in 00118 · `d` rain in 00070 · `e` flood in 00118 of the group of `a` · `w`
//! flood without area · `x` flood in the city 01 · `f` flood in both wards.

use incident::decide::Deed;
use incident::decide::act::{Command, act};
use incident::decide::fold::Fold;
use incident::decide::hear::{Heard, News};
use incident::decide::open::{Opening, by_hand};
use incident::error::IncidentError;
use incident::fact::{Happened, fact};
use incident::model::number::Register;
use incident::model::{Reason, Seen, Settings};
use incident::record::Stored;
use kernel::actor::ActorId;
use kernel::area::AreaCode;
use kernel::classification::Classification;
use kernel::fact::Fact;
use kernel::id::{AlertId, IncidentId, OrgId, PersonId, TenantId, derived};
use kernel::place::Point;
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The second at which every story begins.
pub(crate) const START: i64 = 1_756_080_000;

/// So many seconds after the start.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("hanoi").unwrap()
}

pub(crate) fn area(code: &str) -> AreaCode {
    AreaCode::new(code).unwrap()
}

pub(crate) fn org(code: &str) -> OrgId {
    OrgId::new(code).unwrap()
}

pub(crate) fn person() -> ActorId {
    ActorId::Person(PersonId(Uuid::from_u128(7)))
}

pub(crate) fn settings() -> Settings {
    Settings {
        opens_at: Some(Severity::FOUR),
        register: org("ioc"),
    }
}

/// An alert as facts show it.
pub(crate) fn seen(name: &str, severity: u8, over: bool, version: u64) -> Seen {
    let (code, group, areas): (_, _, &[&str]) = match name {
        "c" => ("flood_depth", "c", &["00118"]),
        "d" => ("rain_intensity", "d", &["00070"]),
        "e" => ("flood_depth", "a", &["00118"]),
        "w" => ("flood_depth", "w", &[]),
        "x" => ("flood_depth", "x", &["01"]),
        "f" => ("flood_depth", "f", &["00118", "00070"]),
        other => ("flood_depth", other, &["00070"]),
    };
    Seen {
        alert: AlertId(derived(&[name.as_bytes()])),
        code: code.into(),
        title: LangText::new(format!("Ngập sâu: {name}"), format!("Deep flooding: {name}")),
        severity: Severity::try_from(severity).unwrap(),
        over,
        group: group.into(),
        entity: format!("urn:ngsi-ld:WaterObserved:hanoi:{name}"),
        areas: areas.iter().map(|code| area(code)).collect(),
        place: Point::new(105.83, 21.01),
        classification: Classification::Internal,
        version,
    }
}

/// All incidents, and all that was heard and told.
pub(crate) struct World {
    pub(crate) incidents: Vec<Stored>,
    pub(crate) register: Register,
    pub(crate) heard: Vec<Heard>,
    pub(crate) told: Vec<Fact>,
    pub(crate) settings: Settings,
    /// The newest of each alert: severity, over, version.
    alerts: BTreeMap<String, (u8, bool, u64)>,
    acts: u128,
}

impl Default for World {
    fn default() -> Self {
        Self {
            incidents: Vec::new(),
            register: Register::default(),
            heard: Vec::new(),
            told: Vec::new(),
            settings: settings(),
            alerts: BTreeMap::new(),
            acts: 0,
        }
    }
}

impl World {
    /// Takes facts in as the consumer does, and answers the types of the facts that followed.
    pub(crate) fn take(&mut self, heard: &[Heard]) -> Vec<String> {
        let tenant = tenant();
        let mut fold = Fold::new(self.incidents.clone(), self.register.clone(), &tenant, &self.settings);
        heard.iter().for_each(|heard| fold.take(heard));
        let folded = fold.finish();
        for mut stored in folded.incidents {
            stored.version += 1;
            let id = stored.incident.id;
            match self.incidents.iter_mut().find(|known| known.incident.id == id) {
                Some(known) => *known = stored,
                None => self.incidents.push(stored),
            }
        }
        self.register = folded.register.unwrap_or_else(|| self.register.clone());
        let kinds = folded.facts.iter().map(|fact| fact.kind.clone()).collect();
        self.told.extend(folded.facts);
        kinds
    }

    /// News of an alert, if it can be: what is not raised cannot be cleared.
    pub(crate) fn news(&mut self, name: &str, sign: &str, severity: u8, seconds: i64) -> Option<Heard> {
        let before = self.alerts.get(name).copied();
        let (news, severity, over) = match (sign, before) {
            ("+", None) => (News::Raised, severity, false),
            ("+", Some((_, true, _))) => (News::Reopened, severity, false),
            ("^", Some((known, false, _))) if severity > known => (News::Escalated, severity, false),
            ("-", Some((known, false, _))) => (News::Cleared, known, true),
            _ => return None,
        };
        let version = before.map_or(1, |(_, _, version)| version + 1);
        self.alerts.insert(name.to_owned(), (severity, over, version));
        let number = self.heard.len() as u64 + 1;
        let heard = Heard {
            number,
            fact: derived(&[b"fact", name.as_bytes(), &version.to_be_bytes()]),
            at: second(seconds),
            news,
            seen: seen(name, severity, over, version),
        };
        self.heard.push(heard.clone());
        Some(heard)
    }

    /// The alert as it is now.
    pub(crate) fn now(&self, name: &str) -> Option<Seen> {
        let (severity, over, version) = self.alerts.get(name).copied()?;
        Some(seen(name, severity, over, version))
    }

    fn deed(&mut self, seconds: i64) -> Deed {
        self.acts += 1;
        Deed {
            id: Uuid::from_u128(self.acts),
            at: second(seconds),
            by: person(),
        }
    }

    pub(crate) fn open(&mut self, opening: Opening, seconds: i64) -> Result<Vec<Happened>, IncidentError> {
        let deed = self.deed(seconds);
        let mut register = self.register.clone();
        let number = register.next(&opening.register, deed.at);
        let (incident, happened) = by_hand(opening, number, IncidentId(deed.id), deed)?;
        self.told.push(fact(happened.clone(), &incident, 1, &tenant()));
        self.incidents.push(Stored { incident, version: 1 });
        self.register = register;
        Ok(vec![happened])
    }

    pub(crate) fn act(&mut self, at: usize, command: Command, seconds: i64) -> Result<Vec<Happened>, IncidentError> {
        let deed = self.deed(seconds);
        let stored = self.incidents.get_mut(at).ok_or(IncidentError::NotFound)?;
        let happened = act(&mut stored.incident, command, deed)?;
        stored.version += 1;
        for happened in &happened {
            self.told
                .push(fact(happened.clone(), &stored.incident, stored.version, &tenant()));
        }
        Ok(happened)
    }

    /// One step of a story; answers what was told.
    pub(crate) fn step(&mut self, step: &str) -> Vec<String> {
        let (seconds, what) = step.trim().split_once(' ').unwrap();
        let seconds: i64 = seconds.parse().unwrap();
        let (at, what) = match what.strip_prefix('#').and_then(|rest| rest.split_once(' ')) {
            Some((number, rest)) => (number.parse::<usize>().unwrap() - 1, rest),
            None => (self.incidents.len().saturating_sub(1), what),
        };
        let answer = if what == "open" {
            self.open(opening(), seconds)
        } else if let Some(name) = what.strip_prefix("link ") {
            let alerts = vec![self.now(name).unwrap()];
            self.act(at, Command::Link { alerts }, seconds)
        } else if let Some(command) = command(what) {
            self.act(at, command, seconds)
        } else {
            let (name, rest) = what.split_at(1);
            let severity = rest[1..].parse().unwrap_or(1);
            let heard = self
                .news(name, &rest[..1], severity, seconds)
                .unwrap_or_else(|| panic!("{step}"));
            return self.take(&[heard]);
        };
        match answer {
            Ok(happened) => happened
                .iter()
                .map(|happened| happened.kind.fact_type().to_owned())
                .collect(),
            Err(error) => vec![format!("({error})")],
        }
    }

    pub(crate) fn shape(&self) -> String {
        let each = self.incidents.iter().map(|Stored { incident, .. }| {
            let (linked, live) = (incident.linked.len(), incident.going_on());
            format!(
                "{}/{}/{linked}/{live}",
                incident.phase.code(),
                incident.severity.level()
            )
        });
        each.collect::<Vec<_>>().join(" ")
    }
}

/// A call about water in ward 00070.
pub(crate) fn opening() -> Opening {
    Opening {
        title: Some(LangText::new("Nước vào nhà", "Water in a house")),
        kind: Some("flood_depth".into()),
        severity: Some(Severity::TWO),
        areas: vec![area("00070")],
        place: None,
        text: Some("dân gọi".into()),
        alerts: Vec::new(),
        register: org("ioc"),
    }
}

pub(crate) fn command(word: &str) -> Option<Command> {
    let text = || "đã gọi phường".to_owned();
    Some(match word {
        "note" => Command::Note { text: text() },
        "start" => Command::Start { text: None },
        "assign" => Command::Assign {
            org: org("so-xay-dung"),
            person: None,
            lead: false,
            text: Some(text()),
        },
        "withdraw" => Command::Withdraw {
            org: org("so-xay-dung"),
            person: None,
            text: None,
        },
        "lower" => Command::SetSeverity {
            severity: Severity::ONE,
            text: text(),
        },
        "close" => Command::Close {
            reason: Reason::Resolved,
            text: text(),
        },
        "reopen" => Command::Reopen { text: text() },
        _ => return None,
    })
}

/// Plays a whole story.
pub(crate) fn play(story: &str) -> (World, String, String) {
    let mut world = World::default();
    let mut told = Vec::new();
    for step in story.split(';') {
        let kinds = world.step(step);
        let short = |kind: &String| kind.trim_start_matches("incident.").trim_end_matches(".v1").to_owned();
        let kinds: Vec<String> = kinds.iter().map(short).collect();
        told.push(if kinds.is_empty() {
            "-".to_owned()
        } else {
            kinds.join(" ")
        });
    }
    let shape = world.shape();
    (world, told.join("; "), shape)
}
