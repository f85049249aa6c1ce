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
  /** What to do about a failure. */
  cure?: string;
  /** What the output of a step that did its work holds. */
  proof?: RegExp;
}

const STEPS: Step[] = [
  { name: 'format and lint', program: 'biome', args: ['check'], cure: 'npm run format mends what it can' },
  { name: 'types', program: 'tsc', args: ['--noEmit'] },
  {
    name: 'import boundaries',
    program: 'depcruise',
    args: ['--config', '.dependency-cruiser.mjs', ...CODE],
    // Without a transpiler that it likes it finds no modules, and so nothing wrong with them.
    proof: /\(\d{3,} modules/,
  },
  {
    name: 'generated files',
    program: 'graphql-codegen',
    // Generates in memory and compares; writes nothing.
    args: ['--config', 'codegen.ts', '--check'],
    cure: 'npm run generate writes them anew',
  },
  {
    name: 'schema against the last release',
    program: 'node',
    args: ['scripts/check-schema.ts'],
    cure: 'deprecate what clients still use; npm run release:schema makes a breaking change the released one',
  },
];

const results = await Promise.all(STEPS.map(runStep));
if (results.includes(false)) process.exitCode = 1;

async function runStep({ name, program, args, cure, proof }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const step = spawn(join(ROOT, 'node_modules/.bin', program), args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaints, [code]] = await Promise.all([
    text(step.stdout),
    text(step.stderr),
    once(step, 'exit'),
  ]);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const passed = code === 0 && (proof === undefined || proof.test(output));
  if (passed) console.log(`ok    ${name} (${seconds} s)`);
  else console.log(`FAIL  ${name} (${seconds} s)${cure ? `: ${cure}` : ''}\n${output}${complaints}`);
  return passed;
}
