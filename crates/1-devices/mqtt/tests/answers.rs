//! Commands down and answers up: who may answer for whom, and that a PUBACK waits until the answer is durable.

use crate::house::{self, House, Mode, reading};
use crate::raw::{Raw, hello, lasting, publish, subscribe};
use async_trait::async_trait;
use driver::command::{Answer, Answers, Downlink, NotHanded, NotKept, Order};
use kernel::id::{CommandId, DeviceId};
use kernel::submission::Sender;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Keeps an answer when the test gives a permit, and says then what the test wants.
struct Ear {
    heard: Mutex<Vec<(String, String, Answer)>>,
    listening: Mutex<Vec<String>>,
    permits: Semaphore,
    outcome: Mutex<Result<(), NotKept>>,
}

#[async_trait]
impl Answers for Ear {
    async fn answered(&self, sender: &Sender, device: &DeviceId, answer: Answer) -> Result<(), NotKept> {
        self.permits.acquire().await.unwrap().forget();
        let heard = (sender.device.to_string(), device.to_string(), answer);
        self.heard.lock().unwrap().push(heard);
        *self.outcome.lock().unwrap()
    }

    fn listening(&self, device: &DeviceId) {
        self.listening.lock().unwrap().push(device.to_string());
    }
}

async fn open(permits: usize) -> (House, Arc<Ear>) {
    let house = house::plain().await;
    let ear = Arc::new(Ear {
        heard: Mutex::default(),
        listening: Mutex::default(),
        permits: Semaphore::new(permits),
        outcome: Mutex::new(Ok(())),
    });
    house.handle.hear_answers(Arc::<Ear>::clone(&ear));
    (house, ear)
}

const ID: &str = "01936f5e-0000-7000-8000-000000000007";

