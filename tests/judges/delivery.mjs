// contentstack (JavaScript) against the served sandbox: content, synchronization, Live Preview, refusals.
// Arguments: the folder of node_modules, a delivery token with its preview token, and what the sandbox
// said of itself.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [folder, tokenLine, line] = process.argv.slice(2)
const contentstack = createRequire(`${folder}/`)('contentstack')
const sandbox = JSON.parse(line)
const token = JSON.parse(tokenLine)
const apiKey = sandbox.stacks[0].api_key
const host = new URL(sandbox.cda)

function reader (changes = {}) {
  const stack = contentstack.Stack({
    api_key: apiKey,
    delivery_token: token.token,
    environment: 'production',
    ...changes
  })
  stack.setProtocol('http')
  stack.setHost(host.hostname)
  stack.setPort(Number(host.port))
  return stack
}

function page (stack) {
  return stack.ContentType('page')
}

// The client rejects with the API's own fields.
async function refused (promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('The call should have been refused.')
}

async function content (stack) {
  const types = await stack.getContentTypes()
  assert.deepEqual(types.content_types.map((each) => each.uid), ['page'])
  assert.equal((await page(stack).fetch()).content_type.uid, 'page')

  const [entries, count] = await page(stack).Query().includeCount().toJSON().find()
  assert.deepEqual([entries.length, count], [1, 1])
  const one = await page(stack).Entry(entries[0].uid).toJSON().fetch()
  assert.deepEqual(one, entries[0])
  const first = await page(stack).Query().toJSON().findOne()
  assert.deepEqual(first, entries[0])
  assert.deepEqual(await page(stack).Query().count().toJSON().find(), [1])

  const [assets] = await stack.Assets().Query().toJSON().find()
  const asset = await stack.Assets(assets[0].uid).addParam('include_dimension', 'true').toJSON().fetch()
  assert.ok(asset.dimension.width > 0)
  assert.equal((await fetch(asset.url)).headers.get('content-type'), 'image/svg+xml')
  return entries[0]
}

async function queries (stack) {
  const found = async (change) => {
    const [entries] = await change(page(stack).Query()).toJSON().find()
    return entries
  }
  assert.equal((await found((query) => query.regex('title', '^welcome', 'i'))).length, 1)
  assert.equal((await found((query) => query.regex('title', '^welcome'))).length, 0)
  assert.equal((await found((query) => query.lessThan('_version', 2))).length, 1)
  assert.equal((await found((query) => query.greaterThanOrEqualTo('_version', 2))).length, 0)
  assert.equal((await found((query) => query.language('zz-zz'))).length, 0)
  assert.equal((await found((query) => query.language('zz-zz').includeFallback())).length, 1)
  assert.equal((await found((query) => query.skip(5))).length, 0)
  const [few] = await found((query) => query.only(['title', 'url']))
  assert.deepEqual(Object.keys(few).sort(), ['title', 'uid', 'url'])
  const [rest] = await found((query) => query.except(['url']))
  assert.ok(rest.title && !('url' in rest))
  const [branch] = await found((query) => query.includeBranch())
  assert.equal(branch._branch, 'main')
  const [, schema] = await page(stack).Query().includeSchema().toJSON().find()
  assert.equal(schema[0].uid, 'title')
}

async function synchronization (stack) {
  const first = await stack.sync({ init: true })
  assert.deepEqual([first.items.length, first.total_count], [2, 2])
  assert.equal((await stack.sync({ sync_token: first.sync_token })).items.length, 0)
  const count = async (filter) => (await stack.sync({ init: true, ...filter })).total_count
  assert.equal(await count({ content_type_uid: 'nothing' }), 0)
  assert.equal(await count({ type: 'asset_published' }), 1)
  assert.equal(await count({ start_from: '2999-01-01T00:00:00.000Z' }), 0)
}

async function livePreview (entry) {
  const previewHost = new URL(sandbox.preview).host
  const preview = { enable: true, preview_token: token.preview_token, host: previewHost }
  const stack = reader({ live_preview: preview })
  const asked = { live_preview: 'hash', content_type_uid: 'page', entry_uid: entry.uid }
  stack.livePreviewQuery(asked)
  assert.equal((await page(stack).Entry(entry.uid).toJSON().fetch()).title, entry.title)
  const [entries] = await page(stack).Query().toJSON().find()
  assert.equal(entries[0].uid, entry.uid)
  const wrong = reader({ live_preview: { ...preview, preview_token: token.token } })
  wrong.livePreviewQuery(asked)
  assert.equal((await refused(page(wrong).Entry(entry.uid).fetch())).error_code, 109)
}

async function refusals (entry) {
  const entries = (changes) => refused(page(reader(changes)).Query().toJSON().find())
  const token = await entries({ delivery_token: 'cs00' })
  assert.deepEqual([token.status, token.error_code], [401, 105])
  assert.deepEqual(token.errors, { access_token: ['is not valid.'] })
  const key = await entries({ api_key: 'blt00' })
  assert.deepEqual([key.status, key.error_code], [412, 109])
  const environment = await entries({ environment: 'staging' })
  assert.deepEqual([environment.status, environment.error_code], [401, 161])
  const branch = await entries({ branch: 'development' })
  assert.deepEqual([branch.status, branch.error_code], [422, 901])
  const unknown = await refused(page(reader()).Entry('blt00').toJSON().fetch())
  assert.deepEqual([unknown.status, unknown.error_code], [422, 141])
  const language = page(reader()).Entry(entry.uid).language('zz-zz').toJSON().fetch()
  assert.equal((await refused(language)).status, 422)
  const sync = await refused(reader().sync({ sync_token: 'blt00' }))
  assert.equal(sync.errors.sync_token[0], 'is not valid.')
}

const stack = reader()
const entry = await content(stack)
await queries(stack)
await synchronization(stack)
await livePreview(entry)
await refusals(entry)
console.log('agreed')
