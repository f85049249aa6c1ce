import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { configurationPage, envExample } from '../scripts/document-settings.ts';
import { settings } from '../src/env.ts';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

it('.env.example has every setting with its default', async () => {
  expect(await read('.env.example')).toBe(envExample());
});

it('docs/configuration.md has every setting with its default and description', async () => {
  const page = await read('docs/configuration.md');
  expect(page).toBe(configurationPage());
  for (const name of Object.keys(settings)) expect(page).toContain(`| \`${name}\` |`);
});

it('every setting has a description', () => {
  for (const [name, { description }] of Object.entries(settings)) {
    expect(description, name).toMatch(/^[A-Z`].{10,}$/);
  }
});
