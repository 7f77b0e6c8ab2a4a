// person: renames a customer behind the program's back, as a database that was filled elsewhere has them: the digest of
// the personal texts, which documents seal (store/customer), is that of the new ones.
import assert from 'node:assert/strict';

const TEXTS = ['name', 'contact_name', 'email', 'phone', 'street', 'street2', 'postal_code', 'city', 'country', 'siren', 'vat_id'];

export function renamePerson(stack, from, to) {
  const quoted = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  const renamed = stack.value(`UPDATE customer_version SET name = ${quoted(to)} WHERE name = ${quoted(from)}; SELECT ROW_COUNT();
    UPDATE customer_version SET personal_digest = UNHEX(SHA2(CONCAT(personal_salt, ${TEXTS.map((t) => `LENGTH(${t}), ':', CAST(${t} AS BINARY), ','`).join(', ')}), 256))
    WHERE name = ${quoted(to)}`);
  assert.equal(renamed, '1');
}
