// BPMN, DMN and form files for the tests with Camunda's clients, as short as they can be.
const spaces =
  'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="https://example.org/test"';

// steps: elements in the order of the flow, [id, xml without its closing flows]; extra: what stands beside them.
export function process(id, inner, { roots = "", name = `Process ${id}`, tag = "" } = {}) {
  const version = tag ? `<extensionElements><zeebe:versionTag value="${tag}"/></extensionElements>` : "";
  return { name: `${id}.bpmn`, content: `<?xml version="1.0" encoding="UTF-8"?>\n<definitions ${spaces} id="d-${id}">${roots}<process id="${id}" name="${name}" isExecutable="true">${version}${inner}</process></definitions>` };
}

// A line of elements, one after the other.
export function line(...elements) {
  const ids = elements.map((xml) => / id="([^"]+)"/.exec(xml)[1]);
  return elements.join("") + ids.slice(1).map((to, i) => `<sequenceFlow id="f_${ids[i]}_${to}" sourceRef="${ids[i]}" targetRef="${to}"/>`).join("");
}
export const flow = (id, from, to, condition) =>
  `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${condition ? `<conditionExpression xsi:type="tFormalExpression">${condition}</conditionExpression>` : ""}</sequenceFlow>`;
export const startEvent = (id = "start", inner = "") => `<startEvent id="${id}">${inner}</startEvent>`;
export const endEvent = (id = "end", inner = "") => `<endEvent id="${id}">${inner}</endEvent>`;
export const ext = (inner) => `<extensionElements>${inner}</extensionElements>`;
export const job = (id, type, { retries = 3, more = "" } = {}) =>
  `<serviceTask id="${id}" name="Task ${id}">${ext(`<zeebe:taskDefinition type="${type}" retries="${retries}"/>${more}`)}</serviceTask>`;
export const person = (id, inner = "") => `<userTask id="${id}" name="Person ${id}">${ext(`<zeebe:userTask/>${inner}`)}</userTask>`;
export const message = (id, name, key) => `<message id="${id}" name="${name}">${key ? ext(`<zeebe:subscription correlationKey="=${key}"/>`) : ""}</message>`;
export const waitMessage = (id, ref) => `<intermediateCatchEvent id="${id}"><messageEventDefinition messageRef="${ref}"/></intermediateCatchEvent>`;
export const waitSignal = (id, ref) => `<intermediateCatchEvent id="${id}"><signalEventDefinition signalRef="${ref}"/></intermediateCatchEvent>`;

export const fees = {
  name: "fees.dmn",
  content: `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="fees_model" name="Fees" namespace="https://example.org/fees">
  <inputData id="kind_in" name="kind"><variable id="kind_v" name="kind" typeRef="string"/></inputData>
  <decision id="fee" name="Fee">
    <informationRequirement id="req1"><requiredInput href="#kind_in"/></informationRequirement>
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="in1" label="kind"><inputExpression id="ie1" typeRef="string"><text>kind</text></inputExpression></input>
      <output id="out1" name="fee" typeRef="number"/>
      <rule id="rule1"><inputEntry id="e1"><text>"new"</text></inputEntry><outputEntry id="o1"><text>20</text></outputEntry></rule>
      <rule id="rule2"><inputEntry id="e2"><text>not("new")</text></inputEntry><outputEntry id="o2"><text>40</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>`,
};

// The same as modelers draw it first: the table reads a variable that no input data tells of.
export const plainFees = {
  name: "plain.dmn",
  content: fees.content
    .replace(/ *<inputData[^\n]*\n/, "")
    .replace(/ *<informationRequirement[^\n]*\n/, "")
    .replace('id="fees_model"', 'id="plain_model"')
    .replace('<decision id="fee"', '<decision id="plain_fee"'),
};

export const form = {
  name: "visit.form",
  content: JSON.stringify({ id: "visit-form", type: "default", schemaVersion: 16, components: [{ type: "textfield", key: "place", label: "Place", id: "Field_1" }] }),
};
