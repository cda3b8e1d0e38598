// The inventory: devices, accounts, links, APIs, stores and dashboards, each with its owner and its last review.
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useOrgs } from "../slices/access/useOrgs";
import { ReviewDialog } from "../slices/security/dialogs";
import { ObjectPanel } from "../slices/security/panels";
import { ObjectRow } from "../slices/security/rows";
import { objectKey, siftObjects } from "../slices/security/sieve";
import { useObjects } from "../slices/security/useSecurity";
import { type InventoryObject, kinds } from "../slices/security/wire";
import { useMay } from "../ui/may";
import { useTime } from "../ui/moment";
import { useWords } from "../ui/words";
import { GroupChips, type PartProps, SecurityShelf } from "./SecurityShelf";
import { useSecurityNames } from "./useSecurityNames";

const none: never[] = [];

/** Where the thing itself is shown; its name where one may not go there. */
export function ObjectWay({ kind, id, words = id }: { kind: string; id: string; words?: string }) {
  const may = useMay();
  if (kind === "device" && may("device.read")) return <Link to="/devices/$device" params={{ device: id } as never}>{words}</Link>;
  if (kind === "account" && may("person.read")) return <Link to="/people/$account/rights" params={{ account: id } as never}>{words}</Link>;
  return <>{words === id ? id : null}</>;
}

export function SecurityObjects({ search, go }: PartProps) {
  const { t, pick, language } = useWords();
  const may = useMay();
  const { past } = useTime();
  const { orgs, orgName } = useOrgs();
  const actorName = useSecurityNames();
  const kind = kinds.find((each) => each === search.kind);
  const fresh = search.state === "new";
  const query = useObjects(kind);
  const [reviewing, setReviewing] = useState<InventoryObject | null>(null);
  const q = useDeferredValue(search.q);
  const text = (object: InventoryObject) => `${object.id} ${object.title.vi} ${object.title.en} ${object.owner ? orgName(object.owner) : ""} ${Object.values(object.detail).join(" ")}`;
  const sifted = useMemo(() => siftObjects(query.data?.items ?? none, text, { ...(q ? { q } : {}), ...(kind ? { kind } : {}), fresh }), [query.data, q, kind, fresh, orgName, language]);
  const filter = (
    <>
      <GroupChips label={t("security.kinds")} all={kinds} words={(each) => t(`security.kind.${each}`)} counts={sifted.counts} chosen={kind} onChoose={(each) => go({ kind: each })} />
      <button type="button" className="chip" aria-pressed={fresh} onClick={() => go({ state: fresh ? undefined : "new" })}>{t("security.neverReviewed")}</button>
    </>
  );
  return (
    <>
      <SecurityShelf
        search={search}
        go={go}
        query={query}
        items={sifted.items}
        keyOf={objectKey}
        row={(object) => <ObjectRow object={object} orgName={orgName} actorName={actorName} />}
        filter={filter}
        none="security.noneSuch"
        detail={(object, close) => (
          <ObjectPanel
            object={object}
            orgName={orgName}
            actorName={actorName}
            onClose={close}
            acts={past ? <p className="quiet">{t("whyNot.past")}</p> : may("security.review") ? <Button type="button" size="sm" onClick={() => setReviewing(object)}>{t("security.review")}</Button> : null}
            ways={<p className="more-link"><ObjectWay kind={object.kind} id={object.id} words={t("security.openPage", { object: pick(object.title, object.id) })} /></p>}
          />
        )}
      />
      {reviewing ? <ReviewDialog object={reviewing} orgs={orgs} onClose={() => setReviewing(null)} /> : null}
    </>
  );
}
