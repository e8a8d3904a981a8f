-- ARGV: 13 its end by the caller's clock, 14 whether it is a ban (1 or 0)
pause(tonumber(ARGV[13]), tonumber(ARGV[14]))
return finish(0)
