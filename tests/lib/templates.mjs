// templates: a template of quotes as rows, for tests of something else: one version with lines; gives its id.
let made = 0;

export function makeTemplate(stack, { plan, acceptance = 'signature_and_payment', lines }) {
  const name = `Of a test ${process.pid}-${made += 1}`;
  stack.sql(`INSERT INTO quote_template (name, version, state) VALUES ('${name}', 1, 'active')`);
  const id = stack.value(`SELECT id FROM quote_template WHERE name = '${name}'`);
  stack.sql(`INSERT INTO quote_template_version (template_id, version, plan_id, validity_days, acceptance, created_at, created_by)
    VALUES (${id}, 1, ${plan}, 30, '${acceptance}', NOW(6), 'test')`);
  const version = stack.value(`SELECT id FROM quote_template_version WHERE template_id = ${id}`);
  lines.forEach((line, i) => {
    const columns = Object.keys(line);
    stack.sql(`INSERT INTO quote_template_line (version_id, position, ${columns.join(', ')}) VALUES (${version}, ${i + 1}, ${columns.map((c) => (typeof line[c] === 'number' ? line[c] : `'${line[c]}'`)).join(', ')})`);
  });
  return id;
}
