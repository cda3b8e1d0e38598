//! Namespaces: topics outside `devices/#`, which exist only where the configuration opens them (SEMANTICS 21).

use crate::filter;
use kernel::id::is_name;
use std::str::FromStr;

/// Stands in `topics` for the device that publishes or subscribes.
const DEVICE: &str = "{device}";

/// Topics that devices may use among themselves. Messages are passed on and, if asked, retained in memory; they are no
/// readings and are not stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// A topic, or a branch of topics such as `fleet/#`. A level `{device}` is the device that asks, so that
    /// `inbox/{device}/#` gives each its own.
    pub topics: String,
    /// Device ids that may publish there; `*` for all.
    pub publish: Vec<String>,
    /// Device ids that may subscribe there; `*` for all.
    pub subscribe: Vec<String>,
}

impl FromStr for Namespace {
    type Err = String;

    /// Reads `TOPICS publish=ID,ID subscribe=*`; what is left out is for nobody.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let mut space = Self {
            topics: words.next().unwrap_or_default().to_owned(),
            ..Self::default()
        };
        for word in words {
            let (list, ids) = match word.split_once('=') {
                Some(("publish", ids)) => (&mut space.publish, ids),
                Some(("subscribe", ids)) => (&mut space.subscribe, ids),
                _ => return Err(format!("'{word}' is neither publish=... nor subscribe=...")),
            };
            list.extend(ids.split(',').map(str::to_owned));
        }
        space.check()?;
        Ok(space)
    }
}

impl Namespace {
    /// Says what is wrong with it.
    ///
    /// # Errors
    /// A text for whoever wrote the configuration.
    pub fn check(&self) -> Result<(), String> {
        let topics = &self.topics;
        let first = topics.split('/').next().unwrap_or("");
        if !filter::is_valid(topics) || topics.contains('+') {
            return Err(format!(
                "'{topics}' is no branch of topics; write a topic, or one that ends in /#"
            ));
        }
        if ["", "devices", "#", DEVICE].contains(&first) || first.starts_with('$') {
            return Err(format!(
                "'{topics}' cannot be opened; begin with a name other than 'devices' that does not begin with '$'"
            ));
        }
        let ids = self.publish.iter().chain(&self.subscribe);
        match ids.into_iter().find(|id| *id != "*" && !is_name(id)) {
            Some(id) => Err(format!("'{id}' is neither a device id nor '*' for all")),
            None => Ok(()),
        }
    }

    /// Whether a topic or filter of `device` lies in it: its begin must be written out.
    fn covers(&self, device: &str, text: &str) -> bool {
        let (mut ours, mut theirs) = (self.topics.split('/'), text.split('/'));
        loop {
            match (ours.next(), theirs.next()) {
                (Some("#"), _) | (None, None) => return true,
                (Some(DEVICE), Some(level)) if level == device => {}
                (Some(level), Some(their)) if level == their && level != DEVICE => {}
                _ => return false,
            }
        }
    }
}

/// All namespaces.
#[derive(Debug, Default)]
pub(crate) struct Spaces {
    spaces: Vec<Namespace>,
}

fn includes(list: &[String], device: &str) -> bool {
    list.iter().any(|id| id == "*" || id == device)
}

impl Spaces {
    /// Those that cannot be opened are left out and said so.
    pub(crate) fn new(spaces: Vec<Namespace>) -> Self {
        let mut good = spaces;
        good.retain(|space| match space.check() {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "a namespace of MQTT topics was not opened");
                false
            }
        });
        Self { spaces: good }
    }

    /// Whether a device may publish to a topic.
    pub(crate) fn may_publish(&self, device: &str, topic: &str) -> bool {
        !filter::is_pattern(topic)
            && self
                .spaces
                .iter()
                .any(|space| includes(&space.publish, device) && space.covers(device, topic))
    }

    /// Whether a device may subscribe to a valid filter.
    pub(crate) fn may_subscribe(&self, device: &str, filter: &str) -> bool {
        let mut open = self.spaces.iter();
        open.any(|space| includes(&space.subscribe, device) && space.covers(device, filter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(topics: &str, publish: &[&str], subscribe: &[&str]) -> Namespace {
        let own = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
        Namespace {
            topics: topics.to_owned(),
            publish: own(publish),
            subscribe: own(subscribe),
        }
    }

    #[test]
    fn only_what_is_opened_can_be_used() {
        let spaces = Spaces::new(vec![
            space("fleet/#", &["gw"], &["*"]),
            space("inbox/#", &["*"], &[]),
            space("inbox/{device}/#", &[], &["*"]),
            space("devices/#", &["*"], &["*"]),
        ]);
        for (device, topic, publish, subscribe) in [
            ("gw", "fleet/a", true, true),
            ("gw", "fleet", true, true),
            ("gauge", "fleet/a", false, true),
            ("gauge", "fleet/#", false, true),
            ("gauge", "fleet/+/x", false, true),
            ("gauge", "+/a", false, false),
            ("gauge", "#", false, false),
            ("gauge", "inbox/gw/x", true, false),
            ("gauge", "inbox/gauge/x", true, true),
            ("gauge", "inbox/+/x", false, false),
            ("gauge", "inbox/{device}/x", true, false),
            ("gauge", "devices/gw/down", false, false),
            ("gauge", "fleets/a", false, false),
        ] {
            assert_eq!(spaces.may_publish(device, topic), publish, "{device} {topic}");
            assert_eq!(spaces.may_subscribe(device, topic), subscribe, "{device} {topic}");
        }
    }

    #[test]
    fn a_namespace_is_written_in_one_line() {
        let read = |text: &str| text.parse::<Namespace>();
        assert_eq!(
            read("fleet/# publish=gw,gw-2 subscribe=*"),
            Ok(space("fleet/#", &["gw", "gw-2"], &["*"]))
        );
        assert_eq!(read("fleet/a"), Ok(space("fleet/a", &[], &[])));
        for text in [
            "",
            "fleet/# read=*",
            "fleet/# publish=",
            "fleet/# publish=a/b",
            "devices/# publish=*",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        for topics in [
            "",
            "#",
            "devices/#",
            "$SYS/#",
            "a/#/b",
            "+/a",
            "a/+",
            "{device}/x",
            "/a",
        ] {
            assert!(space(topics, &[], &[]).check().is_err(), "{topics}");
        }
        assert!(space("a/#", &["b/c"], &[]).check().is_err());
        assert_eq!(space("a/{device}/#", &["*", "gw"], &["x.y"]).check(), Ok(()));
    }
}
