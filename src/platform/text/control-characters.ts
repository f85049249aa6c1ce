/** Control characters, halves of surrogate pairs, and the marks that turn the text around them the other way. */
export const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
