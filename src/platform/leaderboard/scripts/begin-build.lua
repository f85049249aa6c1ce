-- ARGV: generation, seconds to live. From now on every writer also writes to this generation.
return redis.call('SET', '{board}:building', ARGV[1], 'EX', ARGV[2])
