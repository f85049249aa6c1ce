import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Takes long though its file is small; begun last, it would run alone while the other cores have nothing to do. */
const LONG = 'tests/chaos/short.test.ts';

/** Begins with what takes long: as Vitest does when it remembers an earlier run, while on a fresh checkout it goes by size. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.endsWith(LONG);
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))];
  }
}
