// bpmn-engine: start, service task, exclusive gateway with a condition, user task, end, in memory. The model is
// read once and given to each instance, as ours is.
import BpmnModdle from "bpmn-moddle";
import { Engine } from "bpmn-engine";
import * as elements from "bpmn-elements";
import * as serializing from "moddle-context-serializer";
import { aSecond, line } from "./measure.mjs";

const source = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:bench">
<process id="small" isExecutable="true"><startEvent id="s"/><serviceTask id="a" implementation="\${environment.services.work}"/>
<exclusiveGateway id="g" default="ge"/><userTask id="u"/><endEvent id="e"/><sequenceFlow id="sa" sourceRef="s" targetRef="a"/>
<sequenceFlow id="ag" sourceRef="a" targetRef="g"/><sequenceFlow id="gu" sourceRef="g" targetRef="u">
<conditionExpression xsi:type="tFormalExpression">\${environment.services.over}</conditionExpression></sequenceFlow>
<sequenceFlow id="ge" sourceRef="g" targetRef="e"/><sequenceFlow id="ue" sourceRef="u" targetRef="e"/></process></definitions>`;
const KEPT = 100;

const Moddle = BpmnModdle.BpmnModdle ?? BpmnModdle;
const context = await new Moddle().fromXML(source);
const sourceContext = serializing.default(context, serializing.TypeResolver(elements));
const services = {
  work: (scope, done) => done(null),
  over: (scope) => scope.environment.variables.amount > 100,
};

function start() {
  const engine = new Engine({ name: "bench", sourceContext, variables: { amount: 200 }, services });
  return engine.execute();
}

async function one() {
  const execution = await start();
  const waiting = execution.getPostponed().find((one) => one.id === "u");
  if (waiting === undefined) throw new Error("no user task waits");
  const end = execution.waitFor("end");
  waiting.signal();
  await end;
}

const rate = await aSecond(one, 10);
const kept = [];
for (let i = 0; i < KEPT; i++) kept.push(await start());
const each = await (async () => {
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < KEPT; i++) kept.push(await start());
  gc();
  return (process.memoryUsage().heapUsed - before) / KEPT;
})();
line("instance", rate, Math.round(each));
