-- Returns how many members of a sorted set precede an entry, and how many precede or equal the entry. The
-- entry may be missing.
local function find_rank(key, score, member)
  score = string.format('%.17g', 0 - tonumber(score))
  -- In most cases the entry still has this score.
  local known = redis.call('ZSCORE', key, member)
  if known and tonumber(known) == tonumber(score) then
    local rank = redis.call('ZRANK', key, member)
    return rank, rank + 1
  end
  -- Binary search among the members with this score, which are ordered as text.
  local function count_below(bound, low, high)
    while low < high do
      local middle = math.floor((low + high) / 2)
      if redis.call('ZRANGE', key, middle, middle)[1] < bound then low = middle + 1 else high = middle end
    end
    return low
  end
  local low = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', key, '-inf', score)
  -- A longer text sorts later, so the second bound is directly after the member itself.
  return count_below(member, low, high), count_below(member .. '!', low, high)
end
