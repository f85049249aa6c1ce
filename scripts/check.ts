import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '..');
const CODE = [
  'src',
  'server',
  'schema',
  'worker',
  'tests',
  'scripts',
  'bench',
  'chaos',
  'codegen.ts',
  'vitest.config.ts',
  'vitest.deploy.config.ts',
  'vitest.long.config.ts',
];

interface Step {
  name: string;
  program: string;
  args: string[];
  /** The advice after a failure. */
  advice?: string;
  /** A pattern that the output of a successful step matches. */
  proof?: RegExp;
}

const STEPS: Step[] = [
  { name: 'format and lint', program: 'biome', args: ['check'], advice: 'npm run format fixes most of it' },
  { name: 'types', program: 'tsc', args: ['--noEmit'] },
  {
    name: 'import boundaries',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', ...CODE],
    // Without a supported transpiler, the program finds no modules and succeeds.
    proof: /\(\d{3,} modules/,
  },
  {
    name: 'generated files',
    program: 'graphql-codegen',
    // Compares with the files in memory and writes nothing.
    args: ['--config', 'codegen.ts', '--check'],
    advice: 'npm run generate writes them',
  },
  {
    name: 'schema against the last release',
    program: 'node',
    args: ['scripts/check-schema.ts'],
    advice:
      'deprecate the parts that clients still use; npm run release makes a breaking schema the released one',
  },
  { name: 'plain English', program: 'node', args: ['scripts/check/plain-english.ts'] },
];

const results = await Promise.all(STEPS.map(runStep));
if (results.includes(false)) process.exitCode = 1;

async function runStep({ name, program, args, advice, proof }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const step = spawn(join(ROOT, 'node_modules/.bin', program), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errorOutput, [code]] = await Promise.all([
    text(step.stdout),
    text(step.stderr),
    once(step, 'exit'),
  ]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const passed = code === 0 && (proof === undefined || proof.test(output));
  if (passed) console.log(`ok    ${name} (${seconds} s)`);
  else console.log(`FAIL  ${name} (${seconds} s)${advice ? `: ${advice}` : ''}\n${output}${errorOutput}`);
  return passed;
}
