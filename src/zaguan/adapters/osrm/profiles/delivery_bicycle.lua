-- A delivery by bicycle: OSRM's bicycle, but never by train or ferry, and let in where deliveries are.
-- The bicycle profile comes with OSRM; its folder is put on Lua's path by whoever runs osrm-extract.

local bicycle = require('bicycle')
local bicycle_setup = bicycle.setup

bicycle.setup = function()
  local profile = bicycle_setup()
  profile.use_public_transport = false
  profile.route_speeds = {}
  profile.access_tag_blacklist['delivery'] = nil
  profile.access_tag_whitelist['delivery'] = true
  return profile
end

return bicycle
