// Looks at the sites that test/bin/browser has built, and compares them with what SQL says. Prints TAP.
//
// SITES is a directory with a site in each of many, one and none; EXPECTED what psql says of many;
// SCREENSHOTS where pictures are kept.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { chromium } from 'playwright-core';

const { SITES, SCREENSHOTS } = process.env;
const expected = JSON.parse(process.env.EXPECTED);
const pages = ['/', '/finding/', '/party/', '/handover/', '/audit/'];
const completeness = ['All roles', 'Mean completeness by role, %', 'Complete handovers by role, %'];
const servers = [];
const asked = new WeakMap(); // page -> requests that have no answer yet
let tests = 0;
let failures = 0;

// with keys in one order
const text = (value) => JSON.stringify(value, (key, v) =>
	v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v);

function is(found, wanted, name) {
	const same = text(found) === text(wanted);
	console.log(`${same ? 'ok' : 'not ok'} ${++tests} - ${name}`);
	if (!same) {
		failures++;
		console.log(`#   found ${text(found)}\n#   wanted ${text(wanted)}`);
	}
}

async function serve(name) {
	const server = spawn(process.execPath, [`${SITES}/${name}/serve.mjs`, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
	servers.push(server);
	const [line] = await once(server.stdout, 'data');
	return { url: line.toString().trim().replace(/\/$/, ''), stop: () => server.kill() };
}

// A page that notes what it asks of others, and what it complains of.
async function visit(browser, site, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', ...options });
	const page = await context.newPage();
	const noted = { elsewhere: [], complaints: [] };
	asked.set(page, new Set());
	page.on('requestfinished', (r) => asked.get(page).delete(r));
	page.on('requestfailed', (r) => asked.get(page).delete(r));
	page.on('request', (r) => {
		asked.get(page).add(r);
		if (!/^(data|blob):/.test(r.url()) && !r.url().startsWith(site.url)) noted.elsewhere.push(r.url());
	});
	page.on('console', (m) => {
		if (['error', 'warning'].includes(m.type())) noted.complaints.push(m.text());
	});
	page.on('pageerror', (e) => noted.complaints.push(e.message));
	page.on('dialog', (d) => {
		noted.complaints.push(`dialog: ${d.message()}`);
		d.dismiss();
	});
	return { page, noted, close: () => context.close() };
}

async function open(page, url) {
	asked.get(page).clear();
	await page.goto(url);
	await settle(page);
}

// Queries run in the page; it is done when its text stays the same for a second. To leave it while a request waits for its answer would
// be an error there, so that is given another five; some are never said to have ended.
async function settle(page) {
	let before = null;
	let same = 0;
	for (let tries = 0; tries < 60; tries++) {
		await page.waitForTimeout(1000);
		const text = await page.evaluate(() => document.body.innerText);
		same = text === before && !/Loading/.test(text) ? same + 1 : 0;
		if (same > 0 && asked.get(page).size === 0 || same > 5) return;
		before = text;
	}
	throw new Error(`${page.url()} does not settle`);
}

// The figure below a title, without commas between thousands
const figure = (page, title) =>
	page.evaluate((title) => {
		const label = [...document.querySelectorAll('p, span, div')].find((e) => e.children.length === 0 && e.textContent.trim() === title);
		return label?.parentElement?.innerText.split('\n').map((t) => t.trim()).filter((t) => t && t !== title)[0]?.replace(/,(?=\d{3})/g, '') ?? null;
	}, title);

const figures = async (page, titles) => Object.fromEntries(await Promise.all(titles.map(async (t) => [t, await figure(page, t)])));

// Cells of the first table of a page (each is there twice, first for the printer); some rows are for looks.
const table = (page) =>
	page.evaluate(() => [...document.querySelectorAll('table')[1].querySelectorAll('tr')]
		.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())).filter((row) => row.length > 1 && row[0] !== ''));

