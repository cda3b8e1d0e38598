//! Topic aliases of MQTT 5, both ways; they live and end with the connection ([MQTT-3.3.2-7]).

use crate::error::Close;
use bytestring::ByteString;
use std::num::NonZeroU16;

/// Most aliases of one connection in each direction, whatever the client allows.
const MAX: u16 = 16;

/// Aliases that the client has set.
#[derive(Default)]
pub(crate) struct Inward {
    topics: Vec<ByteString>,
}

impl Inward {
    /// Most aliases that a client may set, told in CONNACK.
    pub(crate) const MAXIMUM: u16 = MAX;

    /// Sets an alias if there is a topic, and otherwise says which topic it stands for.
    pub(crate) fn resolve(&mut self, alias: NonZeroU16, topic: &mut ByteString) -> Result<(), Close> {
        // [MQTT-3.3.2-9]; 0 does not get past the decoder ([MQTT-3.3.2-8])
        if alias.get() > MAX {
            return Err(Close::TopicAlias);
        }
        let at = usize::from(alias.get()) - 1;
        if topic.is_empty() {
            let known = self.topics.get(at).filter(|topic| !topic.is_empty());
            *topic = known.cloned().ok_or(Close::Protocol("this topic alias was not set"))?;
            return Ok(());
        }
        if self.topics.len() <= at {
            self.topics.resize(at + 1, ByteString::new());
        }
        // a copy of its own, so that it does not keep the packet
        let own: &str = topic;
        self.topics[at] = own.to_owned().into();
        Ok(())
    }
}

/// How a topic is written to the client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alias {
    pub(crate) number: NonZeroU16,
    /// Whether the client has it, so that the topic itself is left out.
    pub(crate) known: bool,
}

/// Aliases that the client was told.
pub(crate) struct Outward {
    limit: usize,
    topics: Vec<ByteString>,
}

impl Outward {
    /// For a client that knows so many ([MQTT-3.1.2-26], [MQTT-3.1.2-27]).
    pub(crate) fn new(maximum: u16) -> Self {
        Self {
            limit: usize::from(maximum.min(MAX)),
            topics: Vec::new(),
        }
    }

    /// The alias for a topic; none once all are given away.
    pub(crate) fn of(&self, topic: &str) -> Option<Alias> {
        let known = self.topics.iter().position(|known| *known == *topic);
        let at = known.unwrap_or(self.topics.len());
        let number = u16::try_from(at + 1).ok().and_then(NonZeroU16::new)?;
        (at < self.limit).then_some(Alias {
            number,
            known: known.is_some(),
        })
    }

    /// The client was told of it.
    pub(crate) fn told(&mut self, alias: Alias, topic: &ByteString) {
        if !alias.known {
            self.topics.push(topic.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_sets_and_uses_aliases_within_the_limit() {
        let mut inward = Inward::default();
        let alias = |number| NonZeroU16::new(number).unwrap();
        let mut topic = ByteString::from("a");
        assert_eq!(inward.resolve(alias(16), &mut topic), Ok(()));
        for (number, expected) in [
            (16, Ok(())),
            (3, Err(Close::Protocol("this topic alias was not set"))),
            (17, Err(Close::TopicAlias)),
        ] {
            let mut topic = ByteString::new();
            assert_eq!(inward.resolve(alias(number), &mut topic), expected, "{number}");
            assert_eq!(&*topic == "a", expected.is_ok());
        }
        let mut topic = ByteString::from("b");
        assert_eq!(
            inward.resolve(alias(16), &mut topic),
            Ok(()),
            "an alias may be set anew"
        );
    }

    #[test]
    fn a_client_is_told_no_more_aliases_than_it_knows() {
        let mut outward = Outward::new(1);
        let first = outward.of("a").unwrap();
        assert!(!first.known);
        outward.told(first, &"a".into());
        assert!(
            outward
                .of("a")
                .is_some_and(|alias| alias.known && alias.number.get() == 1)
        );
        assert!(outward.of("b").is_none());
        assert!(Outward::new(0).of("a").is_none());
    }
}
