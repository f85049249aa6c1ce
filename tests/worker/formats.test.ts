import { expect, it, vi } from 'vitest';
import { makeCardSource } from '../kit/card-source.ts';
import { makeMainPart } from '../kit/main-part.ts';
import { probeFile } from '../kit/media.ts';
import { COLORS } from './formats-colors.ts';
import { CONTAINERS } from './formats-containers.ts';
import { faultsOf } from './formats-judge.ts';
import { SHAPES } from './formats-shapes.ts';
import { TIMING } from './formats-timing.ts';

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

const rows = [...SHAPES, ...COLORS, ...TIMING, ...CONTAINERS];

it.concurrent.each(rows)('shows the card as it was meant: $title', async row => {
  const part = await makeMainPart(await makeCardSource(row.source), 1);
  expect(faultsOf(row, part)).toEqual([]);
  if (row.source.inputs) {
    expect((await probeFile(part.path)).streams.map(({ codec_type }) => codec_type)).toEqual(['video']);
  }
});