// Cells of the first so many columns of the table below a heading
const tableBelow = (page, heading, columns) =>
	page.evaluate(([heading, columns]) => {
		const title = [...document.querySelectorAll('h2')].find((e) => e.innerText.trim() === heading);
		const below = [...document.querySelectorAll('table')].filter((t) => title.compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING);
		return [...below[1].querySelectorAll('tr')].map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim()))
			.filter((row) => row.length > 1 && row[0] !== '').map((row) => row.slice(0, columns));
	}, [heading, columns]);

// What the chart with a title draws: the points of each series. Evidence keeps its charts where they can be looked at.
const chart = (page, title) =>
	page.evaluate((title) => {
		const charts = Object.values(window[Symbol.for('__evidence-chart-window-debug__')] ?? {}).map((c) => c.getOption());
		const series = charts.find((c) => c.title?.[0]?.text === title)?.series.filter((s) => s.data?.length);
		const text = (x) => (x instanceof Date ? x.toISOString().slice(0, 10) : x);
		return series ? Object.fromEntries(series.map((s) => [s.name, s.data.filter(([, y]) => y !== null).map(([x, y]) => [text(x), y])])) : null;
	}, title);

// What is written below the charts of a page
const axes = (page) =>
	page.evaluate(() => Object.values(window[Symbol.for('__evidence-chart-window-debug__')] ?? {}).map((c) =>
		[c.getOption().title?.[0]?.text, ...c.getModel().getComponent('xAxis', 0).axis.getViewLabels().map((l) => l.formattedLabel)]));

// Tables that are wider than what is seen of them
const cut = (page) =>
	page.evaluate(() => [...document.querySelectorAll('table')].filter((t) => t.parentElement.clientWidth < t.scrollWidth)
		.map((t) => `${t.innerText.replace(/\s+/g, ' ').slice(0, 80)}: ${t.scrollWidth} > ${t.parentElement.clientWidth}`));

async function choose(page, title, label) {
	await page.locator('button[role=combobox], button', { hasText: title }).first().click();
	await page.locator('[role=option]', { hasText: label }).first().click();
	await page.keyboard.press('Escape');
	await settle(page);
}

