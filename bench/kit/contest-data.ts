import pg from 'pg';

const CITIES = ['Bogotá', 'Medellín', 'Cali', 'Barranquilla', 'Cartagena', 'Bucaramanga', 'Pereira', 'Tunja'];

/** Players `player.1` to `player.COUNT`, spread over eight cities. */
const PLAYERS = `
  insert into players (username_base, username_number, username, first_name, last_name, email, password_hash,
                       city, city_key, country)
  select 'player', n, 'player' || n, 'Jordan', 'Díaz', 'player' || n || '@anb.example', '-',
         city, lower(translate(city, 'áéíóú', 'aeiou')), 'Colombia'
    from generate_series(1, $1::int) as n
    join unnest($2::text[]) with ordinality as cities (city, at) on at = 1 + n % cardinality($2::text[])`;

/** One published video per player; a few have many votes, most have few. */
const VIDEOS = `
  insert into videos (id, player_id, title, status, processed_at, votes, attempt_limit,
                      original_key, original_type, original_bytes, original_sha256)
  select uuidv7(), id, 'Crossover', 'PROCESSED', now(), $1::int * power(random(), 4), 3,
         'original/' || id || '.mp4', 'video/mp4', 1, ''
    from players`;

const SCORES = `
  insert into tallies (player_id, votes, published_videos, reached_at, version, dirty)
  select player_id, votes, 1, now() - random() * interval '30 days', nextval('tally_versions'), false from videos`;

/** Fills an empty database with players with one published video each, of up to `mostVotes` votes. */
export async function fillContest(
  databaseUrl: string,
  { players, mostVotes }: { players: number; mostVotes: number },
): Promise<void> {
  await query(databaseUrl, async client => {
    await client.query(PLAYERS, [players, CITIES]);
    await client.query(VIDEOS, [mostVotes]);
    await client.query(SCORES);
    await client.query('vacuum analyze players, videos, tallies');
  });
}

/** Runs `use` with a connection without time limits. */
export async function query<T>(databaseUrl: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
