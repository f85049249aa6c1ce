-- ARGV: writer, number of the write, rows. Writes the rows to the current generation and to the one under
-- construction. Returns the current generation and the changed boards; nil when no leaderboards are built.
local building = redis.call('GET', '{board}:building')
if building then upsert_rows('{board}:' .. building, 3, {}) end
local generation, prefix = current_generation()
if not generation then return false end
local touched, boards = {}, {}
upsert_rows(prefix, 3, touched)
redis.call('HSET', prefix .. ':writers', ARGV[1], ARGV[2])
for board in pairs(touched) do table.insert(boards, board) end
return { generation, boards }
