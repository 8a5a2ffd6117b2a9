// SPDX-License-Identifier: Apache-2.0
// Drives the local Versions API with the official TypeScript SDK and checks every answer.
// Usage: node drive.mjs ORIGIN ACCOUNT TOKEN WORKER; exits 1 at the first surprise.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../npm/package.json', import.meta.url));
const Cloudflare = require('cloudflare');

const [, , origin, account_id, apiToken, worker] = process.argv;
const client = new Cloudflare({ apiToken, baseURL: `${origin}/client/v4` });
const versions = client.workers.beta.workers.versions;
const deployments = client.workers.scripts.deployments;
const code = 'export default { fetch() { return new Response("grüezi"); } };\n';
const modules = [
  {
    name: 'index.js',
    content_type: 'application/javascript+module',
    content_base64: Buffer.from(code).toString('base64'),
  },
  { name: 'add.wasm', content_type: 'application/wasm', content_base64: 'AGFzbQEAAAA=' },
];

const create = (number, extra = {}) =>
  versions.create(worker, {
    account_id,
    compatibility_date: '2026-09-01',
    main_module: 'index.js',
    modules,
    bindings: [
      { name: 'TOKEN', type: 'secret_text', text: 'hush' },
      { name: 'GREETING', type: 'plain_text', text: 'hello' },
    ],
    annotations: { 'workers/tag': `v${number}`, 'workers/message': `Build ${number}` },
    ...extra,
  });

async function refuses(promise, status, code) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.status, status);
    assert.equal(error.errors[0].code, code);
    return true;
  });
}

