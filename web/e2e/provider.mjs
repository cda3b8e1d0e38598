// A provider of sign-ins on this machine: the certified oidc-provider, with keys made at each start and anybody's name taken
// without a real password. `node provider.mjs PORT CLIENT SECRET BACK` prints its issuer when it is ready.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import * as oidc from "oidc-provider";

const [port, client, secret, back] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomUUID() };

const Provider = oidc.Provider ?? oidc.default;
const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [back], response_types: ["code"], grant_types: ["authorization_code"] }],
  jwks: { keys: [key] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  cookies: { keys: [randomUUID()] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log(issuer));
