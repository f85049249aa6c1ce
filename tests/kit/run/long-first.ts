import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In this order. The storm takes long though its file is small: begun last, it would run alone while a core has nothing to
 * do. Beside it, as it leaves little to others, what ffmpeg does most of, which minds no waiting.
 */
const FIRST = [
  'chaos/short',
  'journeys/journey',
  'setup/fresh-clone',
  'worker/ffmpeg/inspect',
  'worker/processing',
  'start',
];

/** Begins with {@link FIRST}, and goes on as Vitest would: by what it remembers, on a fresh checkout by size. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const index = FIRST.findIndex(name => moduleId.endsWith(`/tests/${name}.test.ts`));
      return index < 0 ? FIRST.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
