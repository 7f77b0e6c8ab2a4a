// visitor: a browser of the simplest kind: cookies per origin, redirects by hand, forms read from the
// page and sent back with everything that they held. It fails loudly on a status that nobody expected.
import { pagesKnow } from './moment.mjs';

const entity = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const text = (s) => s.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, name) => (name[0] === '#'
  ? String.fromCodePoint(name[1].toLowerCase() === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10))
  : entity[name] ?? whole));

function attributes(tag) {
  const found = {};
  for (const [, name, , a, b, c] of tag.matchAll(/([\w:-]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s">]+)))?/g))
    found[name.toLowerCase()] ??= text(a ?? b ?? c ?? '');
  return found;
}

// Every form of a page: action, method, fields as [name, value] in order, buttons with a name apart.
export function forms(html) {
  const list = [];
  for (const [, open, inside] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)) {
    const { action = '', method = 'get', id = '' } = attributes(open);
    const form = { action, method: method.toUpperCase(), id, fields: [], buttons: [], inside };
    for (const [, voidTag, kind_, paired, content] of inside.matchAll(
      /<input\b((?:[^>"']|"[^"]*"|'[^']*')*)>|<(textarea|select|button)\b((?:[^>"']|"[^"]*"|'[^']*')*)>([\s\S]*?)<\/\2>/gi)) {
      const kind = voidTag === undefined ? kind_.toLowerCase() : 'input';
      const tag = voidTag ?? paired;
      const a = attributes(tag);
      if ('disabled' in a) continue;
      if (kind === 'button') { form.buttons.push({ ...a, text: text((content ?? '').replace(/<[^>]*>/g, '')).trim() }); continue; }
      if (kind === 'input' && a.type === 'submit') { form.buttons.push({ ...a, text: a.value }); continue; }
      if (!a.name) continue;
      if (kind === 'textarea') form.fields.push([a.name, text(content ?? '').replace(/^\n/, '')]);
      else if (kind === 'select') {
        const options = [...(content ?? '').matchAll(/<option\b([^>]*)>([^<]*)/gi)].map(([, t, label]) => ({ value: text(label).trim(), ...attributes(t) }));
        const chosen = options.find((o) => 'selected' in o) ?? options[0];
        if (chosen) form.fields.push([a.name, chosen.value]);
      } else if ((a.type === 'checkbox' || a.type === 'radio') && !('checked' in a)) form.fields.push([a.name, null, a.value ?? 'on']);
      else form.fields.push([a.name, a.value ?? (a.type === 'checkbox' ? 'on' : '')]);
    }
    list.push(form);
  }
  return list;
}

export class Visitor {
  constructor(base, { language = 'en' } = {}) {
    this.base = base;
    this.language = language;
    this.cookies = new Map();
    this.url = base;
    this.html = '';
    this.status = 0;
  }

  cookieHeader() {
    const jar = this.cookies.get(new URL(this.url).origin);
    return jar ? [...jar].map(([k, v]) => `${k}=${v}`).join('; ') : '';
  }

  async send(method, url, body) {
    this.url = new URL(url, this.url).href;
    const headers = { 'Accept-Language': this.language, 'User-Agent': 'tacite-fault-test' };
    const cookie = this.cookieHeader();
    if (cookie) headers.Cookie = cookie;
    if (method === 'POST') {
      headers['Content-Type'] = 'application/x-www-form-urlencoded';
      headers.Origin = this.page ? new URL(this.page).origin : new URL(this.url).origin;
    }
    await pagesKnow();
    const response = await fetch(this.url, { method, body, headers, redirect: 'manual' });
    const { origin } = new URL(this.url);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (!this.cookies.has(origin)) this.cookies.set(origin, new Map());
      if (value === '' || /max-age=0/i.test(line)) this.cookies.get(origin).delete(name);
      else this.cookies.get(origin).set(name, value);
    }
    this.status = response.status;
    this.html = await response.text();
    this.location = response.headers.get('location');
    this.retryAfter = response.headers.get('retry-after');
    return this;
  }

  // Follows redirects; `stop` may end it at a place that is not to be opened.
  async follow(stop = () => false) {
    for (let i = 0; i < 10 && this.location && this.status >= 300 && this.status < 400; i++) {
      const next = new URL(this.location, this.url).href;
      if (stop(next)) return this;
      this.page = null;
      await this.send('GET', next);
    }
    if (this.status === 200) this.page = this.url;
    return this;
  }

  async get(url, stop) {
    await this.send('GET', url);
    return this.follow(stop);
  }

  form(match) {
    const list = forms(this.html);
    const form = list.find((f) => (match instanceof RegExp ? match.test(f.action) : match(f)));
    if (!form) throw new Error(`no form ${match} at ${this.url} (${this.status}): ${list.map((f) => f.action).join(' ') || text(this.html.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').slice(0, 600)}`);
    return form;
  }

  // What submit() sends, so that the same request can be sent again.
  fill(form, changes = {}, button = {}) {
    const data = new URLSearchParams();
    const left = new Map(Object.entries(changes));
    for (const [name, value, offered] of form.fields) {
      if (left.has(name)) {
        const wish = left.get(name);
        if (wish === true) { data.append(name, offered ?? value); left.delete(name); }
        else if (wish === false || wish === null) continue;
        else if (offered === undefined || offered === wish) { data.append(name, wish); left.delete(name); }
      } else if (value !== null) data.append(name, value);
    }
    for (const [name, value] of left) if (value !== false && value !== null) throw new Error(`no field ${name} in ${form.action}: ${form.fields.map((f) => f[0]).join(' ')}`);
    if (button.name) data.append(button.name, button.value ?? '');
    return { url: new URL(form.action || this.url, this.url).href, method: form.method, body: data.toString() };
  }

  async submit(match, changes = {}, { button, stop } = {}) {
    const form = this.form(match);
    const chosen = typeof button === 'string' || button instanceof RegExp
      ? form.buttons.find((b) => (button instanceof RegExp ? button.test(b.text) || button.test(b.value ?? '') : b.name === button || b.value === button)) : form.buttons[0];
    if (button && !chosen) throw new Error(`no button ${button} in ${form.action}: ${form.buttons.map((b) => b.text).join(' | ')}`);
    const { url, method, body } = this.fill(form, changes, chosen ?? {});
    this.last = { url, method, body };
    if (method === 'GET') await this.send('GET', `${url.split(/[?#]/)[0]}?${body}`);
    else await this.send('POST', url, body);
    return this.follow(stop);
  }
}
