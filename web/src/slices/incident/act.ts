// Acts of the duty officer on incidents.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client";
import type { Incident } from "../../api/wire";
import { useKeyOf } from "../../ui/useKeyOf";
import type { Act } from "./may";

/** Sends an act; on success the page takes over the incident as the server now has it. */
export function useAct(act: Act, incident: Incident) {
  const client = useQueryClient();
  // what stood there when the dialog opened: the page goes on meanwhile, and nobody closes unseen what was closed
  const [judged] = useState(incident.version);
  const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}`;
  return useMutation({
    mutationFn: (body: object) => call<Incident>("POST", `${path}/${act}`, body, undefined, undefined, act === "close" ? { "if-match": `"${judged}"` } : {}),
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
  const keyOf = useKeyOf();
  return useMutation({
    mutationFn: (body: object) => call<Incident>("POST", "/api/v1/incidents", body, undefined, undefined, { "idempotency-key": keyOf(body) }),
    onSuccess: () => {
      for (const key of ["incidents", "incident-of"]) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}
