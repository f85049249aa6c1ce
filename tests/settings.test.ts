import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { envExample, withSettingsTable } from '../scripts/document-settings.ts';
import { settings } from '../src/platform/config/env.ts';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

it('documents every setting in .env.example, at its default', async () => {
  expect(await read('.env.example')).toBe(envExample());
});

it("documents every setting in the README's table", async () => {
  const readme = await read('README.md');
  expect(readme).toBe(withSettingsTable(readme));
});

it('says of every setting what it means', () => {
  for (const [name, { description }] of Object.entries(settings)) {
    expect(description, name).toMatch(/^[A-Z`].{10,}$/);
  }
});
