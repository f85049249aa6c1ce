-- Returns the name and the key prefix of the current generation; nil when no leaderboards are built.
local function current_generation()
  local generation = redis.call('GET', '{board}:generation')
  if not generation then return nil end
  return generation, '{board}:' .. generation
end
