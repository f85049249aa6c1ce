import { createPart } from '../api/multipart.ts';

/** A multipart request that must be rejected, with the expected status. */
export interface HostileUpload {
  title: string;
  body: Buffer;
  contentType?: string;
  status: number;
}

export const STORE = 'mutation ($file: Upload!) { store(file: $file) { __typename } }';
export const OPERATION = { query: STORE, variables: { file: null } };
export const OPERATIONS = JSON.stringify(OPERATION);
export const MAP = '{"0":["variables.file"]}';
export const CLIP = Buffer.from('a clip');

export const createOperations = (text: string | Buffer = OPERATIONS, headers: string[] = []) =>
  createPart('operations', text, { headers });
export const createMap = (text: string | Buffer = MAP) => createPart('map', text);
export const file = (name = '0', content = CLIP) => createPart(name, content, { filename: 'clip.mp4' });
export const createHostileUpload = (
  title: string,
  content: Buffer,
  status = 400,
  contentType?: string,
): HostileUpload => ({
  title,
  body: content,
  status,
  ...(contentType !== undefined && { contentType }),
});
