-- ARGV: board, limit, 'start' or 'end', score and member of the entry before the page, score and member of
-- the entry after the page; empty strings for no bound. Returns the board's size, the page's first index, and
-- members and negated scores.
local generation, prefix = current_generation()
if not generation then return false end
local key = prefix .. ':on:' .. ARGV[1]
local limit, size = tonumber(ARGV[2]), redis.call('ZCARD', key)
local lowest, highest = 0, size
if ARGV[5] ~= '' then local _, upTo = locate_entry(key, ARGV[4], ARGV[5]); lowest = upTo end
if ARGV[7] ~= '' then highest = math.max(lowest, (locate_entry(key, ARGV[6], ARGV[7]))) end
local from, to = lowest, math.min(highest, lowest + limit)
if ARGV[3] == 'end' then from, to = math.max(lowest, highest - limit), highest end
if from >= to then return { size, from, {} } end
return { size, from, redis.call('ZRANGE', key, from, to - 1, 'WITHSCORES') }
