/** Replaces each `{name}` in `text` with the value of that name. */
export function fillIn(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_placeholder, name: string) => String(values[name]));
}
