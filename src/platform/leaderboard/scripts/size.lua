-- ARGV: board. Returns the number of its entries.
local generation, prefix = current_generation()
if not generation then return false end
return redis.call('ZCARD', prefix .. ':on:' .. ARGV[1])
