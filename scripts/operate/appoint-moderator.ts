// Makes a player a moderator: npm run moderator -- EMAIL

import { appointModerator } from '../../src/moderation/appoint-moderator.ts';
import { runCommand } from './command.ts';

await runCommand(async ({ database }) => {
  const [email, ...others] = process.argv.slice(2);
  if (!email || others.length > 0) throw new Error('Usage: npm run moderator -- email@example.com');
  const { player, appointed } = await appointModerator({ em: database.em.fork() }, email);
  return `${player.username} (${player.email}) is ${appointed ? 'now' : 'already'} a moderator.`;
});
