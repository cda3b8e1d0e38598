"""Speaks QoS 0, 1 and 2 both ways, leaves, comes back to its session, and prints one line of JSON of what it saw."""

import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

transport, port, version = sys.argv[1:]
v5 = version == "5"
patience = 20
seen = {"codes": [], "heard": [], "present": []}


def properties(kind, **values):
    if not v5:
        return None
    made = Properties(kind)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def run(talk):
    kept = {} if v5 else {"clean_session": False}
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=f"paho-{transport}-{version}",
        protocol=mqtt.MQTTv5 if v5 else mqtt.MQTTv311,
        transport=transport,
        **kept,
    )
    client.username_pw_set("gauge", "token-gauge")
    if transport == "websockets":
        client.ws_set_options(path="/mqtt")
    connected, subscribed, heard = threading.Event(), threading.Event(), threading.Semaphore(0)
    codes = {}

    def on_connect(_client, _data, flags, _reason, _properties):
        seen["present"].append(flags.session_present)
        connected.set()

    def on_message(_client, _data, message):
        known = message.properties.json() if v5 else {}
        seen["heard"].append([message.qos, message.payload.decode(), known.get("ContentType"), known.get("UserProperty")])
        heard.release()

    client.on_connect = on_connect
    client.on_message = on_message
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_publish = lambda _client, _data, mid, reason, _properties: codes.__setitem__(mid, reason.value)
    arguments = {"clean_start": False, "properties": properties(PacketTypes.CONNECT, SessionExpiryInterval=60, TopicAliasMaximum=5)} if v5 else {}
    client.connect("127.0.0.1", int(port), keepalive=30, **arguments)
    client.loop_start()
    assert connected.wait(patience), "no CONNACK"
    talk(client, subscribed, heard, codes)
    client.disconnect()
    client.loop_stop()


def publish(client, codes, topic, payload, qos, **values):
    message = client.publish(topic, payload, qos=qos, properties=properties(PacketTypes.PUBLISH, **values))
    message.wait_for_publish(patience)
    assert message.is_published(), f"{topic}: QoS {qos} is not done"
    seen["codes"].append(codes.get(message.mid))


def first(client, subscribed, heard, codes):
    client.subscribe("fleet/#", qos=2)
    assert subscribed.wait(patience), "no SUBACK"
    for qos in range(3):
        publish(client, codes, "devices/gauge/up", f"level value={qos}", qos)
    if v5:
        # the alias is set, then used
        publish(client, codes, "devices/gauge/up", "level value=7", 2, TopicAlias=3)
        publish(client, codes, "", "level value=8", 2, TopicAlias=3)
    for qos in range(3):
        publish(client, codes, "fleet/a", str(qos), qos, ContentType="text/plain", UserProperty=("k", "v"))
        assert heard.acquire(timeout=patience), f"QoS {qos} did not come"


def second(client, _subscribed, heard, codes):
    publish(client, codes, "fleet/a", "still subscribed", 2)
    assert heard.acquire(timeout=patience), "the subscription is gone"


run(first)
run(second)
print(json.dumps(seen))
