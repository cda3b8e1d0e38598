// An act without fields that is asked once more: what happens, and to whom.
import type { QueryKey } from "@tanstack/react-query";
import { ActForm } from "../../ui/ActForm";
import { useAct } from "./act";

interface Props<Answer> {
  title: string;
  what: string;
  about: string;
  method: "POST" | "PUT" | "DELETE";
  path: string;
  body?: object;
  again: readonly QueryKey[];
  onClose: () => void;
  onDone?: (answer: Answer) => void;
}

export function Confirm<Answer = unknown>({ title, what, about, method, path, body, again, onClose, onDone = onClose }: Props<Answer>) {
  const send = useAct<Answer>(method, path, again);
  return <ActForm title={title} what={what} about={<p>{about}</p>} send={send} body={() => body} onClose={onClose} onDone={onDone} />;
}
