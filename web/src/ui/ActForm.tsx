// The frame of every dialog that sends something: what it is about, the fields, the error, the two buttons.
import { Button } from "@mantine/core";
import type { KeyboardEvent, ReactNode } from "react";
import { Dialog } from "./Dialog";
import { Trouble } from "./Trouble";
import { useWords } from "./words";

/** What sends it; a mutation of react-query is one. */
interface Sending<Body, Answer> {
  mutate: (body: Body, then: { onSuccess: (answer: Answer) => void }) => void;
  isPending: boolean;
  isError: boolean;
  error: unknown;
}

interface Props<Body, Answer> {
  title: string;
  /** The word on the button that sends. */
  what: string;
  about: ReactNode;
  send: Sending<Body, Answer>;
  /** What to send, or null while the fields are not yet right. */
  body: () => Body | null;
  /** The error in words, where more is known of it than what every error says. */
  explain?: (error: unknown) => ReactNode;
  onClose: () => void;
  /** What comes after success; else the dialog closes. */
  onDone?: (answer: Answer) => void;
  /** Further ways out, before the two buttons. */
  ways?: ReactNode;
  children?: ReactNode;
}

/** A text of several lines goes off with Ctrl+Enter, as everywhere; the key does nothing else then, so that it goes off once. */
function sendByKey(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
  event.preventDefault();
  // A key that is still held from opening the dialog sends nothing.
  if (!event.repeat) event.currentTarget.requestSubmit();
}

export function ActForm<Body, Answer>({ title, what, about, send, body, explain, onClose, onDone = onClose, ways, children }: Props<Body, Answer>) {
  const { t } = useWords();
  const told = send.isError ? explain?.(send.error) : null;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const sent = body();
          if (sent !== null && !send.isPending) send.mutate(sent, { onSuccess: onDone });
        }}
        onKeyDown={sendByKey}
      >
        {about}
        {children}
        {told ? <div role="alert" className="error">{told}</div> : send.isError ? <Trouble error={send.error} /> : null}
        <footer className="dialog-foot">
          {ways}
          <Button type="button" variant="default" onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" aria-keyshortcuts="Control+Enter" loading={send.isPending}>{what}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
