-- ARGV: generation, seconds to live, rows. Returns nil when the generation is not under construction, as it
-- may lack writes.
if redis.call('GET', '{board}:building') ~= ARGV[1] then return false end
redis.call('EXPIRE', '{board}:building', ARGV[2])
upsert_rows('{board}:' .. ARGV[1], 3, {})
return 1
