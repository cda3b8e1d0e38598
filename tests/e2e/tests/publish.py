"""Publishes depths with QoS 1 over TLS and prints one line of JSON: the reason codes of the PUBACKs."""

import json
import ssl
import sys

import paho.mqtt.client as mqtt

host, port, version, folder, device, begin, count = sys.argv[1:]
protocol = {"311": mqtt.MQTTv311, "5": mqtt.MQTTv5}[version]
codes = {}
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"paho-{version}", protocol=protocol)
client.tls_set(f"{folder}/ca.crt", f"{folder}/{device}.crt", f"{folder}/{device}.key", tls_version=ssl.PROTOCOL_TLS_CLIENT)
client.on_publish = lambda _client, _data, mid, reason, _properties: codes.__setitem__(mid, reason.value)
client.connect(host, int(port), keepalive=30)
client.loop_start()
messages = []
for n in range(int(count)):
    payload = json.dumps([{"n": "depth", "u": "m", "t": int(begin) + n, "v": 0.1}])
    messages.append(client.publish(f"devices/{device}/up", payload, qos=1))
for message in messages:
    message.wait_for_publish(30)
client.disconnect()
client.loop_stop()
print(json.dumps([codes.get(message.mid) for message in messages]))
