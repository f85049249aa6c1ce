import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The longest test files, in this order. Chaos testing takes long although its file is small: started last,
 * it would run alone on one core. The ffmpeg files run beside it because they tolerate a busy machine.
 */
const FIRST = [
  'chaos/short',
  'journeys/journey',
  'setup/fresh-clone',
  'worker/ffmpeg/inspect',
  'worker/processing',
  'start',
];

/** Runs {@link FIRST} first, then Vitest's order: by cached durations, or by size on a fresh checkout. */
export class LongFirstSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const index = FIRST.findIndex(name => moduleId.endsWith(`/tests/${name}.test.ts`));
      return index < 0 ? FIRST.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
