//! One session alone: what it takes, what it gives, what it refuses.

use super::*;
use bytes::Bytes;

fn message(channel: Channel, bytes: usize) -> Arc<Message> {
    let payload = Bytes::from(vec![0; bytes]);
    Arc::new(Message::new(channel, "devices/a/x", payload, QoS::ExactlyOnce, None))
}

fn plain(qos: QoS) -> Subscription {
    Subscription {
        qos,
        no_local: false,
        retain_as_published: false,
        id: None,
    }
}

fn session(number: u64, limit: usize, expiry: u32, budget: &Arc<Budget>) -> Arc<Session> {
    Arc::new(Session::new(Terms {
        number,
        device: "a".into(),
        client_id: "c".into(),
        limit,
        expiry,
        budget: Arc::clone(budget),
        saver: None,
    }))
}

fn offer(session: &Arc<Session>, message: &Arc<Message>) -> Offer {
    session.offer(message, &mut Vec::new())
}

fn taken(session: &Session) -> (Delivery, Option<NonZeroU16>, bool) {
    match session.take(10).unwrap() {
        Outgoing::Publish {
            delivery,
            packet_id,
            again,
        } => (delivery, packet_id, again),
        Outgoing::Release(id) => panic!("PUBREL {id}"),
    }
}

#[test]
fn overlapping_filters_give_one_copy_with_the_higher_qos() {
    let session = session(1, 10_000, 0, &Budget::new(100_000));
    assert_eq!(offer(&session, &message(Channel::Down, 1)), Offer::NotSubscribed);
    assert!(session.subscribe(Filter::One(Channel::Down), plain(QoS::AtMostOnce)).0);
    assert_eq!(session.subscribe(Filter::All, plain(QoS::AtLeastOnce)), (true, true));
    assert_eq!(session.subscribe(Filter::All, plain(QoS::AtLeastOnce)), (false, false));
    assert_eq!(offer(&session, &message(Channel::Down, 1)), Offer::Queued);
    assert_eq!(taken(&session).0.qos, QoS::AtLeastOnce);
    assert!(session.take(10).is_none());
    assert!(session.unsubscribe(Filter::All));
    assert_eq!(offer(&session, &message(Channel::State, 1)), Offer::NotSubscribed);
}

#[test]
fn a_full_queue_ends_the_session_and_keeps_its_bound() {
    let session = session(1, 1_000, 0, &Budget::new(100_000));
    session.subscribe(Filter::All, plain(QoS::AtLeastOnce));
    assert_eq!(offer(&session, &message(Channel::Down, 700)), Offer::Queued);
    assert_eq!(offer(&session, &message(Channel::Down, 700)), Offer::Full);
    assert_eq!(session.ended(), Some(Kick::TooSlow));
    session.end(Kick::TakenOver);
    assert_eq!(session.ended(), Some(Kick::TooSlow), "the first reason counts");
}

#[test]
fn a_publisher_that_asked_for_it_does_not_hear_itself() {
    let session = session(7, 1_000, 0, &Budget::new(100_000));
    let local = Subscription {
        no_local: true,
        ..plain(QoS::AtMostOnce)
    };
    session.subscribe(Filter::One(Channel::State), local);
    let mut own = Message::new(Channel::State, "devices/a/state", Bytes::new(), QoS::AtMostOnce, None);
    own.publisher = 7;
    assert_eq!(offer(&session, &Arc::new(own)), Offer::NotSubscribed);
    assert_eq!(offer(&session, &message(Channel::State, 1)), Offer::Queued);
}

#[test]
fn a_kept_session_gives_again_what_was_not_acknowledged() {
    let budget = Budget::new(100_000);
    let first = session(1, 10_000, 60, &budget);
    first.subscribe(Filter::All, plain(QoS::ExactlyOnce));
    for bytes in 1..=4 {
        assert_eq!(offer(&first, &message(Channel::Down, bytes)), Offer::Queued);
    }
    let ids: Vec<_> = (0..3).map(|_| taken(&first).1.unwrap()).collect();
    assert!(first.received(ids[0]), "PUBREC came");
    assert!(first.received(ids[1]) && first.acknowledge(ids[1], Stage::Complete));
    first.gone.cancel();
    first.rest(None);
    assert_eq!(
        offer(&first, &message(Channel::Down, 5)),
        Offer::Queued,
        "kept for who is away"
    );
    let second = session(2, 10_000, 60, &budget);
    second.adopt(&first);
    assert!(matches!(second.take(10), Some(Outgoing::Release(id)) if id == ids[0]));
    let (delivery, id, again) = taken(&second);
    assert_eq!(
        (delivery.message.publish.payload.len(), id, again),
        (3, Some(ids[2]), true)
    );
    for bytes in [4, 5] {
        let (delivery, id, again) = taken(&second);
        assert_eq!((delivery.message.publish.payload.len(), again), (bytes, false));
        assert!(
            id.is_some_and(|id| !ids.contains(&id) || id == ids[1]),
            "an id in use is not given"
        );
    }
    assert!(second.take(10).is_none() && first.take(10).is_none());
    drop(first);
    drop(second);
    assert_eq!(budget.used(), 0, "every byte was given back");
}

#[test]
fn all_queues_together_have_a_bound() {
    let budget = Budget::new(1_000);
    let (one, two) = (session(1, 10_000, 60, &budget), session(2, 10_000, 60, &budget));
    for session in [&one, &two] {
        session.subscribe(Filter::All, plain(QoS::AtLeastOnce));
    }
    assert_eq!(offer(&one, &message(Channel::Down, 700)), Offer::Queued);
    assert_eq!(offer(&two, &message(Channel::Down, 700)), Offer::Full);
    drop(one);
    assert_eq!(offer(&two, &message(Channel::Down, 700)), Offer::Queued);
}
