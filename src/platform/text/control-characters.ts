/**
 * Matches control characters, lone surrogates, and marks that reverse the direction of the surrounding text.
 */
export const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
