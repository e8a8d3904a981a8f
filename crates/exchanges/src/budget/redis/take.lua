-- ARGV: 13 id, 14 weight, 15 urgency (1..4), 16 its share in percent, 17 how long the ticket lasts
local weight = tonumber(ARGV[14])
if weight > allowed then
    return finish(3)
end
if pause_until then
    return finish(2)
end
-- What the minute grants to this urgency, but never less than one request where the whole minute has room for it.
if used + weight > math.max(weight, math.floor(allowed * tonumber(ARGV[16]) / 100)) then
    return finish(1)
end
local urgency, lease = tonumber(ARGV[15]), tonumber(ARGV[17])
used = used + weight
taken[urgency] = taken[urgency] + weight
redis.call('HSET', tickets, ARGV[13], ARGV[14] .. ':' .. ARGV[15] .. ':' .. string.format('%.0f', here + lease))
redis.call('PEXPIRE', tickets, lease + MINUTE)
return finish(0)
