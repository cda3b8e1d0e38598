//! Which topics a device may use: its own five, and what it says for those that it speaks for. Everything else is refused.

use crate::filter::is_valid;
use kernel::id::is_name;
use kernel::submission::Sender;

/// What a topic of `devices/{device}/...` carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// Readings, from the device.
    Up,
    /// Presence, from the device; retained, kept in memory.
    State,
    /// What it says to commands, from the device.
    Answers,
    /// Messages to the device.
    Down,
    /// What was wrong with its publishes.
    Errors,
    /// A topic of a namespace that the configuration opens; none of ours.
    Open,
}

/// Takes a topic name apart; `None` when it is not one of ours.
pub(crate) fn parse(topic: &str) -> Option<(&str, Channel)> {
    let (device, channel) = topic.strip_prefix("devices/")?.split_once('/')?;
    let channel = match channel {
        "up" => Channel::Up,
        "state" => Channel::State,
        "answers" => Channel::Answers,
        "down" => Channel::Down,
        "errors" => Channel::Errors,
        _ => return None,
    };
    is_name(device).then_some((device, channel))
}

/// What a sender may publish to: the device it speaks of, and the channel.
pub(crate) fn may_publish<'t>(sender: &Sender, topic: &'t str) -> Option<(&'t str, Channel)> {
    let (device, channel) = parse(topic)?;
    let upward = matches!(channel, Channel::Up | Channel::State | Channel::Answers);
    (upward && sender.may_speak_for(device)).then_some((device, channel))
}

/// A filter that may be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// `devices/{own}/down`, `errors` or `state`.
    One(Channel),
    /// `devices/{own}/#`: those three.
    All,
}

/// Why a filter is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// Not a valid filter ([MQTT-4.7.1]).
    Invalid,
    /// More subscriptions than a session may have.
    TooMany,
    /// Somebody else's, or nobody's.
    NotAuthorised,
}

/// Reads a filter for the device `own`.
pub(crate) fn may_subscribe(own: &str, filter: &str) -> Result<Filter, Forbidden> {
    if !is_valid(filter) {
        return Err(Forbidden::Invalid);
    }
    let rest = filter
        .strip_prefix("devices/")
        .and_then(|rest| rest.strip_prefix(own))
        .and_then(|rest| rest.strip_prefix('/'));
    match rest {
        Some("down") => Ok(Filter::One(Channel::Down)),
        Some("errors") => Ok(Filter::One(Channel::Errors)),
        Some("state") => Ok(Filter::One(Channel::State)),
        Some("#") => Ok(Filter::All),
        _ => Err(Forbidden::NotAuthorised),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::actor::Actor;
    use kernel::id::{DeviceId, TenantId};
    use kernel::submission::SpeaksFor;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn gateway() -> Sender {
        let device = DeviceId::new("gw").unwrap();
        Sender {
            shown: kernel::submission::Shown::Nothing,
            speaks_for: Arc::new(SpeaksFor::These(BTreeSet::from([DeviceId::new("child").unwrap()]))),
            actor: Arc::new(Actor::device(&device, &TenantId::new("hanoi").unwrap())),
            device,
        }
    }

    #[test]
    fn publishing_is_denied_by_default() {
        let sender = gateway();
        for (topic, allowed) in [
            ("devices/gw/up", true),
            ("devices/gw/state", true),
            ("devices/child/up", true),
            ("devices/child/state", true),
            ("devices/gw/answers", true),
            ("devices/child/answers", true),
            ("devices/other/answers", false),
            ("devices/other/up", false),
            ("devices/gw/down", false),
            ("devices/gw/errors", false),
            ("devices/gw/up/", false),
            ("devices/gw/up/x", false),
            ("/devices/gw/up", false),
            ("devices//up", false),
            ("devices/+/up", false),
            ("devices/gw", false),
            ("$SYS/x", false),
            ("", false),
        ] {
            assert_eq!(may_publish(&sender, topic).is_some(), allowed, "{topic}");
        }
    }

    #[test]
    fn only_the_own_downward_topics_can_be_subscribed() {
        for (filter, expected) in [
            ("devices/gw/down", Ok(Filter::One(Channel::Down))),
            ("devices/gw/errors", Ok(Filter::One(Channel::Errors))),
            ("devices/gw/state", Ok(Filter::One(Channel::State))),
            ("devices/gw/#", Ok(Filter::All)),
            ("devices/gw/up", Err(Forbidden::NotAuthorised)),
            ("devices/gw/answers", Err(Forbidden::NotAuthorised)),
            ("devices/gw/+", Err(Forbidden::NotAuthorised)),
            ("devices/child/down", Err(Forbidden::NotAuthorised)),
            ("devices/gw2/down", Err(Forbidden::NotAuthorised)),
            ("devices/+/down", Err(Forbidden::NotAuthorised)),
            ("#", Err(Forbidden::NotAuthorised)),
            ("$SYS/#", Err(Forbidden::NotAuthorised)),
            ("devices/gw/#/x", Err(Forbidden::Invalid)),
            ("devices/g+/down", Err(Forbidden::Invalid)),
            ("devices/gw/do#", Err(Forbidden::Invalid)),
            ("", Err(Forbidden::Invalid)),
        ] {
            assert_eq!(may_subscribe("gw", filter), expected, "{filter}");
        }
    }
}
