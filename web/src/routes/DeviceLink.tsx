// From the panel of a device to its page, with charts and commands.
import { Link } from "@tanstack/react-router";
import { useWords } from "../ui/words";

export function DeviceLink({ id }: { id: string }) {
  const { t } = useWords();
  return <p className="more-link"><Link to="/devices/$device" params={{ device: id }}>{t("device.openPage")}</Link></p>;
}
