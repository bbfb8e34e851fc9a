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
const servers = [];
let tests = 0;
let failures = 0;

function is(found, wanted, name) {
	const same = JSON.stringify(found) === JSON.stringify(wanted);
	console.log(`${same ? 'ok' : 'not ok'} ${++tests} - ${name}`);
	if (!same) {
		failures++;
		console.log(`#   found ${JSON.stringify(found)}\n#   wanted ${JSON.stringify(wanted)}`);
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
	page.on('request', (r) => {
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
	await page.goto(url);
	await settle(page);
}

// Queries run in the page; it is done when its text stays the same for a second.
async function settle(page) {
	let before = null;
	for (let tries = 0; tries < 60; tries++) {
		await page.waitForTimeout(1000);
		const text = await page.evaluate(() => document.body.innerText);
		if (text === before && !/Loading/.test(text)) return;
		before = text;
	}
	throw new Error(`${page.url()} does not settle`);
}

// The figure below a title.
const figure = (page, title) =>
	page.evaluate((title) => {
		const label = [...document.querySelectorAll('p, span, div')].find((e) => e.children.length === 0 && e.textContent.trim() === title);
		return label?.parentElement?.innerText.split('\n').map((t) => t.trim()).filter((t) => t && t !== title)[0] ?? null;
	}, title);

const figures = async (page, titles) => Object.fromEntries(await Promise.all(titles.map(async (t) => [t, await figure(page, t)])));

// Cells of the first table of a page (each is there twice, first for the printer); some rows are for looks.
const table = (page) =>
	page.evaluate(() => [...document.querySelectorAll('table')[1].querySelectorAll('tr')]
		.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())).filter((row) => row.length > 1 && row[0] !== ''));

async function choose(page, title, label) {
	await page.locator('button[role=combobox], button', { hasText: title }).first().click();
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
	await seen.page.screenshot({ path: `${SCREENSHOTS}/overview.png`, fullPage: true });
	await choose(seen.page, 'Team', "O'Neill");
	is(await figures(seen.page, Object.keys(expected.many.team)), expected.many.team, 'a filter by a team with quotes changes them');
	await open(seen.page, `${many.url}/finding/`);
	is(await figures(seen.page, Object.keys(expected.many.findings)), expected.many.findings, 'findings are those of SQL');
	is([...new Set((await table(seen.page)).map((row) => row[1]))], expected.many.severities, 'severities are in their order');
	await seen.page.screenshot({ path: `${SCREENSHOTS}/finding.png`, fullPage: true });
	await choose(seen.page, 'Severity', 'errors');
	is(await figure(seen.page, 'Findings'), expected.many.errors, 'and a filter leaves errors alone');
	await open(seen.page, `${many.url}/audit/`);
	is(await figures(seen.page, Object.keys(expected.many.changes)), expected.many.changes, 'changes are those of the log');
	await seen.page.screenshot({ path: `${SCREENSHOTS}/audit.png`, fullPage: true });
	for (const path of ['/party/', '/handover/']) {
		await open(seen.page, many.url + path);
		await seen.page.screenshot({ path: `${SCREENSHOTS}${path.slice(0, -1)}.png`, fullPage: true });
	}
	is(await figure(seen.page, 'Completeness, %'), expected.many.last, 'one handover has its completeness');
	is(seen.noted, { elsewhere: [], complaints: [] }, 'nothing is asked of others, and nothing complained of');
	await seen.close();

	const texts = [];
	for (const timezoneId of ['UTC', 'America/New_York', 'Asia/Tokyo']) {
		const there = await visit(browser, many, { timezoneId });
		await open(there.page, `${many.url}/`);
		const overview = await there.page.evaluate(() => [...document.querySelectorAll('table')].map((t) => t.innerText).join('\n'));
		await open(there.page, `${many.url}/audit/`);
		texts.push(overview + await there.page.evaluate(() => document.querySelector('table').innerText));
		await there.close();
	}
	is(texts[1] === texts[0] && texts[2] === texts[0], true, 'days and times are the same in New York and Tokyo');

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
