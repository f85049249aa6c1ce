import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long though its file is small; begun last, one alone would keep the run from ending. */
const LONG = [
  'tests/chaos/short.test.ts',
  'tests/worker/stop-without-stores.test.ts',
  'tests/worker/bumpers.test.ts',
];

/** Begins with what takes long: as Vitest does when it remembers an earlier run, while on a fresh checkout it goes by size. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.some(path => moduleId.endsWith(path));
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))];
  }
}
