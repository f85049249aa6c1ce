import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By how long they take, as a fresh checkout knows nothing of earlier runs; the last of a run should be a short one. */
const LONGEST = [
  'chaos/short',
  'journey',
  'start',
  'browser',
  'commands',
  'worker/recovery',
  'backup',
  'worker/render',
  'worker/render-picture',
  'worker/hostile-uploads',
  'worker/poison',
  'clients/journey',
  'reconcile',
  'worker/health',
].map(name => `/tests/${name}.test.ts`);

/** Starts the files that take longest first, so that no core is left with one of them at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex(path => moduleId.endsWith(path));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
