// Fails when the project uses a word that plain English avoids, and prints the lines. It reads the code, whose
// strings are descriptions, messages, log lines and output, with its comments; the alerts and settings of
// deploy/; and all documents that quote no older text.

import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const FILES = [
  '{src,server,worker,scripts,bench,chaos}/**/*.{ts,mjs,lua}',
  'schema/{*.ts,schema.graphql}',
  'infra/{*,*/*}.{ts,mjs,sh,conf}',
  'deploy/**/*.{conf,yml,sh}',
  '{docker-compose.yml,Dockerfile,.env.example}',
  '{README,CONTRIBUTING,SECURITY}.md',
  'docs/{*,clients/*,decisions/*}.md',
];
/** Files that quote log lines of older releases, titles of tests, or the words below. */
const QUOTING = ['docs/operations.md', 'docs/reliability.md', relative(ROOT, import.meta.filename)];

const AVOIDED = new RegExp(
  `\\b(?:${[
    // The name of an account stands in quotes.
    "whoever|whatever|whichever|whom|somebody|(?<!')nobody|anybody|everybody|told|tells?|of late|anew|deeds?",
    'mend|mends|mended|holds good|goes by|is at it|is away|are away|fell silent|given up|gave up|lest|thereof',
    'an own|no text',
  ].join('|')})\\b`,
  'gi',
);

for (const file of globSync(FILES, { cwd: ROOT })) {
  if (QUOTING.includes(file)) continue;
  for (const [index, line] of readFileSync(join(ROOT, file), 'utf8').split('\n').entries()) {
    const words = line.match(AVOIDED);
    if (!words) continue;
    console.log(`${file}:${index + 1}: ${words.join(', ')}: ${line.trim()}`);
    process.exitCode = 1;
  }
}
