// Acts of the duty officer on an alert.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client";
import type { Alert } from "../../api/wire";
import type { Act } from "./may";
import { remember } from "./useAlerts";

/** Sends an act; on success the page takes over the alert as the server now has it. */
export function useAct(act: Act, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: object) => call<Alert | undefined>("POST", `/api/v1/alerts/${encodeURIComponent(id)}/${act}`, body),
    onSuccess: (alert) => {
      if (alert && "version" in alert && "severity" in alert) remember(client, alert);
      else void client.invalidateQueries({ queryKey: ["alerts"] });
      void client.invalidateQueries({ queryKey: ["alert", id] });
    },
  });
}
