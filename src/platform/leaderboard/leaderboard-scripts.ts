/*
 * Scripts run by Redis as one step each, so that no generation is replaced halfway through one. A generation holds:
 *   {board}:GENERATION:rows        hash   id → "version score member boards…"
 *   {board}:GENERATION:on:BOARD    zset   member → minus the score, so that the best come first
 *   {board}:GENERATION:scores      hash   board → sum of its scores
 *   {board}:GENERATION:writers     hash   writer → number of its latest write
 * A member is "tieBreaker/id": members of one score are ordered as text, that is by their tie-breakers. Scores are negated by
 * subtraction: minus zero is no integer to Redis.
 */

/** Names the generation that is read and written; a new one takes over in one step. */
export const CURRENT = '{board}:generation';
/** Names the generation that is being built, so that every writer writes to it, too; gone when its builder is. */
export const BUILDING = '{board}:building';
const BUILDING_SECONDS = 300;

/** Every script but that of the builder answers nil when there are no boards. */
const PREFIX = `
local generation = redis.call('GET', '${CURRENT}')
if not generation then return false end
local prefix = '{board}:' .. generation
`;

/** Puts the rows from ARGV[first] on: id, version, score, tieBreaker and boards (separated by newlines). Gone rows leave their version. */
const PUT = `
local function put(prefix, first, touched)
  for at = first, #ARGV, 5 do
    local id, version, score, tieBreaker, boards = unpack(ARGV, at, at + 4)
    local known = redis.call('HGET', prefix .. ':rows', id)
    local knownVersion, knownScore, knownMember, knownBoards
    if known then knownVersion, knownScore, knownMember, knownBoards = string.match(known, '^(%S+) (%S+) (%S+) (.*)$') end
    if not known or tonumber(knownVersion) < tonumber(version) then
      if known then
        for board in string.gmatch(knownBoards, '[^\\n]+') do
          redis.call('ZREM', prefix .. ':on:' .. board, knownMember)
          redis.call('HINCRBY', prefix .. ':scores', board, 0 - tonumber(knownScore))
          -- Else every board that anybody was ever on would stay.
          if redis.call('EXISTS', prefix .. ':on:' .. board) == 0 then redis.call('HDEL', prefix .. ':scores', board) end
          touched[board] = true
        end
      end
      local member = tieBreaker .. '/' .. id
      for board in string.gmatch(boards, '[^\\n]+') do
        redis.call('ZADD', prefix .. ':on:' .. board, 0 - tonumber(score), member)
        redis.call('HINCRBY', prefix .. ':scores', board, score)
        touched[board] = true
      end
      redis.call('HSET', prefix .. ':rows', id, version .. ' ' .. score .. ' ' .. member .. ' ' .. boards)
    end
  end
end
`;

/**
 * ARGV: writer, number of its write, rows. Puts them on the boards, and on those being built. Returns the generation and the
 * boards that changed.
 */
export const WRITE = `${PUT}
local building = redis.call('GET', '${BUILDING}')
if building then put('{board}:' .. building, 3, {}) end
${PREFIX}
local touched, boards = {}, {}
put(prefix, 3, touched)
redis.call('HSET', prefix .. ':writers', ARGV[1], ARGV[2])
for board in pairs(touched) do table.insert(boards, board) end
return { generation, boards }`;

/** ARGV: writer. Returns the generation and the number of the latest write of that writer that is in it. */
export const LATEST = `${PREFIX}
return { generation, redis.call('HGET', prefix .. ':writers', ARGV[1]) or '0' }`;

/** ARGV: generation. From now on writers write to it, too. */
export const BEGIN = `
return redis.call('SET', '${BUILDING}', ARGV[1], 'EX', ${BUILDING_SECONDS})`;

/** ARGV: generation, rows. Returns nil when it is not the one being built (any more): it may have missed writes. */
export const BUILD = `${PUT}
if redis.call('GET', '${BUILDING}') ~= ARGV[1] then return false end
redis.call('EXPIRE', '${BUILDING}', ${BUILDING_SECONDS})
put('{board}:' .. ARGV[1], 2, {})
return 1`;

