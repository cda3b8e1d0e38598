//! Plays a story of signals and acts, written in one line, and tells what came of it.
//!
//! `0 a+3; 60 a~3; 70 ack; 80 a-` means: at second 0 cause `a` is raised at severity 3, at 60 it is renewed, at 70 somebody
//! acknowledges, at 80 the cause is over. Acts are `ack`, `comment`, `shelve` (for 600 s), `unshelve`, `clear`; `due` lets
//! the reconciler look. The answer has the facts of each step (`-` for none) and the state, severity and number of alerts.

use crate::signals::{second, signal, tenant};
use alert::decide::Deed;
use alert::decide::act::{Command, act, come_back};
use alert::decide::fold::Fold;
use alert::decide::hear::Heard;
use alert::error::AlertError;
use alert::fact::Happened;
use alert::model::{Alert, Settings};
use alert::record::Stored;
use kernel::actor::ActorId;
use kernel::fact::Fact;
use kernel::id::PersonId;
use kernel::signal::Change;
use std::time::Duration;
use uuid::Uuid;

/// One alert of one group, and those before it.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) alerts: Vec<Stored>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) told: Vec<Fact>,
    pub(crate) settings: Settings,
    acts: u128,
}

pub(crate) fn person() -> ActorId {
    ActorId::Person(PersonId(Uuid::from_u128(7)))
}

impl World {
    pub(crate) fn newest(&self) -> Option<&Alert> {
        self.alerts.last().map(|stored| &stored.alert)
    }

    /// Takes signals in, and answers the types of the facts that followed.
    pub(crate) fn take(&mut self, heard: &[Heard]) -> Vec<String> {
        let tenant = tenant();
        let mut fold = Fold::new(
            self.alerts.last().cloned().into_iter().collect(),
            &tenant,
            &self.settings,
        );
        heard.iter().for_each(|heard| fold.take(heard));
        let (written, facts) = fold.finish();
        for mut stored in written {
            stored.version += 1;
            match self.alerts.iter_mut().find(|known| known.alert.id == stored.alert.id) {
                Some(known) => *known = stored,
                None => self.alerts.push(stored),
            }
        }
        let kinds = facts.iter().map(|fact| fact.kind.clone()).collect();
        self.told.extend(facts);
        kinds
    }

    pub(crate) fn hear(&mut self, cause: &str, change: Change, severity: u8, seconds: i64) -> Vec<String> {
        let number = self.heard.len() as u64 + 1;
        let heard = Heard {
            number,
            signal: signal("flood/00070", cause, change, severity, seconds),
        };
        self.heard.push(heard.clone());
        self.take(&[heard])
    }

    pub(crate) fn act(&mut self, command: Command, seconds: i64) -> Result<Happened, AlertError> {
        self.acts += 1;
        let deed = Deed {
            id: Uuid::from_u128(self.acts),
            at: second(seconds),
            by: person(),
        };
        let stored = self.alerts.last_mut().ok_or(AlertError::NotFound)?;
        let happened = act(&mut stored.alert, command, deed, &self.settings)?;
        stored.version += 1;
        Ok(happened)
    }

    pub(crate) fn due(&mut self, seconds: i64) -> Option<Happened> {
        come_back(&mut self.alerts.last_mut()?.alert, second(seconds))
    }

    /// One step of a story; answers what was told.
    pub(crate) fn step(&mut self, step: &str) -> Vec<String> {
        let (seconds, what) = step.trim().split_once(' ').unwrap();
        let seconds: i64 = seconds.parse().unwrap();
        if what == "due" {
            return self
                .due(seconds)
                .into_iter()
                .map(|happened| happened.kind.fact_type().to_owned())
                .collect();
        }
        if let Some(command) = command(what, seconds) {
            return match self.act(command, seconds) {
                Ok(happened) => vec![happened.kind.fact_type().to_owned()],
                Err(error) => vec![format!("({error})")],
            };
        }
        let (cause, rest) = what.split_at(1);
        let severity = rest[1..].parse().unwrap_or(1);
        let change = match &rest[..1] {
            "+" => Change::Raised,
            "~" => Change::Renewed,
            "-" => Change::Cleared,
            other => panic!("'{other}' in step '{step}'"),
        };
        self.hear(cause, change, severity, seconds)
    }
}

pub(crate) fn command(word: &str, seconds: i64) -> Option<Command> {
    Some(match word {
        "ack" => Command::Acknowledge { comment: None },
        "comment" => Command::Comment {
            comment: "đã gọi phường".into(),
        },
        "shelve" => Command::Shelve {
            reason: "đang bảo trì".into(),
            until: second(seconds).plus(Duration::from_secs(600)),
        },
        "unshelve" => Command::Unshelve,
        "clear" => Command::Clear {
            reason: "đã kiểm tra tại chỗ".into(),
        },
        _ => return None,
    })
}

/// Plays a whole story.
pub(crate) fn play(story: &str) -> (World, String, String) {
    let mut world = World::default();
    let mut told = Vec::new();
    for step in story.split(';') {
        let kinds = world.step(step);
        let short = |kind: &String| kind.trim_start_matches("alert.").trim_end_matches(".v1").to_owned();
        let kinds: Vec<String> = kinds.iter().map(short).collect();
        told.push(if kinds.is_empty() {
            "-".to_owned()
        } else {
            kinds.join(" ")
        });
    }
    let end = world.newest().map_or("none".to_owned(), |alert| {
        format!(
            "{} {} {}",
            alert.phase.code(),
            alert.severity.level(),
            world.alerts.len()
        )
    });
    (world, told.join("; "), end)
}
