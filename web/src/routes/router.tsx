// The addresses of the console: so far one page, whose state stands in the query.
import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { DutyPage } from "./DutyPage";
import { Gate } from "./Gate";
import { dutySearch } from "./search";

const root = createRootRoute({ component: Gate, notFoundComponent: DutyPage });

export const dutyRoute = createRoute({ getParentRoute: () => root, path: "/", validateSearch: dutySearch, component: DutyPage });

export const router = createRouter({ routeTree: root.addChildren([dutyRoute]), defaultPreload: false });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
