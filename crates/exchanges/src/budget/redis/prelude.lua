-- What every operation on a shared budget begins with; an operation's own file follows in the same script.
--
-- It finds the exchange's time, opens its minute, and takes over what the caller knows and Redis may have forgotten (a flush, a
-- restart). Times are milliseconds. Redis's own clock measures only how long ago something was, never what the minute is.
--
-- KEYS: state (hash), tickets (hash: id -> "weight:urgency:expires"), sharers (hash: who -> "limit:seen"), pause (hash)
-- ARGV: 1 who, 2 now, 3 whether that was measured (1 or 0), 4 limit, 5 used as far as the caller knows (this minute),
--       6..9 weight taken without us, by urgency, 10 end of a pause known to the caller (empty without), 11 whether it is a ban (1 or 0), 12 turn
local MINUTE = 60000
-- Whoever has not called for so long no longer counts as sharing.
local SEEN = 300000
local URGENCIES = { 'order', 'live', 'repair', 'backfill' }

local state, tickets, sharers, pauses = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local who, asked_at, is_known, turn = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1', tonumber(ARGV[12])
local clock = redis.call('TIME')
local here = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

local function minute_of(at)
    return math.floor(at / MINUTE)
end

-- From now on this caller's clock is everyone's.
local function follow()
    redis.call('HSET', state, 'now', asked_at, 'here', here, 'known', is_known and 1 or 0, 'who', who,
        'turn', turn)
    return asked_at
end

-- The exchange's time. Clocks that were measured never run ahead of it, so the latest is the best.
local function shared_time()
    local seen = redis.call('HMGET', state, 'now', 'here', 'known', 'who', 'turn')
    if not seen[1] then
        return follow()
    end
    local latest, age, was_known = tonumber(seen[1]), math.max(0, here - tonumber(seen[2])), seen[3] == '1'
    if was_known and not is_known then
        return latest + age
    end
    if is_known and not was_known then
        -- Now the exchange's clock is known: what was taken stays taken, and a pause lasts as long as it did.
        if redis.call('HEXISTS', pauses, 'until') == 1 then
            redis.call('HINCRBY', pauses, 'until', asked_at - (latest + age))
        end
        redis.call('HSET', state, 'minute', minute_of(asked_at))
        return follow()
    end
    if asked_at >= latest then
        return follow()
    end
    -- A call of the same process that was overtaken read the same clock earlier.
    if latest - asked_at < MINUTE or (seen[4] == who and turn < tonumber(seen[5])) then
        return latest
    end
    -- A clock that is this far behind is another clock. It is followed when it was the one before, or nobody else is there.
    if seen[4] == who or age > MINUTE then
        redis.call('HSET', state, 'minute', minute_of(asked_at))
        return follow()
    end
    return latest + age
end

local now = shared_time()

-- Weight of the requests under way, by urgency; those of processes that died no longer count.
local function under_way()
    local sums = { 0, 0, 0, 0 }
    local all = redis.call('HGETALL', tickets)
    for i = 1, #all, 2 do
        local weight, urgency, expires = string.match(all[i + 1], '^(%d+):(%d+):(%d+)$')
        if tonumber(expires) <= here then
            redis.call('HDEL', tickets, all[i])
        else
            sums[tonumber(urgency)] = sums[tonumber(urgency)] + tonumber(weight)
        end
    end
    return sums
end

local function sum(list)
    return list[1] + list[2] + list[3] + list[4]
end

local minute, used, taken = minute_of(now), 0, nil
local counts = redis.call('HMGET', state, 'minute', 'used', unpack(URGENCIES))
if counts[1] and counts[2] and tonumber(counts[1]) >= minute then
    minute, used = tonumber(counts[1]), tonumber(counts[2])
    taken = { tonumber(counts[3]), tonumber(counts[4]), tonumber(counts[5]), tonumber(counts[6]) }
else
    -- The exchange may count what is still under way in the new minute.
    taken = under_way()
    used = sum(taken)
end
for i = 1, 4 do
    taken[i] = taken[i] + tonumber(ARGV[5 + i])
    used = used + tonumber(ARGV[5 + i])
end
if minute_of(asked_at) == minute then
    used = math.max(used, tonumber(ARGV[5]))
end

-- The smallest limit of those who share counts.
redis.call('HSET', sharers, who, ARGV[4] .. ':' .. string.format('%.0f', here))
redis.call('PEXPIRE', sharers, SEEN)
local allowed, sharing = tonumber(ARGV[4]), 0
local everyone = redis.call('HGETALL', sharers)
for i = 1, #everyone, 2 do
    local limit, seen = string.match(everyone[i + 1], '^(%d+):(%d+)$')
    if here - tonumber(seen) > SEEN then
        redis.call('HDEL', sharers, everyone[i])
    else
        allowed, sharing = math.min(allowed, tonumber(limit)), sharing + 1
    end
end

local pause_until, is_ban
local standing = redis.call('HMGET', pauses, 'until', 'ban')
if standing[1] and tonumber(standing[1]) > now then
    pause_until, is_ban = tonumber(standing[1]), tonumber(standing[2])
end

-- A longer pause stands: a late answer to an older request must not shorten it. `ends` is by the caller's clock.
local function pause(ends, ban)
    ends = ends - asked_at + now
    if ends > now and (not pause_until or ends > pause_until) then
        pause_until, is_ban = ends, ban
        redis.call('HSET', pauses, 'until', ends, 'ban', ban)
        redis.call('PEXPIRE', pauses, ends - now + MINUTE)
    end
end

if ARGV[10] ~= '' then
    pause(tonumber(ARGV[10]), tonumber(ARGV[11]))
end

-- Keeps what was counted and answers with it; the last two are the pause: its end, and -1 without one.
local function finish(verdict)
    redis.call('HSET', state, 'minute', minute, 'used', used, 'order', taken[1], 'live', taken[2], 'repair', taken[3],
        'backfill', taken[4])
    redis.call('PEXPIRE', state, 3 * MINUTE)
    return { verdict, now, (minute + 1) * MINUTE, used, taken[1], taken[2], taken[3], taken[4], allowed, sharing,
        pause_until or 0, pause_until and is_ban or -1 }
end
