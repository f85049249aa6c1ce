// Fails when a text for clients or operators uses a word that plain English avoids, and prints the texts:
// descriptions of the GraphQL schema, settings and metrics, error messages, log lines, the output of commands,
// alerts, and the documents that quote no older text.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, visit } from 'graphql';
import { settings } from '../../src/env.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCHEMA = 'schema/schema.graphql';
const SETTINGS = 'src/env.ts';
const MESSAGE_FILES = ['schema/messages.ts', 'schema/graphql-errors.ts'];
const PRODUCT_FILES = ['src/**/*.ts', 'server/**/*.ts', 'worker/**/*.ts'];
const COMMAND_FILES = ['scripts/**/*.{ts,mjs}', 'chaos/*.ts', 'bench/**/*.ts'];
// docs/operations.md quotes the log lines of older releases, and docs/reliability.md quotes test titles.
const PROSE_FILES = [
  'deploy/prometheus/rules.yml',
  '{README,CONTRIBUTING,SECURITY}.md',
  'docs/{architecture,aws,configuration,glossary,object-storage}.md',
  'docs/clients/*.md',
];

const AVOIDED = new RegExp(
  `\\b(?:${[
    'whoever|whatever|whichever|whose|whom|somebody|nobody|anybody|everybody|told|tells?|of late|anew|deeds?',
    'mend|mends|mended|holds good|goes by|is at it|is away|are away|fell silent|given up|gave up|lest|thereof',
    'an own|no text',
  ].join('|')})\\b`,
  'gi',
);
const LOG_CALL = /\blog(?:ger)?\??\.(?:trace|debug|info|warn|error|fatal)(?=\()/g;
const OUTPUT_CALL = /\bconsole\.(?:log|warn|error)(?=\()/g;
const ERROR = /\bnew \w*Error(?=\()/g;
const LITERAL = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const LITERAL_OR_PARENTHESIS = new RegExp(`${LITERAL.source}|[()]`, 'g');
const METRIC_HELP = new RegExp(`\\bhelp:\\s*(?:${LITERAL.source})`, 'g');

interface Text {
  file: string;
  line?: number;
  text: string;
}

const texts = [
  ...readDescriptions(),
  ...readSettings(),
  ...MESSAGE_FILES.flatMap(file => readMatches(file, LITERAL)),
  ...findFiles(PRODUCT_FILES).flatMap(file => [
    ...readCalls(file, LOG_CALL),
    ...readMatches(file, METRIC_HELP),
  ]),
  ...findFiles(COMMAND_FILES).flatMap(file => readCalls(file, OUTPUT_CALL)),
  ...findFiles([...PRODUCT_FILES, ...COMMAND_FILES]).flatMap(file => readCalls(file, ERROR)),
  ...findFiles(PROSE_FILES).flatMap(file => readMatches(file, /.+/g)),
];
for (const { file, line, text } of texts) {
  const words = text.match(AVOIDED);
  if (!words) continue;
  console.log(`${line === undefined ? file : `${file}:${line}`}: ${words.join(', ')}: ${text}`);
  process.exitCode = 1;
}

function readDescriptions(): Text[] {
  const found: Text[] = [];
  visit(parse(read(SCHEMA)), {
    StringValue: ({ value, loc }) => {
      found.push({ file: SCHEMA, line: loc?.startToken.line ?? 0, text: value });
    },
  });
  return found;
}

function readSettings(): Text[] {
  return Object.entries(settings).map(([name, { description = '' }]) => ({
    file: SETTINGS,
    text: `${name}: ${description}`,
  }));
}

function readMatches(file: string, pattern: RegExp): Text[] {
  const source = read(file);
  return [...source.matchAll(pattern)].map(({ 0: text, index }) => ({
    file,
    line: toLine(source, index),
    text,
  }));
}

/** Returns the string literals in the arguments of the calls that match a pattern. */
function readCalls(file: string, pattern: RegExp): Text[] {
  const source = read(file);
  return [...source.matchAll(pattern)].flatMap(call => {
    const line = toLine(source, call.index);
    return readLiterals(source, call.index + call[0].length).map(text => ({ file, line, text }));
  });
}

/** Returns the string literals of the call whose arguments start at an index. */
function readLiterals(source: string, start: number): string[] {
  const literals: string[] = [];
  let depth = 0;
  for (const { 0: token } of source.slice(start).matchAll(LITERAL_OR_PARENTHESIS)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else literals.push(token);
    if (depth === 0) break;
  }
  return literals;
}

function findFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap(pattern => globSync(pattern, { cwd: ROOT }));
}

function toLine(source: string, index: number): number {
  return source.slice(0, index).split('\n').length;
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
