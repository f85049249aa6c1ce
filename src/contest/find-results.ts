import { type ContestDeps, certifyResults } from './certify-results.ts';
import { Result } from './result.entity.ts';

/** Certifies due results and returns the winners by city and position; null until the voting is over. */
export async function findResults(deps: ContestDeps): Promise<Result[] | null> {
  if (!(await certifyResults(deps))) return null;
  return deps.em.find(Result, {}, { orderBy: { cityKey: 'asc', position: 'asc' } });
}