async function createsAndLists() {
  const made = [];
  for (let number = 1; number <= 23; ++number) made.push(await create(number));
  assert.deepEqual(made.map((version) => version.number), made.map((_, index) => index + 1));
  assert.match(made[0].id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(made[0].source, 'api');
  assert.ok(Math.abs(Date.now() - Date.parse(made[0].created_on)) < 60_000);

  const first = await versions.list(worker, { account_id, per_page: 5 });
  assert.equal(first.result_info.page, 1);
  assert.equal(first.result_info.per_page, 5);
  const listed = [];
  for await (const version of versions.list(worker, { account_id, per_page: 5 })) {
    assert.equal('modules' in version, false);
    listed.push(version.id);
  }
  assert.deepEqual(listed, made.map((version) => version.id).reverse());
  return made;
}

async function getsWithModules(made) {
  const version = await versions.get(made[2].id, {
    account_id,
    worker_id: worker,
    include: 'modules',
  });
  assert.equal(version.annotations['workers/tag'], 'v3');
  assert.equal(version.annotations['workers/message'], 'Build 3');
  assert.equal(version.main_module, 'index.js');
  assert.equal(version.compatibility_date, '2026-09-01');
  assert.deepEqual(version.modules, modules);
  assert.deepEqual(version.bindings, [
    { name: 'GREETING', type: 'plain_text', text: 'hello' },
    { name: 'TOKEN', type: 'secret_text' },
  ]);
  const plain = await versions.get(made[2].id, { account_id, worker_id: worker });
  assert.equal('modules' in plain, false);
  const latest = await versions.get('latest', { account_id, worker_id: worker });
  assert.equal(latest.id, made.at(-1).id);
}

// The SDK has no method for it, so this goes through its plain verbs.
async function patchesTheLatest(made) {
  const answer = await client.patch(
    `/accounts/${account_id}/workers/workers/${worker}/versions/latest`,
    {
      body: { env: { TOKEN: null, COLOUR: { type: 'plain_text', text: 'red' } } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    },
  );
  const patched = answer.result;
  assert.equal(patched.number, made.length + 1);
  assert.deepEqual(patched.bindings.map((binding) => binding.name), ['COLOUR', 'GREETING']);
  assert.equal(patched.main_module, 'index.js');
  made.push(patched);
}

async function deploys(made) {
  const ids = [made[4].id, made[5].id];
  const created = await deployments.create(worker, {
    account_id,
    strategy: 'percentage',
    versions: [
      { version_id: ids[0], percentage: 90 },
      { version_id: ids[1], percentage: 10 },
    ],
    annotations: { 'workers/message': 'Slowly' },
  });
  assert.deepEqual(created.versions.map((share) => share.percentage), [90, 10]);
  const got = await deployments.get(created.id, { account_id, script_name: worker });
  assert.equal(got.annotations['workers/message'], 'Slowly');

  const atOnce = await create(25, { deploy: true });
  const page = await deployments.list(worker, { account_id });
  const all = page.result.deployments;
  assert.equal(all.length, 2);
  assert.deepEqual(all[0].versions, [{ version_id: atOnce.id, percentage: 100 }]);
  assert.equal(all[1].id, created.id);

  await refuses(deployments.delete(all[0].id, { account_id, script_name: worker }), 400, 10021);
  await deployments.delete(created.id, { account_id, script_name: worker });
  await refuses(deployments.get(created.id, { account_id, script_name: worker }), 404, 10336);
  return atOnce;
}

async function deletes(made, deployed) {
  const gone = made[7].id;
  await versions.delete(gone, { account_id, worker_id: worker });
  await refuses(versions.get(gone, { account_id, worker_id: worker }), 404, 10071);
  await refuses(versions.delete(gone, { account_id, worker_id: worker }), 404, 10071);
  await refuses(versions.delete(deployed.id, { account_id, worker_id: worker }), 400, 10021);
  let count = 0;
  for await (const version of versions.list(worker, { account_id, per_page: 100 })) {
    assert.notEqual(version.id, gone);
    count += 1;
  }
  assert.equal(count, 24);
}

async function refusesStrangers() {
  const stranger = new Cloudflare({ apiToken: 'wrong', baseURL: `${origin}/client/v4` });
  const list = stranger.workers.beta.workers.versions.list(worker, { account_id });
  await refuses(list, 403, 10000);
}

// The account's files are kept in sha256 of base64 and extension, as the SDK's example has it.
async function uploadsAssets() {
  const files = { '/index.html': '<h1>grüezi</h1>', '/app.css': 'h1 { color: red }' };
  const manifest = {};
  const parts = {};
  for (const [path, text] of Object.entries(files)) {
    const base64 = Buffer.from(text).toString('base64');
    const extension = path.split('.').at(-1);
    const hash = createHash('sha256').update(base64 + extension).digest('hex').slice(0, 32);
    manifest[path] = { hash, size: Buffer.byteLength(text) };
    parts[hash] = new File([base64], hash, { type: `text/${extension}` });
  }
  const session = await client.workers.scripts.assets.upload.create(worker, {
    account_id,
    manifest,
  });
  const hashes = session.buckets.flat();
  assert.deepEqual(hashes.toSorted(), Object.keys(parts).toSorted());
  const send = (hash) =>
    client.workers.assets.upload.create(
      { account_id, base64: true, body: { [hash]: parts[hash] } },
      { headers: { Authorization: `Bearer ${session.jwt}` } },
    );
  assert.equal((await send(hashes[0])).jwt, undefined);
  const { jwt } = await send(hashes[1]);
  const again = await client.workers.scripts.assets.upload.create(worker, { account_id, manifest });
  assert.deepEqual(again.buckets, []);

  const config = { html_handling: 'drop-trailing-slash' };
  const bindings = [{ name: 'ASSETS', type: 'assets' }];
  const version = await create(26, { assets: { jwt, config }, bindings });
  assert.deepEqual(version.assets, { config });
  assert.deepEqual(version.bindings, bindings);
  await refuses(create(27, { assets: { jwt: session.jwt } }), 400, 10021);
}

const made = await createsAndLists();
await getsWithModules(made);
await patchesTheLatest(made);
const deployed = await deploys(made);
await deletes(made, deployed);
await uploadsAssets();
await refusesStrangers();
console.log('the official SDK agrees');
