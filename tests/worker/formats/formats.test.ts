import { expect, it, vi } from 'vitest';
import { makeMainPart } from '../../kit/media/main-part.ts';
import { probeFile } from '../../kit/media/media.ts';
import { makeCardSource } from '../../kit/media/test-pattern-source.ts';
import { defaultRules, lenientRules } from '../../kit/media/worker-media.ts';
import { COLORS } from './formats-colors.ts';
import { CONTAINERS } from './formats-containers.ts';
import { faultsOf } from './formats-judge.ts';
import { SHAPES } from './formats-shapes.ts';
import { TIMING, WRONG_LENGTHS } from './formats-timing.ts';

vi.setConfig({ maxConcurrency: 2 });

const { minSourceSeconds, maxSourceSeconds } = defaultRules;
const asSentIn = { ...lenientRules, minSourceSeconds, maxSourceSeconds };
const rows = [...SHAPES, ...COLORS, ...TIMING, ...CONTAINERS];

it.concurrent.each(rows)('shows the card as it was meant: $title', async row => {
  const rules = row.asSentIn ? asSentIn : lenientRules;
  const part = await makeMainPart(await makeCardSource(row.source), 1, rules);
  expect(faultsOf(row, part)).toEqual([]);
  if (row.source.inputs) {
    expect((await probeFile(part.path)).streams.map(({ codec_type }) => codec_type)).toEqual(['video']);
  }
});

it.concurrent.each(WRONG_LENGTHS)('refuses $seconds seconds as $reason', async ({ source, reason }) => {
  const made = makeMainPart(await makeCardSource(source), 1, asSentIn);
  await expect(made).rejects.toMatchObject({ reason });
});
