import { type RequiredEntityData, UniqueConstraintViolationException } from '@mikro-orm/core';
import type { EntityManager } from '../../platform/database/database.ts';
import { Video } from '../video.entity.ts';

type NewVideo = RequiredEntityData<Video> & { id: string; player: string; idempotencyKey: string | null };

/** Inserts a row and returns it, or returns the row that has its idempotency key already. */
export async function insertOrFindVideo(em: EntityManager, row: NewVideo): Promise<Video> {
  for (;;) {
    try {
      await em.insert(Video, row);
      return await em.findOneOrFail(Video, row.id);
    } catch (error) {
      if (!(error instanceof UniqueConstraintViolationException)) throw error;
      const first = await em.findOne(Video, { player: row.player, idempotencyKey: row.idempotencyKey });
      // Without a row the first video was deleted meanwhile, and the key is free again.
      if (first !== null) return first;
    }
  }
}
