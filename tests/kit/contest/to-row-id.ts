import { decodeId } from '../../../schema/global-ids.ts';

/** Returns the UUID in a global id. */
export const toRowId = (globalId: string): string => decodeId(globalId).id;