/** ARGV: generation. It becomes the one that is read. Returns nil like the script above. */
export const SWAP = `
if redis.call('GET', '${BUILDING}') ~= ARGV[1] then return false end
redis.call('SET', '${CURRENT}', ARGV[1])
return redis.call('DEL', '${BUILDING}')`;

/** ARGV: board, first and last index. Returns members and negated scores in turn. */
export const RANGE = `${PREFIX}
return redis.call('ZRANGE', prefix .. ':on:' .. ARGV[1], ARGV[2], ARGV[3], 'WITHSCORES')`;

/** ARGV: board, ids. Returns index, score and member of each, or three blanks. */
export const FIND = `${PREFIX}
local found = {}
for at = 2, #ARGV do
  local known = redis.call('HGET', prefix .. ':rows', ARGV[at])
  local score, member, index
  if known then score, member = string.match(known, '^%S+ (%S+) (%S+)') end
  if member then index = redis.call('ZRANK', prefix .. ':on:' .. ARGV[1], member) end
  if index then
    table.insert(found, tostring(index)); table.insert(found, score); table.insert(found, member)
  else
    for _ = 1, 3 do table.insert(found, '') end
  end
end
return found`;

/** How many entries come before a place, and how many up to it. */
const PLACE = `
local function locate(key, score, member)
  score = string.format('%.17g', 0 - tonumber(score))
  -- Mostly who stood there still does.
  local known = redis.call('ZSCORE', key, member)
  if known and tonumber(known) == tonumber(score) then
    local rank = redis.call('ZRANK', key, member)
    return rank, rank + 1
  end
  local function count(bound, low, high)
    while low < high do
      local middle = math.floor((low + high) / 2)
      if redis.call('ZRANGE', key, middle, middle)[1] < bound then low = middle + 1 else high = middle end
    end
    return low
  end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', key, '-inf', score)
  -- Whatever is longer comes later, so that the second bound is just behind the member itself.
  return count(member, low, high), count(member .. '!', low, high)
end
`;

/** ARGV: board, score, member. */
export const LOCATE = `${PLACE}${PREFIX}
return { locate(prefix .. ':on:' .. ARGV[1], ARGV[2], ARGV[3]) }`;

/**
 * ARGV: board, limit, 'start' or 'end', score and member of the place after which the page comes, the same of the place
 * before which, each blank for none. Returns the board's size, the page's first index, and members and negated scores.
 */
export const PAGE = `${PLACE}${PREFIX}
local key = prefix .. ':on:' .. ARGV[1]
local limit, size = tonumber(ARGV[2]), redis.call('ZCARD', key)
local lowest, highest = 0, size
if ARGV[5] ~= '' then local _, upTo = locate(key, ARGV[4], ARGV[5]); lowest = upTo end
if ARGV[7] ~= '' then highest = math.max(lowest, (locate(key, ARGV[6], ARGV[7]))) end
local from, to = lowest, math.min(highest, lowest + limit)
if ARGV[3] == 'end' then from, to = math.max(lowest, highest - limit), highest end
if from >= to then return { size, from, {} } end
return { size, from, redis.call('ZRANGE', key, from, to - 1, 'WITHSCORES') }`;

/** ARGV: board. */
export const SIZE = `${PREFIX}
return redis.call('ZCARD', prefix .. ':on:' .. ARGV[1])`;

/** Returns name, sum of scores and number of entries of each board. */
export const TOTALS = `${PREFIX}
local totals = {}
local scores = redis.call('HGETALL', prefix .. ':scores')
for at = 1, #scores, 2 do
  table.insert(totals, scores[at])
  table.insert(totals, scores[at + 1])
  table.insert(totals, tostring(redis.call('ZCARD', prefix .. ':on:' .. scores[at])))
end
return totals`;
