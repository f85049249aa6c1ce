import type { EntityManager } from '../platform/database/database.ts';
import { type ContestRules, certifyResults } from './certify-results.ts';
import { Result } from './result.entity.ts';

/** Returns the winners by city and position, certified if they are due; null while the voting is not over. */
export async function findResults(em: EntityManager, rules: ContestRules): Promise<Result[] | null> {
  if (!(await certifyResults(em, rules))) return null;
  return em.find(Result, {}, { orderBy: { cityKey: 'asc', position: 'asc' } });
}
