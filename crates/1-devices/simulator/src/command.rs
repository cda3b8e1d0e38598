//! Commands to devices and their answers: a pump is switched on or off, in time, and only once.

use kernel::time::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Commands whose answers a device remembers, so that one delivered twice is carried out once.
const REMEMBERED: usize = 16;

/// A command as it arrives on `devices/{device}/down`. Unknown members are left aside.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Command {
    /// Its id; the answer bears it.
    pub id: String,
    /// What to do.
    pub name: String,
    /// With what.
    #[serde(default)]
    pub params: Value,
    /// After this instant it must not be carried out.
    #[serde(default)]
    pub deadline: Option<Timestamp>,
}

/// What a device says to a command, on `devices/{device}/answers`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Id of the command.
    pub id: String,
    /// Whether it was carried out.
    pub ok: bool,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The switches of all devices.
#[derive(Debug)]
pub(crate) struct Panel(Vec<Mutex<Switch>>);

#[derive(Debug, Default)]
struct Switch {
    on: bool,
    answered: VecDeque<Answer>,
}

impl Panel {
    pub(crate) fn new(devices: usize) -> Self {
        Self((0..devices).map(|_| Mutex::default()).collect())
    }

    pub(crate) fn is_on(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|switch| switch.lock().on)
    }

    /// Carries out a command; `act` is told when a switch really moves.
    pub(crate) fn obey(&self, index: usize, command: &Command, at: Timestamp, act: impl FnOnce(bool)) -> Answer {
        let answer = |result: Result<Value, String>| Answer {
            id: command.id.clone(),
            ok: result.is_ok(),
            reason: result.as_ref().err().cloned(),
            result: result.ok(),
        };
        let Some(switch) = self.0.get(index) else {
            return answer(Err("no_such_device".to_owned()));
        };
        let mut switch = switch.lock();
        if let Some(known) = switch.answered.iter().find(|known| known.id == command.id) {
            return known.clone();
        }
        let given = answer(judge(command, at));
        if let Some(on) = given.result.as_ref().and_then(|result| result["on"].as_bool())
            && switch.on != on
        {
            switch.on = on;
            act(on);
        }
        if switch.answered.len() >= REMEMBERED {
            switch.answered.pop_front();
        }
        switch.answered.push_back(given.clone());
        given
    }
}

/// What becomes of a command at an instant.
fn judge(command: &Command, at: Timestamp) -> Result<Value, String> {
    if command.deadline.is_some_and(|deadline| at > deadline) {
        return Err(format!("expired: it arrived at {at}, after its deadline"));
    }
    if command.name != "pump.set" {
        return Err(format!(
            "unknown_command: '{}'; this device knows pump.set",
            command.name
        ));
    }
    let on = command.params.get("on").and_then(Value::as_bool);
    on.map(|on| json!({ "on": on }))
        .ok_or_else(|| r#"bad_params: write {"on": true} or {"on": false}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> Command {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn commands_are_carried_out_or_refused_with_a_reason() {
        let at = Timestamp::parse("2026-11-21T08:00:00Z").unwrap();
        for (text, ok, said, switched) in [
            (
                r#"{"id":"1","name":"pump.set","params":{"on":true}}"#,
                true,
                r#"{"on":true}"#,
                Some(true),
            ),
            (
                r#"{"id":"2","name":"pump.set","params":{"on":false},"deadline":"2026-11-21T08:00:30Z","by":"x"}"#,
                true,
                r#"{"on":false}"#,
                None,
            ),
            (
                r#"{"id":"3","name":"pump.set","params":{"on":true},"deadline":"2026-11-21T07:59:59Z"}"#,
                false,
                "expired",
                None,
            ),
            (
                r#"{"id":"4","name":"pump.set","params":{"on":1}}"#,
                false,
                "bad_params",
                None,
            ),
            (r#"{"id":"5","name":"pump.set"}"#, false, "bad_params", None),
            (
                r#"{"id":"6","name":"lamp.set","params":{"on":true}}"#,
                false,
                "unknown_command",
                None,
            ),
        ] {
            let panel = Panel::new(1);
            let mut seen = None;
            let answer = panel.obey(0, &command(text), at, |on| seen = Some(on));
            assert_eq!((answer.ok, seen), (ok, switched), "{text}");
            let written = serde_json::to_string(&answer).unwrap();
            assert!(written.contains(said), "{written}");
        }
    }

    #[test]
    fn a_command_delivered_twice_is_carried_out_once() {
        let (panel, at) = (Panel::new(1), Timestamp::EPOCH);
        let on = command(r#"{"id":"1","name":"pump.set","params":{"on":true}}"#);
        let off = command(r#"{"id":"2","name":"pump.set","params":{"on":false}}"#);
        let mut moved = 0;
        for order in [&on, &off, &on] {
            assert!(panel.obey(0, order, at, |_| moved += 1).ok);
        }
        assert_eq!(
            (moved, panel.is_on(0)),
            (2, false),
            "the repeated command does not switch it on again"
        );
        for number in 0..100 {
            let late = command(&format!(r#"{{"id":"n{number}","name":"x"}}"#));
            assert!(!panel.obey(0, &late, at, |_| ()).ok);
        }
        assert!(panel.0[0].lock().answered.len() <= REMEMBERED);
    }
}
