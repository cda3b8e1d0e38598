// The air of a ward in one line: index, level in words, what makes it so.
import { asProblem } from "../../api/problem";
import { moment } from "../../lib/age";
import { figure } from "../../lib/figure";
import { useShownNow } from "../../ui/clock";
import { problemWords } from "../../ui/problemWords";
import { useWords } from "../../ui/words";
import { useAqi } from "./useAqi";

export function AqiLine({ area }: { area: string }) {
  const { t, language, pick } = useWords();
  const now = useShownNow();
  const query = useAqi(area);
  const aqi = query.data?.items[0];
  const words = query.isPending
    ? t("loading")
    : query.isError
      ? asProblem(query.error).status === 404 ? t("aqi.missing") : problemWords(t, query.error)
      : aqi?.index == null
        ? t("aqi.none")
        : `${figure(aqi.index, language)} · ${pick(aqi.level?.title, aqi.level?.code ?? "")}${aqi.main ? ` · ${aqi.main}` : ""} · ${moment(Date.parse(aqi.hour), now)}${aqi.assumed ? ` · ${t("figure.assumed")}` : ""}`;
  return <div><dt>VN_AQI</dt><dd>{words}</dd></div>;
}
