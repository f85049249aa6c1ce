/** The condition, in SQL, under which a row of `videos` is published: its votes count and all can see it. */
export const PUBLISHED_VIDEO = `status = 'PROCESSED' and hidden_at is null`;
