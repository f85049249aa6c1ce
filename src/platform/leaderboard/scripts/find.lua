-- ARGV: board, ids. Returns index, score and member of each id, or three empty strings.
local generation, prefix = current_generation()
if not generation then return false end
local found = {}
for at = 2, #ARGV do
  local known = redis.call('HGET', prefix .. ':rows', ARGV[at])
  local score, member, index
  if known then score, member = string.match(known, '^%S+ (%S+) (%S+)') end
  if member then index = redis.call('ZRANK', prefix .. ':on:' .. ARGV[1], member) end
  if index then
    table.insert(found, tostring(index)); table.insert(found, score); table.insert(found, member)
  else
    for _ = 1, 3 do table.insert(found, '') end
  end
end
return found
