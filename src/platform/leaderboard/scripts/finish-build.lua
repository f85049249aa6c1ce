-- ARGV: generation. Makes it the current one. Returns nil when the generation is not being built, as it may
-- have missed writes.
if redis.call('GET', '{board}:building') ~= ARGV[1] then return false end
redis.call('SET', '{board}:generation', ARGV[1])
return redis.call('DEL', '{board}:building')
