import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { waitUntil } from '../../../scripts/process/wait-until.mjs';

/** The commands that a Redis has executed since the recording began, each as its name and arguments. */
export interface CommandRecord extends Disposable {
  /** Returns the commands up to now and clears the record. */
  take(): Promise<string[][]>;
}

/**
 * Records all commands by MONITOR on a plain socket. A client of ioredis fails when a command of another
 * connection arrives with the response to MONITOR.
 */
export async function recordCommands(url: string): Promise<CommandRecord> {
  const { hostname, port, password } = new URL(url);
  const client = new Redis(url);
  const socket = connect(Number(port), hostname);
  const lines: string[] = [];
  createInterface(socket).on('line', line => lines.push(line));
  socket.write(`AUTH ${password}\r\nMONITOR\r\n`);
  let markers = 0;
  const take = async () => {
    const marker = `recorded-${process.pid}-${++markers}`;
    await client.echo(marker);
    const isMarker = (line: string) => line.includes(`"${marker}"`);
    await waitUntil('Redis reports its commands', () => lines.some(isMarker), { deadlineSeconds: 10 });
    return lines.splice(0, lines.findIndex(isMarker) + 1).map(parseCommand);
  };
  await waitUntil('Redis records', () => lines.filter(line => line === '+OK').length === 2, {
    deadlineSeconds: 10,
  });
  return {
    take,
    [Symbol.dispose]() {
      socket.destroy();
      client.disconnect();
    },
  };
}

/** Parses `+1700000000.000000 [0 127.0.0.1:6379] "get" "key"`; quotes and backslashes are escaped. */
function parseCommand(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, word = '']) =>
    word.replaceAll(/\\(["\\])/g, '$1'),
  );
}
