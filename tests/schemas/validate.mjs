// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas in policies/, held by an independent validator (ajv) and an independent reader
// (yaml) against what ships and against every golden bad document. Exits 1 with what it found.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(new URL('../npm/package.json', import.meta.url));
const Ajv = require('ajv/dist/2020').default;
const YAML = require('yaml');

const read = (path) => readFileSync(join(root, path), 'utf8');
const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true });
const schemas = {};
const checks = {};
for (const kind of ['rolloutd', 'retention', 'tagging']) {
  schemas[kind] = JSON.parse(read(`policies/${kind}.schema.json`));
  checks[kind] = ajv.compile(schemas[kind]); // Throws where it is no valid schema.
}

/** What is wrong with a text, as an editor would underline it; empty: nothing. */
function faults(text, kind) {
  const documents = YAML.parseAllDocuments(text, { version: '1.2' });
  if (documents.length !== 1) return [`${documents.length ?? 0} documents`];
  const [document] = documents;
  if (document.errors.length > 0) return document.errors.map((error) => error.message);
  let value;
  try {
    value = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    return [error.message]; // An alias of nothing, or of itself.
  }
  if (checks[kind](value)) return [];
  return checks[kind].errors.map((error) => `${error.instancePath}: ${error.message}`);
}

/** The kind that an editor gives a file: by its name, or by its first key. */
function kind_of(name, text) {
  if (!name.includes('policies/') && /rolloutd\.yaml$/.test(name)) return 'rolloutd';
  return /^tagging:/m.test(text) ? 'tagging' : 'retention';
}

function yaml_files(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** Every file that ships is right by its schema, and says which it is. */
function check_what_ships() {
  const files = ['policies', 'examples', 'systemd'].flatMap(yaml_files);
  assert.ok(files.length >= 10, `only ${files.length} files were found`);
  for (const file of files) {
    // As examples/lib.sh fills them in.
    const text = read(file)
      .replaceAll('@WORK@', '/srv/example')
      .replaceAll('@API@', 'http://127.0.0.1:8787');
    const kind = kind_of(file, text);
    assert.deepEqual(faults(text, kind), [], file);
    if (!file.startsWith('policies/')) continue;
    const line = `# yaml-language-server: $schema=file:///usr/share/rolloutd/${kind}.schema.json\n`;
    assert.ok(text.startsWith(line), `${file} does not begin with ${line}`);
  }
}

/** `{name: text}` of a golden case, less what it tells. */
function golden_files(text) {
  const files = text.split(/^=== /m).slice(1).map((part) => {
    const line = part.indexOf('\n');
    return [part.slice(0, line), part.slice(line + 1)];
  });
  return files.filter(([name]) => name !== 'told' && !name.startsWith('conf.d/'));
}

const beyond = read('tests/schemas/beyond.txt')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => line.split(' ')[0])
  .sort();

/** Every golden bad document is refused by its schema, but for those that no schema can refuse. */
function check_golden() {
  const folder = 'tests/golden/config_errors';
  const accepted = [];
  for (const name of readdirSync(join(root, folder))) {
    const files = golden_files(read(`${folder}/${name}`));
    const refused = files.some(([file, text]) => faults(text, kind_of(file, text)).length > 0);
    if (!refused) accepted.push(name.replace(/\.txt$/, ''));
  }
  assert.deepEqual(accepted.sort(), beyond, 'bad documents that the schemas accept');
}

/** Every key that an editor completes has a text to hover over. */
function check_hover(schema, path) {
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    assert.ok(child.description, `${path}.${name} has no description`);
    check_hover(child, `${path}.${name}`);
  }
  for (const child of Object.values(schema.patternProperties ?? {})) {
    assert.ok(child.description, `${path} has a pattern without a description`);
  }
  for (const child of [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])]) {
    if (child && typeof child === 'object') check_hover(child, path);
  }
}

check_what_ships();
check_golden();
for (const [kind, schema] of Object.entries(schemas)) check_hover(schema, kind);
console.log('the schemas agree');
