-- ARGV: generation, seconds to live. From now on every writer writes to this generation too.
return redis.call('SET', '{board}:building', ARGV[1], 'EX', ARGV[2])
