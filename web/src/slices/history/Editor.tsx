// The field of a query: plain text with numbered lines; the line at fault is marked, and one key runs it.
import { type KeyboardEvent, useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { useWords } from "../../ui/words";
import { type FaultPlace, offsetOf } from "./fault";

export interface Pen {
  /** Puts text where the caret is. */
  insert: (text: string) => void;
  focus: () => void;
}

interface Props {
  ref: Ref<Pen>;
  text: string;
  onText: (text: string) => void;
  onRun: () => void;
  fault: FaultPlace | null;
}

export function Editor({ ref, text, onText, onRun, fault }: Props) {
  const { t } = useWords();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  useImperativeHandle(ref, () => ({
    insert: (more) => {
      const field = area.current;
      if (!field) return;
      field.setRangeText(more, field.selectionStart, field.selectionEnd, "end");
      onText(field.value);
      field.focus();
    },
    focus: () => area.current?.focus(),
  }), [onText]);
  useEffect(() => {
    const field = area.current;
    if (!fault || !field) return;
    const at = offsetOf(field.value, fault);
    field.focus();
    field.setSelectionRange(at, Math.min(field.value.length, at + 1));
  }, [fault]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onRun();
    }
    if (event.key === "Escape") area.current?.blur();
  };
  const lines = text.split("\n").length;
  return (
    <div className="editor" data-fault={fault !== null}>
      <div ref={gutter} className="gutter" aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => <span key={at} data-fault={fault?.line === at + 1}>{at + 1}</span>)}
      </div>
      <textarea
        ref={area}
        aria-label={t("sql.editor")}
        aria-keyshortcuts="Control+Enter"
        aria-invalid={fault !== null}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={press}
        onScroll={(event) => gutter.current && (gutter.current.scrollTop = event.currentTarget.scrollTop)}
      />
    </div>
  );
}
