#!/usr/bin/env node
// Draws BPMN files: replaces their diagram (or adds one) by a plain layout - lanes from top to
// bottom, steps from left to right - so that a modeller opens a procedure that was written by hand.
// Nothing but the collaboration around the process and the diagram is changed.
//
//   node tool/layout-bpmn.mjs packs/base/processes/*.bpmn
//
// Columns: the longest path from the start, loops cut at the edge that closes them. Rows: within a
// lane, the first one whose cells are free, the predecessor's row first. Flows leave at the right
// and enter at the left; a flow that would cross a step runs in the channel below its row.
import { readFileSync, writeFileSync } from 'node:fs';

const COLUMN = 150, ROW = 120, LEFT = 80, TOP = 60, HEAD = 30, PAD = 40;
const size = (n) => (/Event$/.test(n.tag) ? [36, 36] : /Gateway$/.test(n.tag) ? [50, 50] : [100, 80]);
const attrs = (text) =>
  Object.fromEntries([...text.matchAll(/([\w:.]+)="([^"]*)"/g)].map((m) => [m[1], m[2]]));

function read(xml) {
  const process = xml.match(/<bpmn:process ([^>]*)>([\s\S]*)<\/bpmn:process>/);
  const nodes = new Map(), flows = [], lanes = [];
  const body = process[2].replace(/<!--[\s\S]*?-->/g, '');
  for (const m of body.matchAll(/<bpmn:lane ([^>]*)>([\s\S]*?)<\/bpmn:lane>/g))
    lanes.push({ ...attrs(m[1]),
      refs: [...m[2].matchAll(/<bpmn:flowNodeRef>([^<]*)</g)].map((r) => r[1]) });
  for (const m of body.matchAll(/<bpmn:(\w*(?:Event|Task|Gateway|callActivity|task))\b([^>]*)>/g)) {
    const a = attrs(m[2]);
    if (a.id && !/EventDefinition/.test(m[1])) nodes.set(a.id, { tag: m[1], ...a, out: [], in: [] });
  }
  for (const m of body.matchAll(/<bpmn:sequenceFlow ([^>]*?)\/?>/g)) flows.push(attrs(m[1]));
  if (/<bpmn:subProcess/.test(body)) throw new Error('sub-processes are not laid out');
  for (const f of flows) {
    nodes.get(f.sourceRef).out.push(f);
    nodes.get(f.targetRef).in.push(f);
  }
  return { id: attrs(process[1]).id, name: attrs(process[1]).name, nodes, flows, lanes };
}

function columns(p) {
  const next = (n) => [
    ...n.out.map((f) => p.nodes.get(f.targetRef)),
    ...[...p.nodes.values()].filter((b) => b.attachedToRef === n.id)];
  const state = new Map(), order = [];
  const back = new Set();
  const visit = (n) => {
    state.set(n, 1);
    for (const t of next(n)) {
      if (state.get(t) === 1) back.add(`${n.id}>${t.id}`);
      else if (!state.has(t)) visit(t);
    }
    state.set(n, 2);
    order.unshift(n);
  };
  for (const n of p.nodes.values()) if (n.tag === 'startEvent') visit(n);
  for (const n of order) n.col = 0;
  for (const n of order)
    for (const t of next(n)) {
      if (back.has(`${n.id}>${t.id}`)) continue;
      t.col = Math.max(t.col, t.attachedToRef === n.id ? n.col : n.col + 1);
    }
  for (const f of p.flows) f.back = back.has(`${f.sourceRef}>${f.targetRef}`);
  return order;
}

function rows(p, order) {
  for (const lane of p.lanes) {
    const taken = new Set();
    lane.rows = 1;
    for (const n of order.filter((x) => lane.refs.includes(x.id) && !x.attachedToRef)) {
      const before = n.in.map((f) => p.nodes.get(f.sourceRef)).find((b) => lane.refs.includes(b.id));
      let row = before?.row ?? 0;
      if (taken.has(`${row},${n.col}`)) row = 0;
      while (taken.has(`${row},${n.col}`)) row++;
      n.row = row;
      n.lane = lane;
      taken.add(`${row},${n.col}`);
      lane.rows = Math.max(lane.rows, row + 1);
    }
  }
}

function place(p) {
  let y = TOP;
  for (const lane of p.lanes) {
    lane.y = y;
    lane.height = lane.rows * ROW + PAD;
    y += lane.height;
  }
  const width = Math.max(...[...p.nodes.values()].map((n) => n.col)) * COLUMN + 2 * COLUMN;
  for (const n of p.nodes.values()) {
    [n.w, n.h] = size(n);
    if (n.attachedToRef) continue;
    n.x = LEFT + HEAD * 2 + n.col * COLUMN + (100 - n.w) / 2;
    n.y = n.lane.y + n.row * ROW + PAD + (80 - n.h) / 2;
  }
  for (const n of p.nodes.values()) {
    if (!n.attachedToRef) continue;
    const host = p.nodes.get(n.attachedToRef);
    n.x = host.x + host.w - n.w - 8;
    n.y = host.y + host.h - n.h / 2;
  }
  return { width: width + HEAD, height: y - TOP };
}

// Where a flow bends: the first of some ways, shortest first, that runs through no other step. Each
// flow that uses a channel between rows or columns gets a line of its own in it.
function route(p) {
  const used = new Map(), nodes = [...p.nodes.values()];
  const line = (key) => {
    used.set(key, (used.get(key) ?? 0) + 1);
    return ((used.get(key) - 1) % 5) * 4;
  };
  const crosses = (points, skip) => nodes.some((n) => !n.attachedToRef && !skip.includes(n.id)
    && points.some(([x, y], i) => {
      if (i === 0) return false;
      const [px, py] = points[i - 1];
      return Math.min(x, px) < n.x + n.w && Math.max(x, px) > n.x
        && Math.min(y, py) < n.y + n.h && Math.max(y, py) > n.y;
    }));
  for (const f of p.flows) {
    const a = p.nodes.get(f.sourceRef), b = p.nodes.get(f.targetRef);
    const ay = a.y + a.h / 2, by = b.y + b.h / 2, ax = a.x + a.w / 2, bx = b.x + b.w / 2;
    const right = a.x + a.w, edge = (col) => LEFT + HEAD * 2 + col * COLUMN;
    const bend = edge(a.col) + 110 + line(`b${a.col}`), gap = edge(b.col) - 10 - line(`g${b.col}`);
    const shift = line('s');
    const row = (n) => n.lane.y + n.row * ROW + PAD;
    const home = a.attachedToRef ? p.nodes.get(a.attachedToRef) : a;
    const above = (n) => row(n) - 12 - shift, below = (n) => row(n) + 80 + 22 + shift;
    const ways = [];
    if (a.attachedToRef) {
      for (const y of [a.y + a.h + 8 + shift, below(home), below(b)])
        ways.push([[ax, a.y + a.h], [ax, Math.max(y, a.y + a.h + 4)], [gap, Math.max(y, a.y + a.h + 4)],
          [gap, by], [b.x, by]]);
    } else if (f.back) {
      for (const y of [above(a), above(b), below(a), below(b)])
        ways.push([[ax, y < a.y ? a.y : a.y + a.h], [ax, y], [bx, y],
          [bx, y < b.y ? b.y : b.y + b.h]]);
    } else {
      if (ay === by) ways.push([[right, ay], [b.x, by]]);
      ways.push([[right, ay], [bend, ay], [bend, by], [b.x, by]],
        [[right, ay], [gap, ay], [gap, by], [b.x, by]]);
      for (const y of [above(b), below(b), above(a), below(a)])
        ways.push([[right, ay], [bend, ay], [bend, y], [gap, y], [gap, by], [b.x, by]]);
      for (const y of [above(a), above(b)])
        ways.push([[ax, a.y], [ax, y], [gap, y], [gap, by], [b.x, by]]);
    }
    f.points = ways.find((w) => !crosses(w, [a.id, b.id]));
    if (!f.points) {
      console.error(`${p.id}: no way for the flow ${f.id} but through another step`);
      f.points = ways[0];
    }
  }
}

function diagram(p, box) {
  const bounds = (x, y, w, h) =>
    `<dc:Bounds x="${Math.round(x)}" y="${Math.round(y)}" width="${w}" height="${h}"/>`;
  const out = [`  <bpmndi:BPMNDiagram id="${p.id}-diagram">`,
    `    <bpmndi:BPMNPlane id="${p.id}-plane" bpmnElement="${p.id}-collaboration">`];
  const shape = (id, more, b, label = '') => out.push(
    `      <bpmndi:BPMNShape id="${id}-shape" bpmnElement="${id}"${more}>${b}${label}</bpmndi:BPMNShape>`);
  shape(`${p.id}-pool`, ' isHorizontal="true"', bounds(LEFT, TOP, box.width, box.height));
  for (const l of p.lanes)
    shape(l.id, ' isHorizontal="true"', bounds(LEFT + HEAD, l.y, box.width - HEAD, l.height));
  for (const n of p.nodes.values()) {
    const small = /Event$|Gateway$/.test(n.tag);
    const more = n.tag === 'exclusiveGateway' ? ' isMarkerVisible="true"' : '';
    shape(n.id, more, bounds(n.x, n.y, n.w, n.h), small
      ? `<bpmndi:BPMNLabel>${bounds(n.x + n.w / 2 - 50, n.y + n.h + 2, 100, 27)}</bpmndi:BPMNLabel>` : '');
  }
  for (const f of p.flows) {
    // beside the last bend, so that the flows of one gateway do not write over each other
    const [lx, ly] = f.back ? f.points[1] : f.points[Math.max(0, f.points.length - 2)];
    const label = f.name
      ? `<bpmndi:BPMNLabel>${bounds(lx + 4, ly - 18, 60, 14)}</bpmndi:BPMNLabel>` : '';
    out.push(`      <bpmndi:BPMNEdge id="${f.id}-edge" bpmnElement="${f.id}">`
      + f.points.map(([x, y]) => `<di:waypoint x="${Math.round(x)}" y="${Math.round(y)}"/>`).join('')
      + `${label}</bpmndi:BPMNEdge>`);
  }
  out.push('    </bpmndi:BPMNPlane>', '  </bpmndi:BPMNDiagram>');
  return out.join('\n');
}

for (const file of process.argv.slice(2)) {
  let xml = readFileSync(file, 'utf8')
    .replace(/\n? *<bpmn:collaboration[\s\S]*?<\/bpmn:collaboration>/, '')
    .replace(/\n? *<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, '');
  const p = read(xml);
  rows(p, columns(p));
  const box = place(p);
  route(p);
  xml = xml
    .replace(/\n( *)<bpmn:process /, (m, indent) =>
      `\n${indent}<bpmn:collaboration id="${p.id}-collaboration">\n${indent}  <bpmn:participant `
      + `id="${p.id}-pool" name="${p.name}" processRef="${p.id}"/>\n${indent}</bpmn:collaboration>${m}`)
    .replace(/<\/bpmn:definitions>/, `${diagram(p, box)}\n</bpmn:definitions>`);
  writeFileSync(file, xml);
  console.log(`${file}: ${p.nodes.size} shapes, ${p.flows.length} edges`);
}
