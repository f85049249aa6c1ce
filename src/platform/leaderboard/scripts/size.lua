-- ARGV: board. Returns the number of entries of the board.
local generation, prefix = current_generation()
if not generation then return false end
return redis.call('ZCARD', prefix .. ':on:' .. ARGV[1])
