local function primes(n)
  local composite, count = {}, 0
  for i = 0, n do composite[i] = false end
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      for j = i * i, n, i do composite[j] = true end
    end
  end
  return count
end
local start = os.clock()
local r = primes(5000000)
print("ns " .. math.floor((os.clock() - start) * 1e9))
print("check " .. r)
