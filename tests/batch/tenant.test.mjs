// A new seller: by options, by questions, again after a run that was cut off.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { batch } from '../lib/control.mjs';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => { stack = await startStack({ demo: false, batch: false }); });
after(() => stack?.stop());

const create = (dir, options, input = null) => {
  mkdirSync(dir, { recursive: true });
  return batch(stack, ['tenant', 'create', '--dir', dir, '--database-socket', stack.database, ...options], { tenant: null, input });
};
function known(name) {
  const file = `${stack.dir}/password-${name}`;
  writeFileSync(file, 'un assez long secret\n', { mode: 0o600 });
  return ['--name', name, '--site', 'http://127.0.0.1:9', '--company', 'Ébénisterie Ün & Cie', '--country', 'DE', '--vat', 'DE136695976', '--currency', 'EUR',
    '--language', 'en', '--time-zone', 'Europe/Berlin', '--year-end', '12', '--email', 'Boss@Example.com', '--user', 'Anna Boss', '--password-file', file, '--test'];
}
const row = (name, sql) => stack.sql(sql.replaceAll('DB.', `tacite_${name}.`))[0];

test('by options: files with the right modes, two users, schema, company, first user, seal', async () => {
  const dir = `${stack.dir}/new`;
  const done = await create(dir, known('berlin'));
  assert.equal(done.code, 0, done.err);
  const path = done.out.trim();
  assert.equal(path, `${dir}/berlin.conf`);
  for (const name of readdirSync(dir)) {
    const mode = statSync(`${dir}/${name}`).mode & 0o777;
    if (/key|owner/.test(name)) assert.equal(mode & 0o077, 0, `${name} ${mode.toString(8)}`);
    assert.equal(mode & 0o002, 0, name);
  }
  assert.deepEqual(row('berlin', 'SELECT name, country, vat_id, currency, language, time_zone FROM DB.company_version'),
    ['Ébénisterie Ün & Cie', 'DE', 'DE136695976', 'EUR', 'en', 'Europe/Berlin']);
  const [email, user, password] = row('berlin', 'SELECT email, name, password FROM DB.seller_user');
  assert.deepEqual([email, user], ['boss@example.com', 'Anna Boss']);
  assert.match(password, /scrypt/);
  const doctor = await batch(stack, ['doctor'], { tenant: path });
  assert.match(doctor.out, /^ok\tschema is up to date/m);
  assert.match(doctor.out, /^ok\tthe application has the rights/m);
  assert.match(doctor.out, /^ok\tand no more than those/m);
  assert.match(doctor.out, /^ok\tseal of /m);
  // The application's user changes no issued document and makes no table.
  const text = readFileSync(path, 'utf8');
  const appUser = text.match(/^database.user = (.*)$/m)[1];
  const rights = stack.sql(`SHOW GRANTS FOR '${appUser}'@'localhost'`).map(([line]) => line).join('\n');
  assert.doesNotMatch(rights, /ALL PRIVILEGES|CREATE|DROP|GRANT OPTION/);
  assert.doesNotMatch(rights.split('\n').find((line) => line.includes('`invoice`')), /UPDATE|DELETE/);
  assert.doesNotMatch(rights, /tacite_demo/);
});

test('the same command again changes nothing and does not fail; one that was cut off is finished', async () => {
  const dir = `${stack.dir}/new`;
  const files = () => readdirSync(dir).sort().map((name) => [name, readFileSync(`${dir}/${name}`, 'utf8')]);
  const was = files();
  const again = await create(dir, known('berlin'));
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(files(), was);
  assert.equal(row('berlin', 'SELECT COUNT(*) FROM DB.seller_user')[0], '1');
  assert.equal(row('berlin', 'SELECT COUNT(*) FROM DB.company_version')[0], '1');
  for (let ms = 15; ms < 500; ms += 97) {
    const name = `cut${ms}`;
    await batchKilled(`${stack.dir}/cut`, name, ms);
    let done = await create(`${stack.dir}/cut`, known(name));
    if (done.code === 78) { // tables cannot be taken back: it says what to do
      assert.match(done.err, new RegExp(`half made: DROP DATABASE tacite_${name},`));
      stack.sql(`DROP DATABASE tacite_${name}`);
      done = await create(`${stack.dir}/cut`, known(name));
    }
    assert.equal(done.code, 0, `${ms} ms: ${done.err}`);
    assert.equal(row(name, 'SELECT COUNT(*) FROM DB.seller_user')[0], '1');
    assert.equal(row(name, 'SELECT COUNT(*) FROM DB.company_version')[0], '1');
    const verified = await batch(stack, ['doctor'], { tenant: done.out.trim() });
    assert.match(verified.out, /^ok\tschema is up to date/m, `${ms} ms: ${verified.out}`);
  }
});
async function batchKilled(dir, name, killAfter) {
  mkdirSync(dir, { recursive: true });
  await batch(stack, ['tenant', 'create', '--dir', dir, '--database-socket', stack.database, ...known(name)], { tenant: null, killAfter });
}

test('what no option says is asked, with what Enter means; a wrong answer says why', async () => {
  const answers = ['lille', 'http://127.0.0.1:9', 'Atelier du Port', '', 'FR44732829320', '', '', '', '6', 'patron@port.example', 'Paul Port', 'dix-huit hirondelles'];
  const done = await create(`${stack.dir}/asked`, ['--test'], `${answers.join('\n')}\n`);
  assert.equal(done.code, 0, done.err);
  for (const words of ['Company', 'Country [FR]', 'VAT number', 'Currency [EUR]', 'Password']) assert.ok(done.err.includes(words), words);
  assert.ok(!done.err.includes('hirondelles'));
  assert.deepEqual(row('lille', 'SELECT name, country, vat_id, siren, currency, language, time_zone FROM DB.company_version'),
    ['Atelier du Port', 'FR', 'FR44732829320', '732829320', 'EUR', 'fr', 'Europe/Paris']);
  const years = (name) => row(name, 'SELECT COUNT(*), MAX(MONTH(until_on)), MAX(until_on > CURRENT_DATE), MAX(TIMESTAMPDIFF(MONTH, from_on, until_on)), MAX(opens) FROM DB.financial_year');
  assert.deepEqual(years('lille'), ['1', '7', '1', '12', '0'], 'a year to the end of June');
  assert.deepEqual(years('berlin'), ['1', '1', '1', '12', '0'], 'and one to the end of December');
  for (const [at, wrong, words] of [[0, 'L!lle', /a-z 0-9/], [1, 'port.example', /https:\/\//], [3, 'France', /two letters/], [4, 'FR45732829320', /typing error/],
    [4, 'DE136695976', /another country/], [5, 'EURO', /three letters/], [6, 'de', /fr or en/], [7, 'Europe/Lille', /time zone/], [8, '13', /a month, 1 to 12/], [8, 'juin', /a month, 1 to 12/],
    [9, 'patron', /mail address/], [11, 'court', /12|short|long/i]]) {
    const changed = answers.with(0, 'brest').with(at, wrong);
    const refused = await create(`${stack.dir}/refused`, ['--test'], `${changed.join('\n')}\n`);
    assert.equal(refused.code, 64, `${wrong}: ${refused.err}`);
    assert.match(refused.err, words);
    assert.ok(!existsSync(`${stack.dir}/refused/brest.conf`), 'nothing was made');
  }
  const short = await create(`${stack.dir}/refused`, ['--test'], 'brest\n');
  assert.equal(short.code, 64);
  assert.match(short.err, /--site is needed/);
});
