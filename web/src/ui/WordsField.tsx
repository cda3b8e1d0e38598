// A field of words whose text goes to the address a moment after the last key, so that typing is never held up.
import { useEffect, useRef, useState } from "react";

const REST = 180;

interface Props {
  id: string;
  label: string;
  stroke?: string;
  value: string;
  onValue: (text: string) => void;
}

export function WordsField({ id, label, stroke, value, onValue }: Props) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const tell = useRef(onValue);
  useEffect(() => {
    tell.current = onValue;
  });
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      tell.current(text);
    }, REST);
    return () => clearTimeout(timer);
  }, [text]);
  return <input id={id} type="search" className="grow" aria-label={label} aria-keyshortcuts={stroke} placeholder={label} autoComplete="off" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />;
}
