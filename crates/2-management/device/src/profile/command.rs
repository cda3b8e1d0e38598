//! Commands of a profile: what devices of a kind may be told, with which arguments, and what forbids it (interlocks).

use super::{Wrong, cut};
use crate::model::command::Params;
use kernel::id::is_name;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

/// Most commands of one profile, arguments of one command and interlocks of one command.
pub const MAX_COMMANDS: usize = 50;
/// Longest time to a deadline, in seconds: a day.
pub const MAX_DEADLINE_S: u32 = 86_400;
/// Longest text argument, in characters.
const MAX_TEXT: usize = 1_000;

/// A command that devices of a profile take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandSpec {
    /// Its name, such as `pump.set`.
    pub name: String,
    /// What people call it.
    pub title: LangText,
    /// Its arguments.
    #[serde(default)]
    pub params: Vec<Param>,
    /// Longest time in which it may be carried out, in seconds.
    #[serde(default = "five_minutes")]
    pub max_deadline_s: u32,
    /// What forbids it.
    #[serde(default)]
    pub interlocks: Vec<Interlock>,
}

const fn five_minutes() -> u32 {
    300
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: LangText,
    /// What it is.
    pub kind: ParamKind,
    /// UCUM unit of a number.
    #[serde(default)]
    pub unit: String,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
    /// Smallest number.
    #[serde(default)]
    pub min: Option<f64>,
    /// Largest number.
    #[serde(default)]
    pub max: Option<f64>,
    /// The texts that are allowed; empty allows any.
    #[serde(default)]
    pub one_of: Vec<String>,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// `true` or `false`.
    Boolean,
    /// A finite number.
    Number,
    /// A text.
    Text,
}

/// A condition under which a command is forbidden, over a value that the same device reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interlock {
    /// What it protects, for people.
    pub title: LangText,
    /// It counts only for commands with these arguments; always when empty.
    #[serde(default)]
    pub when: Params,
    /// Payload name of the value that is looked at.
    pub value: String,
    /// Forbidden below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// Forbidden above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// An older value counts as unknown, in seconds. What is unknown forbids.
    pub max_age_s: u32,
}

/// A value that a device reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The number; 1 and 0 for true and false.
    pub value: f64,
    /// Phenomenon time.
    pub time: Timestamp,
}

impl CommandSpec {
    /// Whether arguments fit; the error says which does not, and what is allowed.
    pub fn check(&self, params: &Params) -> Result<(), String> {
        for name in params.keys() {
            if !self.params.iter().any(|param| param.name == *name) {
                let known: Vec<&str> = self.params.iter().map(|param| param.name.as_str()).collect();
                let known = known.join(", ");
                return Err(format!(
                    "'{}' is no argument of {}; it has: {known}",
                    cut(name),
                    self.name
                ));
            }
        }
        for param in &self.params {
            match params.get(&param.name) {
                Some(value) => param.check(value).map_err(|allowed| {
                    let found = cut(&value.to_string());
                    format!("{} is {found}; write {allowed}", param.name)
                })?,
                None if param.optional => {}
                None => return Err(format!("{} is missing; write {}", param.name, param.allowed())),
            }
        }
        Ok(())
    }
}

impl Param {
    fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (ParamKind::Boolean, Value::Bool(_)) => true,
            (ParamKind::Number, Value::Number(number)) => number.as_f64().is_some_and(|number| {
                number.is_finite()
                    && self.min.is_none_or(|min| number >= min)
                    && self.max.is_none_or(|max| number <= max)
            }),
            (ParamKind::Text, Value::String(text)) => {
                text.chars().count() <= MAX_TEXT && (self.one_of.is_empty() || self.one_of.contains(text))
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.allowed()) }
    }

    fn allowed(&self) -> String {
        match self.kind {
            ParamKind::Boolean => "true or false".to_owned(),
            ParamKind::Number => match (self.min, self.max) {
                (None, None) => "a number".to_owned(),
                (Some(min), None) => format!("a number from {min}"),
                (None, Some(max)) => format!("a number up to {max}"),
                (Some(min), Some(max)) => format!("a number from {min} to {max}"),
            },
            ParamKind::Text if self.one_of.is_empty() => format!("a text of at most {MAX_TEXT} characters"),
            ParamKind::Text => format!("one of {}", self.one_of.join(", ")),
        }
    }
}