fn answer(ok: bool) -> String {
    format!(r#"{{"id":"{ID}","ok":{ok}}}"#)
}

fn command() -> CommandId {
    ID.parse().unwrap()
}

#[tokio::test]
async fn an_answer_is_acknowledged_when_it_is_kept_and_in_its_turn() {
    for v5 in [false, true] {
        let (house, ear) = open(0).await;
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        house.store.set(Mode::Gated);
        let up = |id: u16| publish(v5, "devices/gauge/up", id, reading("level", 1).as_bytes());
        let burst = [
            up(1),
            publish(v5, "devices/gauge/answers", 2, answer(true).as_bytes()),
            up(3),
        ]
        .concat();
        raw.send(&burst).await;
        house
            .store
            .until("both readings are on their way", |store| store.calls() == 2)
            .await;
        house.store.release(0, Ok(()));
        house.store.release(1, Ok(()));
        assert_eq!(raw.puback().await, (1, 0));
        raw.nothing_came().await;
        ear.permits.add_permits(1);
        assert_eq!((raw.puback().await, raw.puback().await), ((2, 0), (3, 0)));
        let heard = ear.heard.lock().unwrap().clone();
        let [(sender, device, answer)] = &heard[..] else {
            panic!("{heard:?}")
        };
        assert_eq!(
            (sender.as_str(), device.as_str(), answer.id, answer.ok),
            ("gauge", "gauge", command(), true)
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_not_kept_ends_the_connection_without_puback() {
    for v5 in [false, true] {
        let (house, ear) = open(1).await;
        *ear.outcome.lock().unwrap() = Err(NotKept);
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        raw.send(&publish(v5, "devices/gauge/answers", 1, answer(true).as_bytes()))
            .await;
        raw.closed(v5, 0x89).await;
    }
}

#[tokio::test]
async fn a_gateway_answers_for_its_children_and_nobody_for_others() {
    let (house, ear) = open(10).await;
    let mut gateway = Raw::join(&house, &hello(true, "gw")).await;
    for (id, topic, code) in [
        (1, "devices/child/answers", 0),
        (2, "devices/gw/answers", 0),
        (3, "devices/gauge/answers", 0x87),
        (4, "devices/gw/answers/", 0x87),
    ] {
        gateway.send(&publish(true, topic, id, answer(false).as_bytes())).await;
        assert_eq!(gateway.puback().await, (id, code), "{topic}");
    }
    let heard: Vec<_> = ear
        .heard
        .lock()
        .unwrap()
        .iter()
        .map(|(by, of, _)| (by.clone(), of.clone()))
        .collect();
    assert_eq!(
        heard,
        [
            ("gw".to_owned(), "child".to_owned()),
            ("gw".to_owned(), "gw".to_owned())
        ]
    );
}

#[tokio::test]
async fn what_is_no_answer_is_told_and_not_heard() {
    let (house, ear) = open(10).await;
    let mut raw = Raw::join(&house, &hello(true, "gauge")).await;
    for (id, payload) in [
        (1, "on"),
        (2, r#"{"id":"7","ok":true}"#),
        (3, r#"{"ok":true}"#),
        (4, ""),
    ] {
        raw.send(&publish(true, "devices/gauge/answers", id, payload.as_bytes()))
            .await;
        assert_eq!(raw.puback().await, (id, 0x99), "{payload}");
    }
    assert!(ear.heard.lock().unwrap().is_empty());
    // where nobody hears answers, there is no such topic
    let deaf = house::plain().await;
    let mut raw = Raw::join(&deaf, &hello(true, "gauge")).await;
    raw.send(&publish(true, "devices/gauge/answers", 1, answer(true).as_bytes()))
        .await;
    assert_eq!(raw.puback().await, (1, 0x87));
}

#[tokio::test]
async fn a_command_goes_to_a_device_that_listens_and_its_listening_is_told() {
    for v5 in [false, true] {
        let (house, ear) = open(10).await;
        let order = |bytes: usize| Order {
            id: command(),
            payload: vec![b'x'; bytes],
            expires_in: Duration::from_secs(30),
        };
        let gauge = DeviceId::new("gauge").unwrap();
        assert_eq!(house.handle.hand_over(&gauge, order(5)), Err(NotHanded::Away));
        let mut raw = Raw::join(&house, &hello(v5, "gauge")).await;
        assert_eq!(
            house.handle.hand_over(&gauge, order(5)),
            Err(NotHanded::Away),
            "it does not listen"
        );
        raw.send(&subscribe(v5, 1, &["devices/gauge/errors", "devices/other/down"]))
            .await;
        assert_eq!(raw.read().await.0, 0x90);
        assert!(ear.listening.lock().unwrap().is_empty());
        raw.send(&subscribe(v5, 2, &["devices/gauge/down"])).await;
        assert_eq!(raw.read().await.0, 0x90);
        assert_eq!(*ear.listening.lock().unwrap(), ["gauge"]);
        assert_eq!(house.handle.hand_over(&gauge, order(5)), Ok(()));
        let (first, body) = raw.read().await;
        assert_eq!(first & 0xf0, 0x30);
        assert!(body.ends_with(b"xxxxx"));
        let id = command().0.into_bytes();
        assert_eq!(
            body.windows(16).any(|part| part == id),
            v5,
            "Correlation Data is of MQTT 5"
        );
        let long = house.handle.hand_over(&gauge, order(1 << 20));
        assert!(matches!(long, Err(NotHanded::TooLong { .. })), "{long:?}");
    }
}

/// A session that is taken up again listens without another SUBSCRIBE.
#[tokio::test]
async fn a_device_that_comes_back_to_its_session_listens_again() {
    for v5 in [false, true] {
        let (house, ear) = open(0).await;
        let (mut raw, _) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        raw.nothing_came().await;
        let (mut raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(
            present && ear.listening.lock().unwrap().is_empty(),
            "it has not subscribed"
        );
        raw.send(&subscribe(v5, 1, &["devices/gauge/down"])).await;
        assert_eq!(raw.read().await.0, 0x90);
        let (_raw, present) = Raw::resume(&house, &lasting(v5, "gauge", 60)).await;
        assert!(present);
        assert_eq!(*ear.listening.lock().unwrap(), ["gauge", "gauge"]);
    }
}
