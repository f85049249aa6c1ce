-- ARGV: board, score, member. Returns how many entries precede this one, and how many precede or equal it.
local generation, prefix = current_generation()
if not generation then return false end
return { locate_entry(prefix .. ':on:' .. ARGV[1], ARGV[2], ARGV[3]) }
