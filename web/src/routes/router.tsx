// The addresses of the console: one route for each room, each loaded when it is first entered. What a room shows stands in the query.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, parseSearchWith, retainSearchParams, stringifySearchWith } from "@tanstack/react-router";
import { part } from "../api/part";
import { Broken } from "./Broken";
import { DutyPage } from "./DutyPage";
import { Gate } from "./Gate";
import { alertsSearch, auditSearch, deviceSearch, devicesSearch, dutySearch, frameSearch, incidentsSearch, mapSearch, packItemSearch, packSearch, peopleSearch, qualitySearch, securitySearch, sqlSearch } from "./search";

// The moment shown and the wall mode go along from room to room.
const root = createRootRoute({ component: Gate, notFoundComponent: DutyPage, validateSearch: frameSearch, search: { middlewares: [retainSearchParams(["t", "wall"])] } });

export const dutyRoute = createRoute({ getParentRoute: () => root, path: "/", validateSearch: dutySearch, component: DutyPage });
const map = createRoute({ getParentRoute: () => root, path: "/map", validateSearch: mapSearch, component: lazyRouteComponent(() => part(() => import("./MapPage")), "MapPage") });
const alerts = createRoute({ getParentRoute: () => root, path: "/alerts", validateSearch: alertsSearch, component: lazyRouteComponent(() => part(() => import("./AlertsPage")), "AlertsPage") });
const incidents = createRoute({ getParentRoute: () => root, path: "/incidents", validateSearch: incidentsSearch, component: lazyRouteComponent(() => part(() => import("./IncidentsPage")), "IncidentsPage") });
const incident = createRoute({ getParentRoute: () => root, path: "/incidents/$id", component: lazyRouteComponent(() => part(() => import("./IncidentPage")), "IncidentPage") });
const devices = createRoute({ getParentRoute: () => root, path: "/devices", validateSearch: devicesSearch, component: lazyRouteComponent(() => part(() => import("./DevicesPage")), "DevicesPage") });
const device = createRoute({ getParentRoute: () => root, path: "/devices/$device", validateSearch: deviceSearch, component: lazyRouteComponent(() => part(() => import("./DevicePage")), "DevicePage") });
const quality = createRoute({ getParentRoute: () => root, path: "/quality", validateSearch: qualitySearch, component: lazyRouteComponent(() => part(() => import("./QualityPage")), "QualityPage") });
const sql = createRoute({ getParentRoute: () => root, path: "/sql", validateSearch: sqlSearch, component: lazyRouteComponent(() => part(() => import("./SqlPage")), "SqlPage") });
const system = createRoute({ getParentRoute: () => root, path: "/system", component: lazyRouteComponent(() => part(() => import("./SystemPage")), "SystemPage") });
const pack = createRoute({ getParentRoute: () => root, path: "/pack", validateSearch: packSearch, component: lazyRouteComponent(() => part(() => import("./PackPage")), "PackPage") });
const packItem = createRoute({ getParentRoute: () => root, path: "/pack/$kind/$id", validateSearch: packItemSearch, component: lazyRouteComponent(() => part(() => import("./PackItemPage")), "PackItemPage") });
const people = createRoute({ getParentRoute: () => root, path: "/people", validateSearch: peopleSearch, component: lazyRouteComponent(() => part(() => import("./PeoplePage")), "PeoplePage") });
// The name of an account may have a dot, and what ends with one is a file to the server.
const person = createRoute({ getParentRoute: () => root, path: "/people/$account/rights", component: lazyRouteComponent(() => part(() => import("./PersonPage")), "PersonPage") });
const audit = createRoute({ getParentRoute: () => root, path: "/audit", validateSearch: auditSearch, component: lazyRouteComponent(() => part(() => import("./AuditPage")), "AuditPage") });
const security = createRoute({ getParentRoute: () => root, path: "/security", validateSearch: securitySearch, component: lazyRouteComponent(() => part(() => import("./SecurityPage")), "SecurityPage") });
const own = createRoute({ getParentRoute: () => root, path: "/account", component: lazyRouteComponent(() => part(() => import("./AccountPage")), "AccountPage") });

export const router = createRouter({
  routeTree: root.addChildren([dutyRoute, map, alerts, incidents, incident, devices, device, quality, sql, system, pack, packItem, people, person, audit, security, own]),
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  // Plain text in the address: "?area=10015" and no JSON.
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith((value) => String(value)),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
