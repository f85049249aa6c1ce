import './session.ts';
import './video-lists.ts';
import './video-status.ts';
import { builder } from './builder.ts';

/** The whole schema. Loading it opens nothing. */
export const schema = builder.toSchema();
