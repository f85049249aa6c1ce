/** The languages that messages are written in; the first is for whoever asks for neither. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];
