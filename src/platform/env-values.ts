import { z } from 'zod';

const UNITS = { b: 1, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 } as const;

/** A whole number between two limits, both included. */
export const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** A TCP port; 0 asks the system for a free one. */
export const port = whole(0, 65_535);

/** `true` or `false`, also as `1`/`0`, `yes`/`no`, `on`/`off`. */
export const flag = z.stringbool();

/** A size as `1048576`, `512KiB`, `100MiB` or `1GiB`; a number of bytes. */
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
