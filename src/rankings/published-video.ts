/**
 * SQL: whether a row of `videos` is published, so that the video is public and its votes count. Stands in
 * rankings, below videos and votes, as all three parts use it.
 */
export const PUBLISHED_VIDEO = `status = 'PROCESSED' and hidden_at is null`;
