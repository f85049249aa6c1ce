/** The SQL condition of a published video, which is public and whose votes count. */
export const PUBLISHED_VIDEO = `status = 'PROCESSED' and hidden_at is null`;
