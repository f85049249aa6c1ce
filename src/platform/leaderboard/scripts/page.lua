-- ARGV: board; limit; 'start' or 'end'; the bound before the page; the bound after the page. A bound is the
-- score and member of an entry; empty strings mean none. Returns the board's size, the page's first index,
-- and members and negated scores in turn.
local generation, prefix = current_generation()
if not generation then return false end
local key = prefix .. ':on:' .. ARGV[1]
local limit, size = tonumber(ARGV[2]), redis.call('ZCARD', key)
local lowest, highest = 0, size
if ARGV[5] ~= '' then local _, upTo = find_rank(key, ARGV[4], ARGV[5]); lowest = upTo end
if ARGV[7] ~= '' then highest = math.max(lowest, (find_rank(key, ARGV[6], ARGV[7]))) end
local from, to = lowest, math.min(highest, lowest + limit)
if ARGV[3] == 'end' then from, to = math.max(lowest, highest - limit), highest end
if from >= to then return { size, from, {} } end
return { size, from, redis.call('ZRANGE', key, from, to - 1, 'WITHSCORES') }
