//! Packets of the suites before and behind the relay.

use super::{Login, mounted, to_client};

fn login() -> Login {
    Login::new("u", "pw")
}

#[test]
fn connect_gets_a_credential_and_nothing_else_is_lost() {
    let (mut version, login) = (0, login());
    let plain = b"\0\x04MQTT\x04\x02\0\x05\0\x01c";
    let changed = b"\0\x04MQTT\x04\xc2\0\x05\0\x01c\0\x01u\0\x02pw";
    assert_eq!(login.to_server(&mut version, 0x10, plain), changed);
    assert_eq!(version, 4);

    let with_will = b"\0\x04MQTT\x05\x06\0\x05\x05\x11\0\0\0\x07\0\x01c\x05\x18\0\0\0\x03\0\x01t\0\x01m";
    let changed =
        b"\0\x04MQTT\x05\xc6\0\x05\x07\x17\0\x11\0\0\0\x07\0\x01c\x05\x18\0\0\0\x03\0\x06paho/t\0\x01m\0\x01u\0\x02pw";
    assert_eq!(login.to_server(&mut version, 0x10, with_will), changed);
    assert_eq!(version, 5);
}

#[test]
fn what_cannot_be_read_goes_on_as_it_is() {
    let (mut version, login) = (4, login());
    for (first, body) in [
        (0x10, &b"\0\x02hj\x04\x02\0\0\0\x01c"[..]),
        (0x10, b"\0\x04MQTT\x04\x02\0\0\0\x09c"),
        (0x10, b"\0\x04MQTT\x04\xc2\0\0\0\x01c\0\x01x\0\x01y"),
        (0x30, b"\0\x09a"),
        (0x82, b"\0\x01\0\x01a"),
        (0x40, b"\0\x01"),
        (0xe0, b""),
    ] {
        assert_eq!(login.to_server(&mut version, first, body), body, "{first:#x} {body:?}");
    }
}

#[test]
fn topics_lie_below_the_mount_on_the_way_there_and_not_on_the_way_back() {
    for (topic, on_the_server) in [
        ("TopicA", "paho/TopicA"),
        ("/TopicA", "paho//TopicA"),
        ("#", "paho/#"),
        ("+/+", "paho/+/+"),
        ("$share/name/x", "$share/name/paho/x"),
        ("$TopicA/B", "$TopicA/B"),
        ("test/nosubscribe", "test/nosubscribe"),
        ("", ""),
    ] {
        assert_eq!(mounted(topic.as_bytes()), on_the_server.as_bytes());
    }
    let (mut version, login) = (5, login());
    assert_eq!(
        login.to_server(&mut version, 0x32, b"\0\x01a\0\x07\0x"),
        b"\0\x06paho/a\0\x07\0x"
    );
    assert_eq!(to_client(0x32, b"\0\x06paho/a\0\x07\0x"), b"\0\x01a\0\x07\0x");
    assert_eq!(to_client(0x30, b"\0\0\x03\x23\0\x01x"), b"\0\0\x03\x23\0\x01x");
    let subscribe = b"\0\x01\x02\x0b\x03\0\x01a\x02\0\x01#\x01";
    let changed = b"\0\x01\x02\x0b\x03\0\x06paho/a\x02\0\x06paho/#\x01";
    assert_eq!(login.to_server(&mut version, 0x82, subscribe), changed);
    assert_eq!(
        login.to_server(&mut version, 0xa2, b"\0\x01\0\0\x01a"),
        b"\0\x01\0\0\x06paho/a"
    );
    version = 4;
    assert_eq!(
        login.to_server(&mut version, 0x82, b"\0\x01\0\x01a\x02"),
        b"\0\x01\0\x06paho/a\x02"
    );
}
