// "Why can I not see this?": the answer of the rules in one sentence, what they say, and another post that would allow it.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Dialog } from "../../ui/Dialog";
import { problemWords } from "../../ui/problemWords";
import type { Question } from "../../ui/why";
import { useWords } from "../../ui/words";
import { usePlace } from "./usePlace";
import { useRoles } from "./useRoles";
import { useSessionActs } from "./useSession";
import type { Explanation, Session } from "./wire";

interface Props {
  question: Question;
  session: Session;
  onClose: () => void;
}

export default function WhyDialog({ question, session, onClose }: Props) {
  const { t, pick } = useWords();
  const place = usePlace();
  const { titleOf } = useRoles();
  const { switchPost } = useSessionActs();
  const [error, setError] = useState<unknown>(null);
  const query = useQuery({
    queryKey: ["why", question.action, question.object ?? ""],
    queryFn: ({ signal }) => get<Explanation>("/api/v1/access/explain", { action: question.action, object: question.object }, signal),
    retry: false,
    staleTime: 0,
  });
  const told = query.data;
  const others = session.posts.filter((post) => told?.other_posts.includes(post.number));
  return (
    <Dialog title={t(question.object ? "why.seen" : "why.ask")} onClose={onClose}>
      <div className="why" aria-live="polite">
        {query.isPending ? <p className="quiet">{t("loading")}</p> : null}
        {query.isError ? <p role="alert" className="error">{asProblem(query.error).status === 404 ? t("why.unknown") : problemWords(t, query.error)}</p> : null}
        {told ? (
          <>
            <p className={told.allowed ? "note" : "error"}>{pick(told.text, told.action)}</p>
            {told.allowed ? <p>{t("why.allowed")}</p> : null}
            {told.rules.length > 0 ? <><h3 className="sub">{t("why.rules")}</h3><ul className="why-rules">{told.rules.map((rule) => <li key={rule.rule}>{pick(rule.text, rule.rule)} <code className="quiet">{rule.rule}</code></li>)}</ul></> : null}
            {told.allowed || told.roles.length === 0 ? null : <><h3 className="sub">{t("why.roles")}</h3><p>{told.roles.map(titleOf).join(", ")}</p></>}
            {others.length > 0 ? <h3 className="sub">{t("why.otherPost")}</h3> : null}
            <div className="why-posts">{others.map((post) => <Button key={post.number} type="button" variant="default" onClick={() => void switchPost(post.number).then(onClose, setError)}>{t("why.switch", { post: `${post.roles.map((role) => pick(role.title, role.code)).join(", ")} · ${place(post)}` })}</Button>)}</div>
            {error ? <p role="alert" className="error">{problemWords(t, error)}</p> : null}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
