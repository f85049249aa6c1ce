/*
 * Scripts run by Redis as one step each. A generation holds:
 *   {board}:GENERATION:rows        hash   id → "version score member boards…"
 *   {board}:GENERATION:on:BOARD    zset   member → minus the score, so that the best come first
 *   {board}:GENERATION:scores      hash   board → sum of its scores
 * A member is "tie/id": members of one score are ordered as text, that is by their tie-breakers.
 */

/** ARGV: generation, then id, version, score, tie and boards (separated by newlines) of each row. Gone rows leave their version. */
export const WRITE = `
local prefix = '{board}:' .. ARGV[1]
for at = 2, #ARGV, 5 do
  local id, version, score, tie, boards = unpack(ARGV, at, at + 4)
  local known = redis.call('HGET', prefix .. ':rows', id)
  local knownVersion, knownScore, knownMember, knownBoards
  if known then knownVersion, knownScore, knownMember, knownBoards = string.match(known, '^(%S+) (%S+) (%S+) (.*)$') end
  if not known or tonumber(knownVersion) < tonumber(version) then
    if known then
      for board in string.gmatch(knownBoards, '[^\\n]+') do
        redis.call('ZREM', prefix .. ':on:' .. board, knownMember)
        redis.call('HINCRBY', prefix .. ':scores', board, -tonumber(knownScore))
      end
    end
    local member = tie .. '/' .. id
    for board in string.gmatch(boards, '[^\\n]+') do
      redis.call('ZADD', prefix .. ':on:' .. board, -tonumber(score), member)
      redis.call('HINCRBY', prefix .. ':scores', board, score)
    end
    redis.call('HSET', prefix .. ':rows', id, version .. ' ' .. score .. ' ' .. member .. ' ' .. boards)
  end
end
return 1`;

/** ARGV: generation, board, ids. Returns index, score and member of each, or three blanks. */
export const FIND = `
local prefix = '{board}:' .. ARGV[1]
local found = {}
for at = 3, #ARGV do
  local known = redis.call('HGET', prefix .. ':rows', ARGV[at])
  local score, member, index
  if known then score, member = string.match(known, '^%S+ (%S+) (%S+)') end
  if member then index = redis.call('ZRANK', prefix .. ':on:' .. ARGV[2], member) end
  if index then
    table.insert(found, tostring(index)); table.insert(found, score); table.insert(found, member)
  else
    for _ = 1, 3 do table.insert(found, '') end
  end
end
return found`;

/** ARGV: generation, board, score, member. Returns how many entries come before that place, and how many up to it. */
export const LOCATE = `
local key = '{board}:' .. ARGV[1] .. ':on:' .. ARGV[2]
local score = string.format('%.17g', -tonumber(ARGV[3]))
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
return { count(ARGV[4], low, high), count(ARGV[4] .. '!', low, high) }`;
