// Acts of the duty officer on incidents.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { call } from "../../api/client";
import type { Incident } from "../../api/wire";
import type { Act } from "./may";

/** Sends an act; on success the page takes over the incident as the server now has it. */
export function useAct(act: Act, incident: Incident) {
  const client = useQueryClient();
  const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}`;
  return useMutation({
    mutationFn: (body: object) => call<Incident>("POST", `${path}/${act}`, body, undefined, undefined, act === "close" ? { "if-match": `"${incident.version}"` } : {}),
    onSuccess: (answer) => {
      client.setQueryData(["incident", incident.id], answer);
      void client.invalidateQueries({ queryKey: ["incidents"] });
      void client.invalidateQueries({ queryKey: ["incident-of"] });
    },
    // whoever was slower sees what the faster one did
    onError: () => client.invalidateQueries({ queryKey: ["incident", incident.id] }),
  });
}

/** Opens an incident. Asking twice opens once: the key belongs to this dialog and this content. */
export function useOpen() {
  const client = useQueryClient();
  const keys = useRef(new Map<string, string>());
  return useMutation({
    mutationFn: (body: object) => {
      const content = JSON.stringify(body);
      const key = keys.current.get(content) ?? crypto.randomUUID();
      keys.current.set(content, key);
      return call<Incident>("POST", "/api/v1/incidents", body, undefined, undefined, { "idempotency-key": key });
    },
    onSuccess: () => {
      for (const key of ["incidents", "incident-of"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
