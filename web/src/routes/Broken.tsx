// What stands in a room that broke: in words, with the way on. Header and rail stay where they are.
import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useWords } from "../ui/words";

export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useWords();
  return (
    <main className="door">
      <div className="door-card" role="alert">
        <h2>{t("broken.title")}</h2>
        <p>{t("broken.about")}</p>
        <p lang="en"><code>{error instanceof Error ? error.message : String(error)}</code></p>
        <Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>
        <Button variant="default" onClick={reset}>{t("again")}</Button>
      </div>
    </main>
  );
}
