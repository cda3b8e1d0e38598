// A dialog of the browser's own: it keeps the focus inside, closes with Escape and gives the focus back.
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useWords } from "./words";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useWords();
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("input, textarea, footer button[type=submit]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={box} aria-labelledby={id} className="dialog" onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon-button" aria-label={t("close")} onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}
