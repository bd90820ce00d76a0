// Turns the npm package `chinese-days` (holidays and make-up working days of the People's Republic of
// China since 2004, from the yearly notices of the State Council) into an iCalendar file for a pack.
//
//   npm install --prefix "$(mktemp -d)" chinese-days        # anywhere outside the project
//   node tool/import-holidays.mjs FOLDER/node_modules/chinese-days 2026-11-21 > cn.ics
//
// The second argument is the day of the import; it goes into the file. Days that the State Council
// has not yet announced are not in the package, and the file says up to where it knows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, importDay] = process.argv.slice(2);
if (!folder || !/^\d{4}-\d\d-\d\d$/.test(importDay ?? '')) {
    console.error('usage: node tool/import-holidays.mjs PACKAGE-FOLDER YYYY-MM-DD');
    process.exit(2);
}
const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const data = JSON.parse(readFileSync(join(folder, 'dist/chinese-days.json'), 'utf8'));

const compact = day => day.replaceAll('-', '');
const dayAfter = day => new Date(Date.parse(day) + 86400000).toISOString().slice(0, 10);
const escape = text => text.replace(/[\\;,]/g, c => '\\' + c);
// RFC 5545: 3.1: at most 75 bytes a line
const fold = line => {
    const parts = [];
    let part = '';
    for (const c of line) {
        if (Buffer.byteLength(part + c) > 73) {
            parts.push(part);
            part = '';
        }
        part += c;
    }
    return [...parts, part].join('\r\n ');
};

// The year after the last announced one: only the days that are off by the Measures for Public Holidays
// of National Annual Festivals and Memorial Days (revised 2024-11-10) themselves, so that a term begun
// in December has an end. Which days are joined and which weekend days are worked is not known yet.
const provisional = {
    2027: {
        '2027-01-01': "New Year's Day,元旦",
        '2027-02-05': 'Spring Festival,春节', '2027-02-06': 'Spring Festival,春节',
        '2027-02-07': 'Spring Festival,春节', '2027-02-08': 'Spring Festival,春节',
        '2027-04-05': 'Tomb-sweeping Day,清明',
        '2027-05-01': 'Labour Day,劳动节', '2027-05-02': 'Labour Day,劳动节',
        '2027-06-09': 'Dragon Boat Festival,端午',
        '2027-09-15': 'Mid-autumn Festival,中秋',
        '2027-10-01': 'National Day,国庆节', '2027-10-02': 'National Day,国庆节',
        '2027-10-03': 'National Day,国庆节',
    },
};

// Days in a row with one name become one event.
function ranges(days) {
    const list = [];
    for (const day of Object.keys(days).sort()) {
        const [en, zh] = days[day].split(',');
        const last = list.at(-1);
        if (last && last.end === day && last.en === en)
            last.end = dayAfter(day);
        else
            list.push({ start: day, end: dayAfter(day), en, zh });
    }
    return list;
}

const years = Object.keys(data.holidays).map(day => Number(day.slice(0, 4)));
const first = Math.min(...years), last = Math.max(...years);
for (let year = first; year <= last; year++)
    if (!years.includes(year))
        throw new Error(`the package knows nothing about ${year}`);

const ahead = provisional[last + 1] ?? {};
const stamp = compact(importDay) + 'T000000Z';
const event = (category, range, summary) => [
    'BEGIN:VEVENT',
    `UID:${compact(range.start)}-${category.toLowerCase()}@cn.calendar.mandate.example`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${compact(range.start)}`,
    `DTEND;VALUE=DATE:${compact(range.end)}`,
    `CATEGORIES:${category}`,
    `SUMMARY:${escape(summary)}`,
    'END:VEVENT',
];
const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Mandate//import-holidays//EN',
    'CALSCALE:GREGORIAN',
    'NAME:cn',
    `X-MANDATE-COVERS:${first}0101/${last}1231`,
    ...(Object.keys(ahead).length ? [`X-MANDATE-PROVISIONAL-UNTIL:${last + 1}1231`] : []),
    'DESCRIPTION:' + escape('Holidays and make-up working days of the People\'s Republic of China, ' +
        'as the State Council announces them each year; public facts. Source: npm package ' +
        `${name} ${version} (${license}), imported ${importDay} by tool/import-holidays.mjs. ` +
        '2026 compared with the notice of 2025-11-04: https://politics.gmw.cn/2025-11/04/content_38391083.htm'),
    'BEGIN:VEVENT',
    'UID:weekend@cn.calendar.mandate.example',
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${first}0103`,
    'RRULE:FREQ=WEEKLY;BYDAY=SA,SU',
    'CATEGORIES:REST-DAY',
    'SUMMARY:周末 / Weekend',
    'END:VEVENT',
    ...ranges(data.holidays).flatMap(r => event('HOLIDAY', r, `${r.zh} / ${r.en}`)),
    ...ranges(data.workdays).flatMap(r => event('WORKING-DAY', r, `${r.zh}调休上班 / Make-up working day: ${r.en}`)),
    ...ranges(ahead).flatMap(r => event('HOLIDAY', r, `${r.zh}（暂定） / ${r.en} (provisional)`)),
    'END:VCALENDAR',
];
process.stdout.write(lines.map(fold).join('\r\n') + '\r\n');