impl Interlock {
    /// Why a command with these arguments is forbidden now, if it is. A value that is missing or old forbids: nobody knows.
    pub fn forbids(&self, params: &Params, reading: Option<Reading>, now: Timestamp) -> Option<LangText> {
        if !self.when.iter().all(|(name, value)| params.get(name) == Some(value)) {
            return None;
        }
        let max_age = Duration::from_secs(u64::from(self.max_age_s));
        let Some(reading) = reading.filter(|reading| now.since(reading.time) <= max_age) else {
            let (name, age) = (&self.value, self.max_age_s);
            return Some(self.say(
                &format!("không có giá trị '{name}' tốt nào trong {age} giây qua"),
                &format!("no good '{name}' came in the last {age} s"),
            ));
        };
        let (name, value) = (&self.value, reading.value);
        if let Some(below) = self.below.filter(|below| value < *below) {
            return Some(self.say(
                &format!("'{name}' là {value}, dưới {below}"),
                &format!("'{name}' is {value}, below {below}"),
            ));
        }
        let above = self.above.filter(|above| value > *above)?;
        Some(self.say(
            &format!("'{name}' là {value}, trên {above}"),
            &format!("'{name}' is {value}, above {above}"),
        ))
    }

    fn say(&self, vi: &str, en: &str) -> LangText {
        let english = if self.title.en.is_empty() {
            &self.title.vi
        } else {
            &self.title.en
        };
        LangText::new(format!("{} ({vi})", self.title.vi), format!("{english} ({en})"))
    }
}

/// What is wrong with the commands of a profile; `values` are the payload names that it binds.
pub(super) fn check(command: &CommandSpec, values: &BTreeSet<&str>) -> Result<(), Wrong> {
    let name = &command.name;
    if !is_name(name) {
        return Err((
            format!("the command '{}'", cut(name)),
            "write 1 to 64 of a-z A-Z 0-9 . _ -, beginning with a letter or digit",
        ));
    }
    let wrong = |what: String, advice: &'static str| Err((format!("{name}: {what}"), advice));
    if command.title.vi.is_empty() {
        return wrong("title.vi is empty".to_owned(), "write what people call the command");
    }
    if !(1..=MAX_DEADLINE_S).contains(&command.max_deadline_s) {
        let what = format!("max_deadline_s is {}", command.max_deadline_s);
        return wrong(what, "write 1 to 86400 seconds");
    }
    if command.params.len() > MAX_COMMANDS || command.interlocks.len() > MAX_COMMANDS {
        return wrong(
            "there are too many params or interlocks".to_owned(),
            "write at most 50 of each",
        );
    }
    let mut names = BTreeSet::new();
    for param in &command.params {
        if !is_name(&param.name) || !names.insert(param.name.as_str()) {
            let what = format!("the param '{}' is no name or stands twice", cut(&param.name));
            return wrong(what, "name each param once, with a-z A-Z 0-9 . _ -");
        }
        let ends = [param.min, param.max];
        let crossed = matches!(ends, [Some(min), Some(max)] if min > max);
        if crossed || ends.iter().flatten().any(|end| !end.is_finite()) {
            let what = format!("min and max of '{}' do not fit", param.name);
            return wrong(what, "write finite numbers, min not above max");
        }
    }
    for interlock in &command.interlocks {
        let value = interlock.value.as_str();
        if !values.contains(value) {
            let what = format!(
                "an interlock looks at '{}', which the profile does not bind",
                cut(value)
            );
            return wrong(what, "name a value of 'bindings'");
        }
        if interlock.below.is_none() && interlock.above.is_none() {
            let what = format!("the interlock over '{value}' forbids nothing");
            return wrong(what, "write below: or above: with a number");
        }
        if [interlock.below, interlock.above]
            .iter()
            .flatten()
            .any(|end| !end.is_finite())
        {
            let what = format!("the interlock over '{value}' has a limit that is no number");
            return wrong(what, "write a finite number");
        }
        if let Some(unknown) = interlock.when.keys().find(|name| !names.contains(name.as_str())) {
            let what = format!("an interlock counts for '{}', which is no param", cut(unknown));
            return wrong(what, "name params of this command under when:");
        }
        if interlock.max_age_s == 0 {
            let what = format!("max_age_s of the interlock over '{value}' is 0");
            return wrong(what, "write the seconds after which a value is too old to be trusted");
        }
    }
    Ok(())
}
