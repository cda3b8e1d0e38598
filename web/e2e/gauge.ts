// A flood gauge of a test's own, with a token: what it says is what the test wants, and no simulator speaks against it.
import { type APIRequestContext, expect } from "@playwright/test";

let made = 0;

export interface Gauge {
  id: string;
  /** Its name in Vietnamese; no other device bears it. */
  name: string;
  /** Reports a depth in metres, so many seconds before now; returns when the server has it durably. */
  says: (metres: number, secondsAgo?: number) => Promise<void>;
}

/** Registers a gauge, in Phường Hoàn Kiếm unless another ward is named, and lets it report dry ground. `request` is signed in as an administrator. */
export async function gauge(request: APIRequestContext, title: string, area = "00070"): Promise<Gauge> {
  made += 1;
  const id = `e2e-${Date.now().toString(36)}-${made}`;
  const name = `${title} ${id}`;
  const answer = await request.post("/api/v1/devices", {
    data: { id, profile: "flood-gauge", org: "so-xay-dung", title: { vi: name, en: `Gauge ${id}` }, areas: [area], place: { lon: 105.8527, lat: 21.0287 } },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const { token } = (await (await request.post(`/api/v1/devices/${id}/token`)).json()) as { token: string };
  const says = async (metres: number, secondsAgo = 0) => {
    const sent = await request.post("/api/v1/observations", {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/senml+json" },
      data: JSON.stringify([{ n: "depth", u: "m", v: metres, t: -secondsAgo }]),
    });
    expect(sent.status(), await sent.text()).toBe(200);
    expect(await sent.json()).toMatchObject({ accepted: 1, rejected: 0 });
  };
  await says(0, 300);
  return { id, name, says };
}
