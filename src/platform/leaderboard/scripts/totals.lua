-- Returns name, sum of scores and number of entries of each board.
local generation, prefix = current_generation()
if not generation then return false end
local totals = {}
local scores = redis.call('HGETALL', prefix .. ':scores')
for at = 1, #scores, 2 do
  table.insert(totals, scores[at])
  table.insert(totals, scores[at + 1])
  table.insert(totals, tostring(redis.call('ZCARD', prefix .. ':on:' .. scores[at])))
end
return totals
