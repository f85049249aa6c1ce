-- ARGV: generation. Makes the generation current. Returns nil when the generation is not under construction,
-- as it may lack writes.
if redis.call('GET', '{board}:building') ~= ARGV[1] then return false end
redis.call('SET', '{board}:generation', ARGV[1])
return redis.call('DEL', '{board}:building')
