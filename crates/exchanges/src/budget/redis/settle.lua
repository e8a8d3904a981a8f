-- ARGV: 13 id. The minute was opened before this, so that the request counts in the one in which it ends.
redis.call('HDEL', tickets, ARGV[13])
return finish(0)
