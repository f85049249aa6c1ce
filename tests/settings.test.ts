import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { envExample, withSettingsTable } from '../scripts/document-settings.ts';
import { settings } from '../src/platform/config/env.ts';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

it('.env.example has every setting with its default', async () => {
  expect(await read('.env.example')).toBe(envExample());
});

it('the table of settings has every setting', async () => {
  const readme = await read('README.md');
  expect(readme).toBe(withSettingsTable(readme));
});

it('every setting has a description', () => {
  for (const [name, { description }] of Object.entries(settings)) {
    expect(description, name).toMatch(/^[A-Z`].{10,}$/);
  }
});
