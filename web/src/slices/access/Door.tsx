// The quiet page around sign-in, the change of the first password, the second factor and the choice of a post.
import type { FormEvent, ReactNode } from "react";
import mark from "../../ui/mark.svg";
import { LanguageSwitch } from "../../ui/LanguageSwitch";
import { useWords } from "../../ui/words";

interface Props {
  title: string;
  about?: string;
  /** Without it what stands here is no form. */
  onSubmit?: (event: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

export function Door({ title, about, onSubmit, children }: Props) {
  const { t } = useWords();
  const inside = (
    <>
      <header>
        <img src={mark} alt="" width={40} height={40} />
        <div>
          <p className="brand">HaNoi IOC</p>
          <p className="quiet">{t("brand")}</p>
        </div>
        <LanguageSwitch />
      </header>
      <h1>{title}</h1>
      {about ? <p className="quiet">{about}</p> : null}
      {children}
    </>
  );
  return <main className="door">{onSubmit ? <form className="door-card" aria-label={title} noValidate onSubmit={onSubmit}>{inside}</form> : <div className="door-card">{inside}</div>}</main>;
}
