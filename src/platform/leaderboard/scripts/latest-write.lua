-- ARGV: writer. Returns the current generation and the number of the writer's latest write in it.
local generation, prefix = current_generation()
if not generation then return false end
return { generation, redis.call('HGET', prefix .. ':writers', ARGV[1]) or '0' }
