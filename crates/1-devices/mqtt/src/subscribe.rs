//! SUBSCRIBE and UNSUBSCRIBE.

use crate::acl::{Channel, Filter, Forbidden, may_subscribe};
use crate::connection::Connection;
use crate::error::Close;
use crate::filter;
use crate::message::Message;
use crate::metrics;
use crate::retained::Left;
use crate::session::{Entry, Offer, Subscription};
use crate::version::Wanted;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::RetainHandling;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;

/// What one filter stands for.
enum Place {
    /// Own topics of the device, without more ado.
    Own(Filter),
    /// Everything else that is allowed.
    Entry(Entry),
}

impl<S> Connection<'_, S> {
    /// Grants what is asked for ([MQTT-3.8.4-5], [MQTT-3.8.4-6]). Retained messages follow.
    pub(crate) fn on_subscribe(
        &mut self,
        packet_id: NonZeroU16,
        id: Option<NonZeroU32>,
        filters: &[Wanted],
    ) -> Result<(), Close> {
        let mut grants = Vec::with_capacity(filters.len());
        let mut retained = Vec::new();
        let mut left = Left::new(self.shared.limits.outbound_bytes);
        let mut changed = false;
        for wanted in filters {
            let subscription = Subscription {
                qos: wanted.qos,
                no_local: wanted.no_local,
                retain_as_published: wanted.retain_as_published,
                id,
            };
            if wanted.no_local && wanted.filter.starts_with("$share/") {
                return Err(Close::Protocol("a shared subscription has no No Local")); // [MQTT-3.8.3-4]
            }
            let grant = self.subscribe(wanted, subscription, &mut changed, (&mut retained, &mut left));
            if let Err(forbidden) = grant {
                metrics::refused(match forbidden {
                    Forbidden::NotAuthorised => "subscribe_not_authorised",
                    Forbidden::Invalid => "subscribe_invalid",
                    Forbidden::TooMany => "subscribe_too_many",
                });
            }
            grants.push(grant);
        }
        let downward = |wanted: &Wanted| {
            let own = self.sender.device.as_str();
            let filter = filter::split(&wanted.filter).map(|(_, filter)| may_subscribe(own, filter));
            matches!(filter, Some(Ok(Filter::All | Filter::One(Channel::Down))))
        };
        if let Some(answers) = self.shared.answers.get()
            && filters.iter().any(downward)
        {
            answers.listening(&self.sender.device);
        }
        let change = if changed { self.session().touch() } else { 0 };
        self.answer_after(change, |codec, out| codec.suback(out, packet_id, &grants));
        for (message, subscription) in retained {
            if !self.session().has_room_for(&message)
                || self.session().offer_to(&message, subscription, true) == Offer::Full
            {
                // one long list must not end the session
                metrics::undelivered("retained_beyond_queue");
            }
        }
        Ok(())
    }

    fn place(&self, text: &str, subscription: Subscription) -> Result<Place, Forbidden> {
        let (share, wanted) = filter::split(text).ok_or(Forbidden::Invalid)?;
        let own = self.sender.device.as_str();
        match may_subscribe(own, wanted) {
            Ok(filter) if share.is_none() => return Ok(Place::Own(filter)),
            Ok(_) => {}
            Err(Forbidden::NotAuthorised) if self.shared.spaces.may_subscribe(own, wanted) => {}
            Err(forbidden) => return Err(forbidden),
        }
        Ok(Place::Entry(Entry {
            name: text.into(),
            share: share.map(Into::into),
            filter: wanted.into(),
            subscription,
            served: 0,
        }))
    }

    fn subscribe(
        &self,
        wanted: &Wanted,
        subscription: Subscription,
        any_changed: &mut bool,
        (retained, left): (&mut Vec<(Arc<Message>, Subscription)>, &mut Left),
    ) -> Result<QoS, Forbidden> {
        if left.steps == 0 && wanted.retain_handling != RetainHandling::NoAtSubscribe {
            return Err(Forbidden::TooMany);
        }
        let (new, changed, filter) = match self.place(&wanted.filter, subscription)? {
            Place::Own(filter) => {
                let (new, changed) = self.session().subscribe(filter, subscription);
                let state = matches!(filter, Filter::All | Filter::One(Channel::State));
                (
                    new,
                    changed,
                    state.then(|| format!("devices/{}/state", self.sender.device)),
                )
            }
            Place::Entry(entry) => {
                // a shared subscription is given no retained messages (MQTT 5 §4.8.2)
                let filter = entry.share.is_none().then(|| entry.filter.to_string());
                let added = self.session().with(|state| state.add(entry));
                let (new, changed) = added.ok_or(Forbidden::TooMany)?;
                self.shared.router.listen(self.session(), true);
                (new, changed, filter)
            }
        };
        *any_changed |= changed;
        // [MQTT-3.3.1-9], [MQTT-3.3.1-10], [MQTT-3.3.1-11]
        let wants_retained = match wanted.retain_handling {
            RetainHandling::AtSubscribe => true,
            RetainHandling::AtSubscribeNew => new,
            RetainHandling::NoAtSubscribe => false,
        };
        if let Some(filter) = filter.filter(|_| wants_retained) {
            let found = self.shared.retained.matching(&filter, left);
            retained.extend(found.into_iter().map(|message| (message, subscription)));
        }
        Ok(subscription.qos)
    }

    /// Ends subscriptions; a filter that never was is no error ([MQTT-3.10.4-4], [MQTT-3.10.4-5]).
    pub(crate) fn on_unsubscribe(&mut self, packet_id: NonZeroU16, filters: &[String]) {
        let own = self.sender.device.as_str();
        let one = |text: &String| match may_subscribe(own, text) {
            Ok(filter) => self.session().unsubscribe(filter),
            Err(_) => self.session().with(|state| state.remove(text)),
        };
        let existed: Vec<bool> = filters.iter().map(one).collect();
        let listens = self.session().with(|state| !state.entries.is_empty());
        self.shared.router.listen(self.session(), listens);
        let changed = existed.contains(&true);
        let change = if changed { self.session().touch() } else { 0 };
        self.answer_after(change, |codec, out| codec.unsuback(out, packet_id, &existed));
    }
}
