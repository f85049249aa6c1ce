-- Writes the rows from ARGV[first] on, five arguments each: id, version, score, tieBreaker and boards. Boards
-- are separated by newlines. Skips a row unless its version is newer than the stored one. Removes a row
-- without boards from all boards, but keeps its version. Adds each changed board to `touched`.
local function upsert_rows(prefix, first, touched)
  for at = first, #ARGV, 5 do
    local id, version, score, tieBreaker, boards = unpack(ARGV, at, at + 4)
    local known = redis.call('HGET', prefix .. ':rows', id)
    local knownVersion, knownScore, knownMember, knownBoards
    if known then
      knownVersion, knownScore, knownMember, knownBoards = string.match(known, '^(%S+) (%S+) (%S+) (.*)$')
    end
    if not known or tonumber(knownVersion) < tonumber(version) then
      if known then
        for board in string.gmatch(knownBoards, '[^\n]+') do
          redis.call('ZREM', prefix .. ':on:' .. board, knownMember)
          redis.call('HINCRBY', prefix .. ':scores', board, 0 - tonumber(knownScore))
          -- Without this the hash would keep every board that ever had an entry.
          if redis.call('EXISTS', prefix .. ':on:' .. board) == 0 then
            redis.call('HDEL', prefix .. ':scores', board)
          end
          touched[board] = true
        end
      end
      local member = tieBreaker .. '/' .. id
      for board in string.gmatch(boards, '[^\n]+') do
        redis.call('ZADD', prefix .. ':on:' .. board, 0 - tonumber(score), member)
        redis.call('HINCRBY', prefix .. ':scores', board, score)
        touched[board] = true
      end
      redis.call('HSET', prefix .. ':rows', id, version .. ' ' .. score .. ' ' .. member .. ' ' .. boards)
    end
  end
end
