// @contentstack/management against the served sandbox: the whole life of the tokens of one stack.
// Arguments: the folder of node_modules, the URL of the management API, and what the sandbox said of itself.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [folder, cma, line] = process.argv.slice(2)
const contentstack = createRequire(`${folder}/`)('@contentstack/management')
const sandbox = JSON.parse(line)
const admin = sandbox.users.find((user) => user.role === 'Admin')
const guarded = sandbox.users.find((user) => user.tfa_secret)
const apiKey = sandbox.stacks[0].api_key
const endpoint = `${cma}/v3`

const ENVIRONMENT = { module: 'environment', environments: ['production'], acl: { read: true } }
const BRANCH = { module: 'branch', branches: ['main', 'development'], acl: { read: true } }
const ALIAS = { module: 'branch_alias', branch_aliases: ['deploy'], acl: { read: true } }
const CONTENT = { module: 'content_type', acl: { read: true, write: true } }

// The client throws an Error whose message is JSON.
async function refused (promise) {
  try {
    await promise
  } catch (error) {
    return JSON.parse(error.message)
  }
  throw new Error('The call should have been refused.')
}

function withNames (scope) {
  return scope.map((item) => item.module === 'environment'
    ? { ...item, environments: item.environments.map((environment) => environment.name) }
    : item)
}

async function logins () {
  const client = contentstack.client({ endpoint })
  const wrong = await refused(client.login({ email: admin.email, password: 'wrong' }))
  assert.equal(wrong.errorCode, 104)
  assert.equal(wrong.status, 422)
  const missing = await refused(client.login({ email: guarded.email, password: guarded.password }))
  assert.deepEqual([missing.errorCode, missing.tfa_type], [294, 'totp_authenticator'])
  const { email, password, tfa_secret: mfaSecret } = guarded
  assert.equal((await client.login({ email, password, mfaSecret })).notice, 'Login Successful.')
  assert.equal((await client.getUser()).email, guarded.email)
  assert.match((await client.logout()).notice, /logged out successfully/)
  const nobody = contentstack.client({ endpoint, authtoken: 'bltfake0000000000000' })
  assert.equal((await refused(nobody.getUser())).errorCode, 105)
  const signedIn = contentstack.client({ endpoint })
  const { user } = await signedIn.login({ email: admin.email, password: admin.password })
  assert.match(user.uid, /^blt[a-f0-9]+$/)
  return signedIn
}

async function structure (client, stack) {
  assert.equal((await stack.fetch()).api_key, apiKey)
  assert.equal((await client.organization().fetchAll()).items[0].name, 'Acme')
  const environments = (await stack.environment().query().find()).items
  assert.deepEqual(environments.map((each) => each.name), sandbox.stacks[0].environments)
  assert.equal((await stack.environment('production').fetch()).name, 'production')
  assert.ok((await stack.branch().query().find()).items.some((each) => each.uid === 'main'))
  assert.equal((await stack.branch('main').fetch()).uid, 'main')
  const aliases = (await stack.branchAlias().fetchAll()).items
  assert.ok(aliases.some((each) => each.alias === 'release' && each.uid === 'release_7'))
  assert.ok((await stack.role().fetchAll()).items.some((each) => each.name === 'Developer'))
  assert.equal((await refused(client.stack({ api_key: 'blt00' }).fetch())).errorCode, 109)
}

async function deliveryTokens (stack) {
  const scope = [ENVIRONMENT, BRANCH, ALIAS]
  const body = { token: { name: 'javascript', description: '', scope } }
  const made = await stack.deliveryToken().create(body, { create_with_preview_token: true })
  assert.match(made.token, /^cs[a-f0-9]{24}$/)
  assert.match(made.preview_token, /^cs/)
  assert.equal((await refused(stack.deliveryToken().create(body))).status, 422)
  const without = { token: { name: 'x', scope: [ENVIRONMENT] } }
  assert.ok('scope.branch_or_alias' in (await refused(stack.deliveryToken().create(without))).errors)
  assert.equal((await stack.deliveryToken().query({ limit: 2 }).find()).items.length, 2)
  const query = { query: { token: made.token } }
  assert.equal((await stack.deliveryToken().query(query).find()).items[0].uid, made.uid)

  const fetched = await stack.deliveryToken(made.uid).fetch()
  fetched.name = 'javascript 2'
  assert.ok('scope.environments' in (await refused(fetched.update())).errors)
  fetched.scope = withNames(fetched.scope)
  assert.equal((await fetched.update()).name, 'javascript 2')

  const one = stack.deliveryToken(made.uid)
  assert.match((await one.previewToken().delete()).notice.toLowerCase(), /preview token deleted/)
  assert.ok([400, 403, 404, 422].includes((await refused(one.previewToken().delete())).status))
  assert.ok((await one.previewToken().create()).preview_token.length >= 10)
  const listed = (await stack.deliveryToken().query().find()).items.find((each) => each.uid === made.uid)
  assert.ok(listed.preview_token)
  assert.equal((await listed.delete()).notice, 'Delivery Token deleted successfully.')
  assert.ok([404, 422].includes((await refused(stack.deliveryToken(made.uid).fetch())).status))
}

async function managementTokens (stack) {
  const scope = [CONTENT, BRANCH]
  const expires = new Date(Date.now() + 365 * 24 * 60 * 60 * 1000).toISOString()
  const token = { name: 'javascript job', description: '', scope, expires_on: expires }
  const made = await stack.managementToken().create({ token })
  assert.match(made.token, /^cs/)
  const listed = (await stack.managementToken().query().find()).items.find((each) => each.uid === made.uid)
  assert.equal(listed.token, undefined)
  assert.ok(listed.scope.some((item) => item.acl.write === true))
  listed.name = 'javascript job 2'
  assert.equal((await listed.update()).name, 'javascript job 2')
  const without = { token: { name: 'y', scope: [CONTENT] } }
  assert.ok('scope.branch_or_alias' in (await refused(stack.managementToken().create(without))).errors)
  const job = contentstack.client({ endpoint }).stack({ api_key: apiKey, management_token: made.token })
  assert.ok((await job.environment().query().find()).items.length > 0)
  assert.ok((await refused(job.deliveryToken().query().find())).status >= 400)
  assert.match((await stack.managementToken(made.uid).delete()).notice, /deleted/)
  assert.equal((await refused(job.environment().query().find())).errorCode, 105)
}

const client = await logins()
const stack = client.stack({ api_key: apiKey })
await structure(client, stack)
await deliveryTokens(stack)
await managementTokens(stack)
console.log('agreed')
