local function build(depth)
  if depth == 0 then return {} end
  return {left = build(depth - 1), right = build(depth - 1)}
end
local function count(t)
  if not t.left then return 1 end
  return 1 + count(t.left) + count(t.right)
end
local start = os.clock()
local n = 0
for i = 1, 20 do n = n + count(build(15)) end
print("ns " .. math.floor((os.clock() - start) * 1e9))
print("check " .. n)
