/** Returns `text` with each `{name}` replaced by the value of that name. */
export function formatMessage(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_placeholder, name: string) => String(values[name]));
}
