//! SUBSCRIBE and UNSUBSCRIBE.

use crate::acl::{Channel, Filter, Forbidden, may_subscribe};
use crate::connection::Connection;
use crate::metrics;
use crate::session::Subscription;
use crate::version::Wanted;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::RetainHandling;
use std::num::{NonZeroU16, NonZeroU32};

impl<S> Connection<'_, S> {
    /// Grants at most QoS 1. Retained messages follow the SUBACK.
    pub(crate) fn on_subscribe(&mut self, packet_id: NonZeroU16, id: Option<NonZeroU32>, filters: &[Wanted]) {
        let mut grants = Vec::with_capacity(filters.len());
        let mut retained = None;
        for wanted in filters {
            let grant = may_subscribe(self.sender.device.as_str(), &wanted.filter).map(|filter| {
                let subscription = Subscription {
                    qos: wanted.qos.min(QoS::AtLeastOnce),
                    no_local: wanted.no_local,
                    retain_as_published: wanted.retain_as_published,
                    id,
                };
                let new = self.session().subscribe(filter, subscription);
                let wants_retained = match wanted.retain_handling {
                    RetainHandling::AtSubscribe => true,
                    RetainHandling::AtSubscribeNew => new,
                    RetainHandling::NoAtSubscribe => false,
                };
                if wants_retained && matches!(filter, Filter::All | Filter::One(Channel::State)) {
                    retained = Some(subscription);
                }
                subscription.qos
            });
            if let Err(forbidden) = grant {
                metrics::refused(match forbidden {
                    Forbidden::NotAuthorised => "subscribe_not_authorised",
                    Forbidden::Invalid => "subscribe_invalid",
                    Forbidden::Shared => "subscribe_shared",
                });
            }
            grants.push(grant);
        }
        let downward = |filter: &Wanted| {
            let own = self.sender.device.as_str();
            matches!(
                may_subscribe(own, &filter.filter),
                Ok(Filter::All | Filter::One(Channel::Down))
            )
        };
        if let Some(answers) = self.shared.answers.get()
            && filters.iter().any(downward)
        {
            answers.listening(&self.sender.device);
        }
        self.codec.suback(&mut self.out, packet_id, &grants);
        if let Some(subscription) = retained
            && let Some(message) = self.shared.retained.get(self.sender.device.as_str())
        {
            self.session().offer_retained(&message, subscription);
        }
    }

    /// Ends subscriptions; a filter that never was is no error.
    pub(crate) fn on_unsubscribe(&mut self, packet_id: NonZeroU16, filters: &[String]) {
        let own = self.sender.device.as_str();
        let existed: Vec<bool> = filters
            .iter()
            .map(|filter| may_subscribe(own, filter).is_ok_and(|filter| self.session().unsubscribe(filter)))
            .collect();
        self.codec.unsuback(&mut self.out, packet_id, &existed);
    }
}
