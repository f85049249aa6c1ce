-- ARGV: board, first and last index. Returns members and negated scores in turn.
local generation, prefix = current_generation()
if not generation then return false end
return redis.call('ZRANGE', prefix .. ':on:' .. ARGV[1], ARGV[2], ARGV[3], 'WITHSCORES')
