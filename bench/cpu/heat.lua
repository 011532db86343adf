local function spread(n, rounds)
  local old, next = {}, {}
  for i = 0, n * n - 1 do old[i] = 0.0; next[i] = 0.0 end
  old[n * n / 2 + n / 2] = 1000
  for r = 1, rounds do
    for y = 1, n - 2 do
      for x = 1, n - 2 do
        local i = y * n + x
        next[i] = old[i] + 0.1 * (old[i-1] + old[i+1] + old[i-n] + old[i+n] - 4 * old[i])
      end
    end
    old, next = next, old
  end
  local sum = 0.0
  for i = 0, n * n - 1 do sum = sum + old[i] end
  return sum
end
local start = os.clock()
local r = spread(200, 100)
print("ns " .. math.floor((os.clock() - start) * 1e9))
print(string.format("check %.3f", r))
