// The code that an authenticator app shows (RFC 6238: HMAC-SHA-1, 30 seconds, 6 digits).
import { createHmac } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function bytesOf(base32: string): Buffer {
  let held = 0;
  let bits = 0;
  const bytes: number[] = [];
  for (const letter of base32.replace(/\s+/g, "")) {
    held = (held << 5) | LETTERS.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
      held &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}

/** The code `ahead` steps from now; each step counts once only. */
export function codeOf(secret: string, ahead = 0): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const tag = createHmac("sha1", bytesOf(secret)).update(step).digest();
  const at = (tag.at(-1) ?? 0) & 0x0f;
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
