// Loaded into csdx before anything else: it accepts no IP address, so the sandbox has a name, and no other
// machine can be reached.
const dns = require('node:dns')

const lookup = dns.lookup
dns.lookup = function (host, options, done) {
  if (typeof options === 'function') return dns.lookup(host, {}, options)
  if (host.endsWith('.sandbox.test')) return lookup.call(dns, '127.0.0.1', options, done)
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' })
  return process.nextTick(done, error)
}
