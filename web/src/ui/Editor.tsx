// A field of text with numbered lines, such as a query or a file: the lines at fault are marked, and one key sends it.
import { type KeyboardEvent, useEffect, useImperativeHandle, useRef, type Ref } from "react";
import { type Caret, offsetOf } from "../lib/caret";

export interface Pen {
  /** Puts text where the caret is. */
  insert: (text: string) => void;
  focus: () => void;
}

interface Props {
  ref?: Ref<Pen>;
  label: string;
  text: string;
  onText: (text: string) => void;
  onRun: () => void;
  /** Where the caret goes as soon as it is told. */
  fault: Caret | null;
  /** Further lines at fault. */
  marked?: ReadonlySet<number>;
}

const none: ReadonlySet<number> = new Set();

export function Editor({ ref, label, text, onText, onRun, fault, marked = none }: Props) {
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
    // A caret alone does not bring its line into sight.
    field.scrollTop = (field.scrollHeight / field.value.split("\n").length) * (fault.line - 4);
  }, [fault]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // The page may have the same key for when the field is not in use; it goes off once.
      event.stopPropagation();
      onRun();
    }
    if (event.key === "Escape") area.current?.blur();
  };
  const lines = text.split("\n").length;
  return (
    <div className="editor" data-fault={fault !== null}>
      <div ref={gutter} className="gutter" aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => <span key={at} data-fault={fault?.line === at + 1 || marked.has(at + 1)}>{at + 1}</span>)}
      </div>
      <textarea
        ref={area}
        aria-label={label}
        aria-keyshortcuts="Control+Enter"
        aria-invalid={fault !== null || marked.size > 0}
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
