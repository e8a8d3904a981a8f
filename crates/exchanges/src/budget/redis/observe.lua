-- ARGV: 13 used as the exchange says, 14 when the request was sent
-- An answer that crossed a minute's end may speak of either minute; the next answer will tell.
if minute_of(tonumber(ARGV[14]) - asked_at + now) == minute then
    used = math.max(used, tonumber(ARGV[13]))
end
return finish(0)
