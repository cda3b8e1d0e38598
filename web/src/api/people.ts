// Names of people. The API gives ids; the page knows the name of who is signed in, and shortens the others.
let me: { person: string; name: string } | null = null;

/** Told at sign-in and sign-out. */
export function iAm(person: { person: string; name: string } | null): void {
  me = person;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-([0-9a-f]{12})$/i;

/** The name of the signed-in person for their own id, "#1a2b3c" for another's id, anything else (a name, a service) as it is. */
export function nameOf(by: string): string {
  const id = by.replace(/^person:/, "");
  if (me !== null && id === me.person) return me.name;
  const tail = UUID.exec(id)?.[1];
  return tail === undefined ? by : `#${tail.slice(-6)}`;
}
