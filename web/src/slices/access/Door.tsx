// The quiet page around sign-in and the change of the first password.
import type { FormEvent, ReactNode } from "react";
import mark from "../../ui/mark.svg";
import { LanguageSwitch } from "../../ui/LanguageSwitch";
import { useWords } from "../../ui/words";

export function Door({ title, about, onSubmit, children }: { title: string; about?: string; onSubmit: (event: FormEvent<HTMLFormElement>) => void; children: ReactNode }) {
  const { t } = useWords();
  return (
    <main className="door">
      <form className="door-card" aria-label={title} noValidate onSubmit={onSubmit}>
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
      </form>
    </main>
  );
}