// The same where there are many to choose from
async function search(page, title, label) {
	await page.locator('button[role=combobox]', { hasText: title }).first().click();
	await page.keyboard.type(label);
	await page.locator('[role=option]', { hasText: label }).first().click();
	await page.keyboard.press('Escape');
	await settle(page);
}

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
	args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync']
});
mkdirSync(SCREENSHOTS, { recursive: true });
try {
	const many = await serve('many');
	const seen = await visit(browser, many);
	await open(seen.page, `${many.url}/`);
	is(await figures(seen.page, Object.keys(expected.many.figures)), expected.many.figures, 'figures are those of SQL');
	is((await table(seen.page)).map((row) => row[0]), expected.many.handovers, 'so are the handovers, by status in its order and number');
	is(await seen.page.evaluate(() => document.body.innerText.includes('<img src=x')), true, 'markup in a title is shown as it is');
	is(await seen.page.evaluate(() => document.querySelectorAll('img[src="x"]').length), 0, 'and is no element');
	is(await cut(seen.page), [], 'no table is cut on the right');
	is(await tableBelow(seen.page, 'From team to team', 3), expected.many.flow, 'from team to team');
	is(await tableBelow(seen.page, 'Rules most often missing', 3), expected.many.gaps, 'rules most often missing');
	for (const title of ['Handovers by status', 'Open items by priority band', ...completeness]) {
		is(await chart(seen.page, title), expected.many.charts[title], title);
	}
	await seen.page.screenshot({ path: `${SCREENSHOTS}/overview.png`, fullPage: true });
	await choose(seen.page, 'Created in the last', '30 days');
	for (const title of completeness) {
		is(await chart(seen.page, title), expected.many.charts[`${title} (30 days)`], `${title}: of 30 days by day`);
	}
	await seen.page.screenshot({ path: `${SCREENSHOTS}/overview-30.png`, fullPage: true });
	await open(seen.page, `${many.url}/`);
	await choose(seen.page, 'Team', "O'Neill");
	is(await figures(seen.page, Object.keys(expected.many.team)), expected.many.team, 'a filter by a team with quotes changes them');
	await open(seen.page, `${many.url}/finding/`);
	is(await figures(seen.page, Object.keys(expected.many.findings)), expected.many.findings, 'findings are those of SQL');
	is([...new Set((await table(seen.page)).map((row) => row[1]))], expected.many.severities, 'severities are in their order');
	is(await cut(seen.page), [], 'no table is cut on the right');
	is(await chart(seen.page, 'Findings by severity'), expected.many.charts['Findings by severity'], 'findings by week and severity');
	await seen.page.screenshot({ path: `${SCREENSHOTS}/finding.png`, fullPage: true });
	await choose(seen.page, 'Severity', 'errors');
	is(await figure(seen.page, 'Findings'), expected.many.errors, 'and a filter leaves errors alone');
	await open(seen.page, `${many.url}/audit/`);
	is(await figures(seen.page, Object.keys(expected.many.changes)), expected.many.changes, 'changes are those of the log');
	is(await chart(seen.page, 'Changes by day (UTC)'), expected.many.charts['Changes by day (UTC)'], 'changes by day');
	is(await cut(seen.page), [], 'no table is cut on the right');
	await seen.page.screenshot({ path: `${SCREENSHOTS}/audit.png`, fullPage: true });
	await open(seen.page, `${many.url}/handover/`);
	is(await figure(seen.page, 'Completeness, %'), expected.many.last, 'one handover has its completeness');
	for (const [path, title, label] of [['/party/', 'Team or person', 'Priya Nair'], ['/handover/', 'Handover', 'Exchange migration']]) {
		await open(seen.page, many.url + path);
		await search(seen.page, title, label);
		is(await cut(seen.page), [], `no table of ${path} is cut on the right`);
		await seen.page.screenshot({ path: `${SCREENSHOTS}${path.slice(0, -1)}.png`, fullPage: true });
	}
	is(seen.noted, { elsewhere: [], complaints: [] }, 'nothing is asked of others, and nothing complained of');
	await seen.close();

	const texts = [];
	for (const timezoneId of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
		const there = await visit(browser, many, { timezoneId });
		await open(there.page, `${many.url}/`);
		const overview = await there.page.evaluate(() => [...document.querySelectorAll('table')].map((t) => t.innerText).join('\n')) + text(await axes(there.page));
		await open(there.page, `${many.url}/audit/`);
		texts.push(overview + await there.page.evaluate(() => document.querySelector('table').innerText) + text(await axes(there.page)));
		await there.close();
	}
	is(texts[0].includes('["All roles",') && texts[1] === texts[0] && texts[2] === texts[0], true, 'days and times are the same in New York and Tokyo');

	const phone = await visit(browser, many, { viewport: { width: 390, height: 800 } });
	await open(phone.page, `${many.url}/`);
	is(await phone.page.evaluate(() => document.documentElement.scrollWidth <= 390), true, 'on a phone nothing is wider than it');
	await phone.page.screenshot({ path: `${SCREENSHOTS}/phone.png`, fullPage: true });
	await phone.close();
	many.stop();

	for (const name of ['one', 'none']) {
		const site = await serve(name);
		const there = await visit(browser, site);
		for (const path of pages) {
			await open(there.page, site.url + path);
			is(await there.page.evaluate(() => / Error:|Error in|Dataset is empty|not found/.test(document.body.innerText)), false, `${path} of ${name} shows no error`);
			await there.page.screenshot({ path: `${SCREENSHOTS}/${name}${path === '/' ? '-overview' : `-${path.slice(1, -1)}`}.png`, fullPage: true });
		}
		await open(there.page, `${site.url}/`);
		is(await figure(there.page, 'Handovers'), expected[name], `${name} has as many handovers`);
		is(there.noted, { elsewhere: [], complaints: [] }, `and ${name} makes nobody complain`);
		await there.close();
		site.stop();
	}
} finally {
	servers.forEach((server) => server.kill());
	await browser.close();
}
console.log(`1..${tests}`);
process.exit(failures ? 1 : 0);
