import './audit.ts';
import './contest.ts';
import './moderation.ts';
import './profile.ts';
import './ranking.ts';
import './session.ts';
import './upload.ts';
import './video-lists.ts';
import './video-status.ts';
import './vote.ts';
import { builder } from './builder.ts';

/** The complete schema. Importing the module opens no connections. */
export const schema = builder.toSchema();
