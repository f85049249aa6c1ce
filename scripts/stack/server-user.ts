import { execFile } from 'node:child_process';
import { constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// One capability, and a flag so that access(2), by which Postgres finds its own programs, respects it.
const BYPASS_PERMISSIONS = [
  '--inh-caps=-all,+dac_override',
  '--ambient-caps=-all,+dac_override',
  '--securebits=+no_setuid_fixup',
];

/** The ids of an account without privileges. */
export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * Returns the account for Postgres, which refuses to run as root: the owner of `dir` if it exists, else
 * 'postgres', else 'nobody'. Null when this process is not root.
 */
export async function findServerUser(dir: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(dir)) {
    const { uid, gid } = statSync(dir);
    if (uid !== 0) return { uid, gid };
  }
  return (await lookUp('postgres')) ?? (await lookUp('nobody'));
}

/**
 * Returns the command that runs `command` as `user`. Where the user may not enter a parent folder of `paths`,
 * as in root's home, the process gets a capability to do so; the folders keep their permissions.
 */
export function asServerUser(
  user: ServerUser | null,
  paths: readonly string[],
  command: string,
  args: readonly string[],
): { command: string; args: string[] } {
  if (user === null) return { command, args: [...args] };
  const isReachable = paths.every(path => ancestors(path).every(isOpenToAll));
  return {
    command: 'setpriv',
    args: [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      ...(isReachable ? [] : BYPASS_PERMISSIONS),
      command,
      ...args,
    ],
  };
}

async function lookUp(name: string): Promise<ServerUser | null> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout);
  try {
    return { uid: await id('-u'), gid: await id('-g') };
  } catch {
    // `id` fails only for an unknown account.
    return null;
  }
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...ancestors(parent)];
}

function isOpenToAll(folder: string): boolean {
  return (statSync(folder).mode & constants.S_IXOTH) !== 0;
}
