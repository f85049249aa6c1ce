import { z } from 'zod';
import type { Secrets } from '../crypto/derive-keys.ts';

const UNITS = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 } as const;

/** The parsed values of a group of settings. */
export type SettingValues<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/** A whole number between two limits, both included. */
export const wholeNumber = (minimum: number, maximum: number) =>
  z.coerce.number().int().min(minimum).max(maximum);

/** A TCP port; 0 selects a free port. */
export const port = wholeNumber(0, 65_535);

/** `true` or `false`, also as `1`/`0`, `yes`/`no`, `on`/`off`. */
export const flag = z.stringbool();

/** A size such as `1048576`, `512KiB`, `100MiB` or `1GiB`, as a number of bytes. */
export const bytes = z.string().transform((text, context) => {
  const [, amount, unit = 'b'] = /^(\d+)\s*(b|kib|mib|gib)?$/i.exec(text.trim()) ?? [];
  const scale = UNITS[unit.toLowerCase() as keyof typeof UNITS];
  const size = Number(amount) * scale;
  if (!Number.isSafeInteger(size) || size <= 0) {
    context.addIssue('must be a size such as 1048576, 512KiB, 100MiB or 1GiB');
    return z.NEVER;
  }
  return size;
});

/** One or more PEM certificates; `\\n` may stand for a line break, as in `.env` files. */
export const pem = z
  .string()
  .transform(text => text.replaceAll('\\n', '\n'))
  .refine(text => /^-----BEGIN CERTIFICATE-----$/m.test(text), 'must contain a PEM certificate');

/** An ISO 8601 instant with an offset, as a Date. */
export const instant = z.iso.datetime({ offset: true }).transform(text => new Date(text));

/** Comma-separated browser origins, each scheme, host and port only. */
export const httpOrigins = z.string().transform((list, context) =>
  list.split(',').flatMap(entry => {
    const text = entry.trim();
    if (text === '') return [];
    if (URL.canParse(text) && new URL(text).origin === text) return [text];
    context.addIssue(`${text} is not an origin such as https://anb.example`);
    return [];
  }),
);

/** Characters that 256 bits need in base64. */
const BASE64_SECRET_CHARACTERS = 43;
const HEX_SECRET_CHARACTERS = 64;

/** Comma-separated secrets of at least 256 bits each, as estimated from length and variety of characters. */
export const secrets = z.string().transform((list, context): Secrets => {
  const values = list.split(',').flatMap(entry => entry.trim() || []);
  for (const secret of values) {
    const minimum = /^[\da-f]+$/i.test(secret) ? HEX_SECRET_CHARACTERS : BASE64_SECRET_CHARACTERS;
    if (secret.length < minimum || new Set(secret).size < 10) {
      context.addIssue('needs 256 random bits: 43 characters of base64, or 64 of hexadecimal');
    }
  }
  const [first, ...others] = values;
  if (first !== undefined) return [first, ...others] satisfies Secrets;
  context.addIssue('must contain at least one secret');
  return z.NEVER;
});
