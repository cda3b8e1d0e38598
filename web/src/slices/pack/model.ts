// The nouns of the city pack, as contracts/openapi.json has them under shorter names.
import type { components } from "../../api/schema";

type Schemas = components["schemas"];

export type Kind = Schemas["PackKind"];
export type State = Schemas["PackItemState"];
/** A file of the pack, as a list shows it. */
export type Item = Schemas["PackItem"];
/** The same with its texts and versions. */
export type Whole = Schemas["PackItemWhole"];
export type Version = Schemas["PackVersion"];
export type List = Schemas["PackItemList"];
/** What became of a change. */
export type Outcome = Schemas["PackOutcome"];

/** In the order of the server's list. */
export const kinds: readonly Kind[] = ["rule", "profile", "standard", "indicator", "orgs", "areas", "cells", "devices", "storm"];
/** A pack has only one of each of these; its id is the word of the kind. */
export const singles: readonly Kind[] = ["orgs", "areas", "cells"];
/** What asks for a look comes first. */
export const states: readonly State[] = ["conflict", "overlay", "base", "absent"];
