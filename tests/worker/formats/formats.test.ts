import { expect, it, vi } from 'vitest';
import { makeContentPart } from '../../kit/media/content-part.ts';
import { probeFile } from '../../kit/media/media.ts';
import { makeTestPatternSource } from '../../kit/media/test-pattern-source.ts';
import { defaultRules, lenientRules } from '../../kit/media/worker-media.ts';
import { findClipProblems } from './find-clip-problems.ts';
import { COLORS } from './formats-colors.ts';
import { CONTAINERS } from './formats-containers.ts';
import { SHAPES } from './formats-shapes.ts';
import { TIMING, WRONG_LENGTHS } from './formats-timing.ts';

vi.setConfig({ maxConcurrency: 2 });

const { minSourceSeconds, maxSourceSeconds } = defaultRules;
const contestLengths = { ...lenientRules, minSourceSeconds, maxSourceSeconds };
const formatCases = [...SHAPES, ...COLORS, ...TIMING, ...CONTAINERS];

it.concurrent.each(formatCases)(
  'a clip keeps shape, colours and timing of the test pattern: $title',
  async formatCase => {
    const rules = formatCase.useContestLengths ? contestLengths : lenientRules;
    const part = await makeContentPart(await makeTestPatternSource(formatCase.source), 1, rules);
    expect(findClipProblems(formatCase, part)).toEqual([]);
    if (formatCase.source.inputs) {
      expect((await probeFile(part.path)).streams.map(({ codec_type }) => codec_type)).toEqual(['video']);
    }
  },
);

it.concurrent.each(WRONG_LENGTHS)(
  'rejects a source of $seconds seconds with $reason',
  async ({ source, reason }) => {
    const mainPart = makeContentPart(await makeTestPatternSource(source), 1, contestLengths);
    await expect(mainPart).rejects.toMatchObject({ reason });
  },
);
