/** Viewers in the order of the columns below. */
export const VIEWERS = ['anyone', 'player', 'owner', 'moderator'] as const;

/**
 * The outcome of a field for each of {@link VIEWERS}: a value (`given`), `null`, `absent` if the parent
 * object is not visible, an error code, or the result type of a mutation.
 */
export type Row = readonly [string, string, string, string];

/** The objects that documents refer to. */
export interface Subjects {
  /** Global id of the owner. */
  owner: string;
  /** Username of the owner. */
  username: string;
  /** A failed video of the owner. */
  failed: string;
  /** Another failed video of the owner, created for one document. */
  fresh: string;
  /** A published video of the owner with votes from all other viewers. */
  published: string;
}

/** The fields of a type on one path through the schema. */
export interface AccessPath {
  type: string;
  /** Returns a document that selects `it` of the type. */
  toDocument: (it: string, subjects: Subjects) => string;
  /** Rows with the fields to which they apply. */
  rows: readonly (readonly [Row, string])[];
  /** Arguments by field. */
  arguments?: Record<string, (subjects: Subjects) => string>;
}

export const PUBLIC: Row = ['given', 'given', 'given', 'given'];
export const ALWAYS_NULL: Row = ['null', 'null', 'null', 'null'];
export const LOGGED_IN: Row = ['absent', 'given', 'given', 'given'];
export const OWNER: Row = ['absent', 'absent', 'given', 'given'];
export const OWNER_NULL: Row = ['absent', 'absent', 'null', 'null'];
export const MODERATORS: Row = ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'given'];
/** Direct uploads are unavailable with local storage. */
export const DIRECT: Row = [
  'UNAUTHENTICATED',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
  'DirectUploadUnavailable',
];
export const moderatorsOnly = (type: string): Row => ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', type];
